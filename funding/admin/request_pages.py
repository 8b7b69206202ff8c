"""What the page of an information request shows: its forms, its report, the tables that it quotes."""

from datetime import date
from typing import Any

from accounts.formats import listed, local_time
from accounts.models import User
from accounts.roles import held_in
from funding import duties
from funding.forms.information_requests import (
    AnswerRequestForm,
    ChooseReportForm,
    DueForm,
    WithdrawRequestForm,
    notes,
)
from funding.models import InformationRequest, ProgrammeReport, RequestKind, RequestState
from funding.register import exemptions, quoted, scopes, similar, withholding

#: So many kept reports are offered, the latest first.
MOST_REPORTS = 20


def may_answer(asked: InformationRequest, person: User) -> bool:
    return bool(held_in(person, scopes.of(asked).region_id) & duties.ANSWER)


def kept(asked: InformationRequest) -> list[ProgrammeReport]:
    """The compiled reports of what it is about, the latest first."""
    rows = ProgrammeReport.objects.exclude(contents="").filter(**scopes.of(asked).fields)
    rows = rows.select_related("competition", "region", "requested_by").defer("contents", "figures")
    return list(rows.order_by("-as_of", "-pk")[:MOST_REPORTS])


def reports_to_choose(asked: InformationRequest, data=None) -> ChooseReportForm:
    offered = [(str(one.pk), f"Report {one.pk}, as of {local_time(one.as_of)}") for one in kept(asked)]
    initial = {"report": str(asked.report_id) if asked.report_id else None}
    return ChooseReportForm(data, reports=offered, initial=initial)


def answer_form(asked: InformationRequest, data=None) -> AnswerRequestForm:
    """With the draft that follows from what is chosen so far."""
    report = asked.report if asked.report and asked.report.contents else None
    initial = {
        "fingerprint": report.fingerprint if report else "",
        "tables": asked.tables,
        "answer": quoted.draft(asked, asked.tables, asked.exemptions),
        **notes(asked.exemptions),
    }
    return AnswerRequestForm(data, tables=quoted.names(report) if report else {}, initial=initial)


def seen(asked: InformationRequest, form: AnswerRequestForm) -> AnswerRequestForm:
    """The form as it was sent, with a draft where no answer is written yet; nothing in it is refused."""
    form.is_valid()
    said = dict(form.cleaned_data)
    if not said.get("answer"):
        noted = {name.removeprefix("section_"): note for name, note in said.items() if "section_" in name}
        said["answer"] = quoted.draft(asked, said.get("tables", []), {k: v for k, v in noted.items() if v})
    fresh = answer_form(asked)
    fresh.initial = {**fresh.initial, **said}
    return fresh


def of(
    asked: InformationRequest,
    person: User,
    today: date,
    *,
    form: AnswerRequestForm | None = None,
    report_form: ChooseReportForm | None = None,
    withdraw_form: WithdrawRequestForm | None = None,
    due_form: DueForm | None = None,
    problems: Any = (),
) -> dict[str, Any]:
    """The context of the page. ``problems`` are told above it."""
    may = may_answer(asked, person)
    form = form or answer_form(asked)
    report = asked.report if asked.report and asked.report.contents else None
    chosen = asked.tables if not asked.is_open else list(form["tables"].value() or ())
    given = withholding.given(asked, chosen, today)
    forms = [form, report_form, withdraw_form, due_form]
    return {
        "title": f"Information request {asked.pk}",
        "asked": asked,
        "standing": asked.standing(today),
        "is_answered": asked.state == RequestState.ANSWERED,
        "report": report,
        "waits": asked.report if asked.report and asked.report.is_under_way else None,
        "failed": asked.report if asked.report and not report and not asked.report.is_under_way else None,
        "quoted": quoted.on_a_page(given.tables),
        "left_out": [
            (reason, listed(titles), listed(withholding.COVERED_BY[reason], "or"))
            for reason, titles in given.left_out.items()
        ],
        "exemptions": exemptions.in_words(asked.exemptions),
        "may_answer": may and asked.is_open,
        "may_ask_again": may and asked.state == RequestState.ANSWERED,
        "needs_day": asked.kind != RequestKind.INFORMATION,
        "form": form,
        "report_form": report_form or reports_to_choose(asked),
        "withdraw_form": withdraw_form or WithdrawRequestForm(),
        "due_form": due_form or DueForm(),
        "errors": [field for one in forms if one is not None for field in one if field.errors],
        "problems": problems,
        "similar": similar.answered(asked.question, to=person, but=asked.pk) if asked.is_open and may else [],
    }
