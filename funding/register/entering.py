"""A question from outside is logged in the register; one that was answered is asked again with one click."""

import logging
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from accounts import audit
from accounts.formats import local_day
from accounts.london import day_of
from accounts.models import User
from accounts.refusals import Refusal
from accounts.roles import held_in
from funding import duties
from funding.models import InformationRequest, ProgrammeReport, RequestKind, RequestState
from funding.register import reminding, scopes
from funding.register.ready_made import TABLES
from funding.register.scopes import Scope
from funding.reports import programme

logger = logging.getLogger(__name__)

LONGEST_QUESTION, LONGEST_REFERENCE = 4000, 60


class RequestRefused(Refusal):
    """Nothing was recorded; ``field`` is the form's that the text is about, or empty."""

    def __init__(self, field: str, text: str):
        self.field = field
        super().__init__(text)


@audit.action("log information request")
def log(
    question: str,
    scope: Scope,
    *,
    kind: str,
    asker: str,
    received_on: date,
    due_on: date | None = None,
    file_reference: str = "",
    tables: Collection[str] = (),
    by: User,
    at: datetime,
) -> InformationRequest:
    """Enter it in the register, about what ``scope`` says.

    due_on  the day that a Parliamentary or other question brought with it; of a Freedom of Information
            request it follows from its receipt
    tables  names of the tables of a programme report that will answer it

    Raises RoleMissing and RequestRefused.
    """
    question = question.strip()
    if not question or len(question) > LONGEST_QUESTION:
        raise RequestRefused("question", "Enter what is asked")
    if received_on > day_of(at):
        raise RequestRefused("received_on", "The day of its receipt cannot be in the future")
    return _enter(
        scope,
        {
            "kind": kind,
            "asker": asker,
            "question": question,
            "received_on": received_on,
            "due_on": _due_on(kind, received_on, due_on),
            "file_reference": file_reference.strip()[:LONGEST_REFERENCE],
            "tables": [name for name in TABLES if name in tables],
        },
        by=by,
        at=at,
    )


@audit.action("ask information request again")
def ask_again(
    earlier: InformationRequest, *, due_on: date | None = None, by: User, at: datetime
) -> InformationRequest:
    """Log the same question as received today, with a report of the same that is compiled now.

    It takes over tables and exemptions, so that its answer is drafted once the figures are there.
    Raises RoleMissing, and RequestRefused where it is not answered or names no day that it needs.
    """
    if earlier.state != RequestState.ANSWERED:
        raise RequestRefused("", "Only what was answered is asked again.")
    scope = scopes.of(earlier)
    duties.check(duties.ANSWER, roles=held_in(by, scope.region_id))
    today = day_of(at)
    said = {
        "kind": earlier.kind,
        "asker": earlier.asker,
        "question": earlier.question,
        "received_on": today,
        "due_on": _due_on(earlier.kind, today, due_on),
        "tables": earlier.tables,
        "exemptions": earlier.exemptions,
        "earlier": earlier,
    }
    report = programme.request(
        scope.competition, scope.region, of_demonstration=scope.of_demonstration, by=by, at=at
    )
    return _enter(scope, said, report, by=by, at=at)


def _due_on(kind: str, received_on: date, typed: date | None) -> date:
    """Raises RequestRefused for a day that is missing, too early, or not the Act's."""
    by_the_act = reminding.day_for(kind, received_on)
    if by_the_act is not None:
        if typed not in (None, by_the_act):
            text = f"Leave this empty: it is due on {local_day(by_the_act)}, 20 working days after"
            raise RequestRefused("due_on", text)
        return by_the_act
    if typed is None:
        named = "the question" if kind == RequestKind.PARLIAMENT else "it"
        raise RequestRefused("due_on", f"Enter the day by which {named} has to be answered")
    if typed < received_on:
        raise RequestRefused("due_on", "The day of the answer cannot be before that of the receipt")
    return typed


def _enter(
    scope: Scope, said: Mapping[str, Any], report: ProgrammeReport | None = None, *, by: User, at: datetime
) -> InformationRequest:
    duties.check(duties.ANSWER, roles=held_in(by, scope.region_id))
    made = InformationRequest.objects.create(
        **said, **scope.fields, report=report, logged_by=by, logged_at=at
    )
    earlier = made.earlier.pk if made.earlier else None
    audit.note(subject=made, after={"kind": made.kind, "due_on": made.due_on.isoformat(), "earlier": earlier})
    logger.info("information request was logged", extra={"information_request": made.pk})
    return made
