"""Information requests of the questions register, and kept reports to answer them from."""

from datetime import datetime
from typing import Any

from accounts.models import OwedState
from applications.models import Competition
from funding.models import InformationRequest, ProgrammeReport
from funding.register import answering, entering
from funding.register.scopes import Scope
from funding.reports import contents, covered, figures, programme
from tests.make import people
from tests.make.times import NOON


def asked(
    question: str = "Which projects were funded, with the amounts?",
    scope: Scope | None = None,
    *,
    at: datetime = NOON,
    **said: Any,
) -> InformationRequest:
    """An open one, received on the day of ``at`` under the Act unless said otherwise."""
    said = {
        "kind": "information",
        "asker": "journalist",
        "received_on": at.date(),
        "tables": ["projects"],
        "by": people.manager(),
        **said,
    }
    return entering.log(question, scope or Scope(), **said, at=at)


def report(scope: Scope | None = None, *, at: datetime = NOON) -> ProgrammeReport:
    """A compiled one of what is there, as its job leaves it."""
    scope = scope or Scope()
    made = programme.request(
        scope.competition, scope.region, of_demonstration=scope.of_demonstration, by=people.manager(), at=at
    )
    return compiled(made, at=at)


def compiled(made: ProgrammeReport, *, at: datetime = NOON) -> ProgrammeReport:
    read = covered.read(programme.covered_by(made), is_whole=made.is_whole, as_of=at)
    text = contents.as_json(programme.sections(read))
    ProgrammeReport.objects.filter(pk=made.pk).update(
        state=OwedState.DONE,
        finished_at=at,
        as_of=at,
        figures=figures.of(programme.entries(read)),
        contents=text,
        fingerprint=contents.fingerprint(text),
    )
    made.refresh_from_db()
    return made


def with_report(scope: Scope | None = None, *, at: datetime = NOON, **said: Any) -> InformationRequest:
    made = asked(scope=scope, at=at, **said)
    return answering.attach(made, report(scope, at=at), by=made.logged_by, at=at)


def answered(
    scope: Scope | None = None, *, text: str = "See the table.", at: datetime = NOON, **said: Any
) -> InformationRequest:
    made = with_report(scope, at=at, **said)
    return answering.answer(
        made,
        text,
        tables=made.tables,
        exemptions={"43": "One applicant’s costs."},
        fingerprint=made.report.fingerprint,
        by=made.logged_by,
        at=at,
    )


def of(competition: Competition) -> Scope:
    return Scope(competition=competition)
