"""Questions from outside about the demonstration: one answered, one due soon, one overdue. All invented."""

from datetime import datetime, timedelta

from accounts import working_days
from accounts.london import day_of
from accounts.models import OwedState, User
from funding.models import Asker, ProgrammeReport, RequestKind
from funding.register import answering, entering, quoted, ready_made
from funding.register.scopes import Scope
from funding.reports import contents, covered, figures, programme

DEMONSTRATION = Scope(of_demonstration=True)
NOTE = "The costs of a single applicant would tell its competitors what it pays."


def make(*, by: User, at: datetime) -> None:
    today = day_of(at)
    _answered(by=by, at=at)
    entering.log(
        ready_made.BY_NAME["forecast"].question,
        DEMONSTRATION,
        kind=RequestKind.PARLIAMENT,
        asker=Asker.PARLIAMENT,
        received_on=working_days.before(today, 2),
        due_on=working_days.after(today, 3),
        file_reference="DEMO-PQ-2",
        tables=ready_made.BY_NAME["forecast"].tables,
        by=by,
        at=at - timedelta(hours=2),
    )
    entering.log(
        "How many applications came from small firms, and how many of these were funded?",
        DEMONSTRATION,
        kind=RequestKind.INFORMATION,
        asker=Asker.JOURNALIST,
        received_on=working_days.before(today, 23),
        file_reference="DEMO-FOI-3",
        tables=["by-size"],
        by=by,
        at=at - timedelta(hours=1),
    )


def _answered(*, by: User, at: datetime) -> None:
    like = ready_made.BY_NAME["projects"]
    asked = entering.log(
        like.question,
        DEMONSTRATION,
        kind=RequestKind.INFORMATION,
        asker=Asker.PUBLIC,
        received_on=working_days.before(day_of(at), 12),
        file_reference="DEMO-FOI-1",
        tables=like.tables,
        by=by,
        at=at,
    )
    report = _compiled(programme.request(None, of_demonstration=True, by=by, at=at), at=at)
    asked = answering.attach(asked, report, by=by, at=at)
    noted = {"43": NOTE}
    answering.answer(
        asked,
        quoted.draft(asked, like.tables, noted),
        tables=like.tables,
        exemptions=noted,
        fingerprint=report.fingerprint,
        by=by,
        at=at,
    )


def _compiled(report: ProgrammeReport, *, at: datetime) -> ProgrammeReport:
    """As its job would leave it; the demonstration is loaded before any job runs."""
    read = covered.read(programme.covered_by(report), is_whole=report.is_whole, as_of=at)
    text = contents.as_json(programme.sections(read))
    report.state, report.finished_at, report.as_of = OwedState.DONE, at, at
    report.figures, report.contents = figures.of(programme.entries(read)), text
    report.fingerprint = contents.fingerprint(text)
    report.save()
    return report
