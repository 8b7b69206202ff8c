"""The questions register: what is asked, by when it is due, answered from a kept report, asked again."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts import working_days
from accounts.models import AuditEntry, Notification
from accounts.roles import Role
from funding import duties
from funding.models import InformationRequest, ProgrammeReport, RequestState
from funding.register import answering, entering, quoted, ready_made, reminding, similar
from funding.register.entering import RequestRefused
from funding.register.scopes import Scope
from funding.reports import contents, covered, programme
from tests.make import budgets, competitions, people, register
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("received_on", "due_on"),
    [
        # 20 working days by hand: Christmas Day, Boxing Day as observed and New Year's Day fall between.
        (date(2026, 11, 30), date(2026, 12, 30)),
        (date(2026, 12, 11), date(2027, 1, 13)),
        # A Saturday: the Monday is the first day.
        (date(2026, 6, 6), date(2026, 7, 3)),
        # Good Friday and Easter Monday.
        (date(2026, 3, 20), date(2026, 4, 21)),
    ],
)
def test_a_request_under_the_act_is_due_twenty_working_days_after_its_receipt(received_on, due_on):
    assert reminding.day_for("information", received_on) == due_on
    assert working_days.before(due_on, 20) <= received_on


def test_a_parliamentary_question_has_the_day_that_it_was_given():
    made = register.asked(kind="parliament", asker="parliament", due_on=date(2026, 6, 9))

    assert made.due_on == date(2026, 6, 9)
    for kind, typed in (("parliament", None), ("parliament", date(2026, 5, 1)), ("information", NOON.date())):
        with pytest.raises(RequestRefused) as refusal:
            register.asked(kind=kind, due_on=typed)
        assert refusal.value.field == "due_on"


def test_every_ready_made_question_names_tables_that_a_report_has():
    within = budgets.funded_competition()
    has = {
        table.name: table.title
        for section in programme.sections(covered.read([within], is_whole=True, as_of=NOON))
        for table in section.tables
    }

    assert ready_made.TABLES.keys() <= has.keys()
    for one in ready_made.QUESTIONS:
        assert one.tables and set(one.tables) <= ready_made.TABLES.keys()


def test_an_answer_keeps_the_report_and_what_it_quotes():
    made = register.answered()

    assert (made.state, made.tables, made.exemptions) == (
        RequestState.ANSWERED, ["projects"], {"43": "One applicant’s costs."},
    )  # fmt: skip
    assert made.report.fingerprint == contents.fingerprint(made.report.contents)
    entry = AuditEntry.objects.filter(action="answer information request").get()
    assert (entry.subject_id, entry.after["report"]) == (made.pk, made.report.pk)
    assert "costs" not in str(entry.after)


def answer(request: InformationRequest, text: str = "See the table.", **said):
    given = {
        "tables": ["projects"],
        "exemptions": {},
        "fingerprint": request.report.fingerprint if request.report else "",
        **said,
    }
    return answering.answer(request, text, **given, by=request.logged_by, at=NOON + DAY)


def test_an_answer_without_a_report_needs_an_exemption():
    request = register.asked()

    with pytest.raises(RequestRefused):
        answer(request)
    made = answer(request, tables=[], exemptions={"12": "It would take 40 hours.", "21": "  "})

    assert (made.report, made.tables, made.exemptions) == (None, [], {"12": "It would take 40 hours."})


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"text": "  "}, "answer"),
        ({"tables": ["nothing-like-it"]}, "tables"),
        ({"tables": []}, "tables"),
        ({"fingerprint": "0" * 64}, ""),
        ({"exemptions": {"99": "No such section."}}, ""),
    ],
)
def test_an_answer_is_refused_where_it_is_wrong(said, field):
    request = register.with_report()

    with pytest.raises(RequestRefused) as refusal:
        answer(request, **said)

    assert refusal.value.field == field
    request.refresh_from_db()
    assert request.is_open


def test_asked_again_it_is_due_anew_with_a_fresh_report_and_a_draft_once_there_are_figures():
    earlier, later = register.answered(), NOON + 30 * DAY

    again = entering.ask_again(earlier, by=people.manager(), at=later)

    assert again.report.pk != earlier.report.pk and again.report.is_under_way
    assert (again.question, again.tables, again.exemptions, again.earlier) == (
        earlier.question, earlier.tables, earlier.exemptions, earlier,
    )  # fmt: skip
    assert again.due_on == working_days.after(later.date(), 20)
    register.compiled(again.report, at=later)
    again = InformationRequest.objects.with_names().get(pk=again.pk)
    draft = quoted.draft(again, again.tables, again.exemptions)
    assert "1 July 2026" in draft and "“Projects funded”" in draft
    assert "Section 43: commercial interests. One applicant’s costs." in draft
    made = answer(again, draft)
    assert made.report.as_of == later


def test_only_what_was_answered_is_asked_again():
    with pytest.raises(RequestRefused):
        entering.ask_again(register.asked(), by=people.manager(), at=NOON)


def test_a_request_is_answered_as_one_like_it():
    earlier = register.answered(tables=["budgets", "awards"])
    request = register.asked("Which projects did you fund, and with what amounts?", tables=[])

    assert [one.pk for one in similar.answered(request.question, to=request.logged_by)] == [earlier.pk]
    assert list(similar.answered("Who is on the panel?", to=request.logged_by)) == []
    made = answering.take_over(request, earlier, by=request.logged_by, at=NOON + DAY)

    assert (made.tables, made.exemptions) == (earlier.tables, earlier.exemptions)
    assert made.report.is_under_way and made.report.requested_at == NOON + DAY


def test_a_report_of_something_else_answers_nothing():
    here = competitions.region()
    request, other = register.asked(), register.report(Scope(region=here))

    with pytest.raises(RequestRefused):
        answering.attach(request, other, by=request.logged_by, at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        InformationRequest.objects.filter(pk=request.pk).update(report=other)
    waiting = programme.request(None, by=people.manager(), at=NOON)
    InformationRequest.objects.filter(pk=request.pk).update(report=waiting)
    with pytest.raises(IntegrityError), transaction.atomic():
        InformationRequest.objects.filter(pk=request.pk).update(
            state="answered", answer="Yes.", answered_at=NOON, answered_by=request.logged_by
        )


def test_the_database_keeps_what_was_asked_and_answered():
    request, answered = register.asked(), register.answered()

    for row, change in (
        (request, {"question": "Something else?"}),
        (request, {"due_on": date(2030, 1, 1)}),
        (request, {"state": "answered"}),
        (request, {"state": "withdrawn", "withdrawn_at": NOON, "withdrawn_by": request.logged_by}),
        (answered, {"answer": "Something else."}),
        (answered, {"tables": []}),
        (answered, {"state": "open"}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            InformationRequest.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(Exception, match="Cannot delete"), transaction.atomic():
        request.delete()


def test_who_reads_the_money_sees_it_and_only_managers_and_fund_managers_answer():
    here, there = competitions.region(), competitions.region("TV", "Tees Valley")
    request = register.asked(scope=Scope(region=here))
    whole = register.asked()

    def seen(*roles: Role, **more) -> set[int]:
        rows = InformationRequest.objects.visible_to(people.user(*roles, **more))
        return set(rows.values_list("pk", flat=True))

    assert seen(Role.AUDITOR) == seen(Role.MANAGER) == {request.pk, whole.pk}
    assert seen(Role.MANAGER, region=here) == {request.pk}
    assert seen(Role.MANAGER, region=there) == seen(Role.APPLICANT) == seen(Role.ASSESSOR) == set()
    for person in (
        people.user(Role.AUDITOR),
        people.user(Role.APPROVER),
        people.user(Role.MANAGER, region=there),
    ):
        with pytest.raises(duties.RoleMissing):
            answering.withdraw(request, "A mistake.", by=person, at=NOON)
    with pytest.raises(duties.RoleMissing):
        answering.withdraw(whole, "A mistake.", by=people.user(Role.MANAGER, region=here), at=NOON)
    answering.withdraw(request, "A mistake.", by=people.user(Role.FUNDS, region=here), at=NOON)


def at(day: date) -> datetime:
    return NOON.replace(year=day.year, month=day.month, day=day.day)


@pytest.mark.tells("information_request_due")
def test_reminders_are_owed_once_for_each_of_their_days():
    here = competitions.region()
    people.user(Role.MANAGER, region=competitions.region("TV", "Tees Valley"))
    told = {people.user(Role.FUNDS, region=here).pk, people.user(Role.MANAGER).pk}
    request = register.asked(scope=Scope(region=here), by=people.user(Role.MANAGER, region=here))
    told.add(request.logged_by_id)
    register.answered()
    rows = Notification.objects.filter(kind=reminding.INFORMATION_REQUEST_DUE, subject_id=request.pk)
    found = []

    day = request.received_on
    while day <= request.due_on + timedelta(days=4):
        before = rows.count()
        reminding.remind(at=at(day))
        reminding.remind(at=at(day))
        if rows.count() > before:
            found.append((day, rows.count() - before))
        day += timedelta(days=1)

    told |= set(rows.values_list("recipient", flat=True))
    assert found == [
        (working_days.before(request.due_on, 5), len(told)),
        (working_days.before(request.due_on, 1), len(told)),
        (request.due_on + timedelta(days=1), len(told)),
    ]
    assert {*rows.values_list("recipient", flat=True)} == told


def test_a_report_is_not_asked_for_beyond_what_one_reads():
    here = competitions.region()
    earlier = register.answered()
    before = ProgrammeReport.objects.count()

    with pytest.raises(duties.RoleMissing):
        entering.ask_again(earlier, by=people.user(Role.MANAGER, region=here), at=NOON)

    assert ProgrammeReport.objects.count() == before


def test_the_trail_of_a_request_is_of_its_region():
    here, there = competitions.region(), competitions.region("TV", "Tees Valley")
    request = register.asked(scope=Scope(region=here))
    register.asked()

    def read(region) -> set[int]:
        entries = AuditEntry.objects.visible_to(people.user(Role.AUDITOR, region=region))
        return set(entries.filter(subject_word="information request").values_list("subject_id", flat=True))

    assert read(here) == {request.pk} and read(there) == set()
