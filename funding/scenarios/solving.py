"""The job that works a scenario out: the answer first, then what each rule costs.

It may be killed at any moment: what was asked stands in its row, and so does the answer once it is found,
so that the next worker goes on from there. The row ends together with its scenario, or without one.
"""

import json
import logging
from datetime import datetime, timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection

from accounts import audit, database, tracing
from accounts.models import OwedState, User
from funding.models import Scenario, ScenarioRequest
from funding.scenarios import costs, making, working
from funding.scenarios.making import Worked
from funding.scenarios.working import Answer, Question

logger = logging.getLogger(__name__)

#: Seconds that the cost of one rule may take, and those of a scenario together. With the most that
#: SCENARIO_SECONDS may be they stay below a task's soft limit.
EACH, IN_ALL = 10.0, 30.0
#: Where the database was away or busy it is tried again after this, twice as long each time, so often in all.
PAUSE, TRIES = timedelta(minutes=1), 8
NO_DATABASE = "The database did not answer in time, or was started anew."
FAULT = "Something in it could not be worked out. The fault is in this service."


class Cancelled(Exception):
    """Nobody waits for it any more, or another worker has it."""


def work_out(request_id: int, *, at: datetime) -> None:
    """Work out a leased request; the scenario, or why there is none, is written with its end.

    Does nothing where another worker has it.
    """
    owed = ScenarioRequest.objects.claim(request_id, at=at)
    if owed is None:
        return
    with tracing.within(owed.request_id):
        _work_out(owed, at)


def _work_out(owed: ScenarioRequest, at: datetime) -> None:
    facts = {"request": owed.pk}
    try:
        _come_to_an_end(owed, at)
    except Cancelled:
        logger.info("scenario was cancelled", extra=facts)
    except Exception as problem:
        is_away = database.is_away_or_busy(problem)
        if is_away and not connection.in_atomic_block:
            connection.close()  # it may be broken, and what is to be written now would be lost with it
        if is_away and owed.tries < TRIES:
            pause = PAUSE * 2 ** (owed.tries - 1)
            ScenarioRequest.objects.postpone(owed, until=at + pause, reason=NO_DATABASE)
            logger.warning("scenario waits for the database", extra=facts, exc_info=True)
            return
        _fail(owed, NO_DATABASE if is_away else FAULT, at=at)
        logger.exception("scenario could not be worked out", extra=facts)
    # Of one that was cancelled the place among those in hand was kept until now.
    ScenarioRequest.objects.filter(pk=owed.pk, state=OwedState.VOID, tries=owed.tries).update(
        leased_until=None
    )


def _come_to_an_end(owed: ScenarioRequest, at: datetime) -> None:
    """Raises Cancelled."""
    try:
        worked = _worked(owed, json.loads(owed.question))
    except making.ScenarioRefused as refusal:
        _say_why_not(owed, str(refusal), at=at)
        logger.info("scenario has no answer", extra={"request": owed.pk})
    else:
        made = _keep(owed, worked, at=at)
        logger.info("scenario was worked out", extra={"request": owed.pk, "scenario": made.pk})


def _worked(owed: ScenarioRequest, question: Question) -> Worked:
    """Raises Cancelled, Impossible and NotInTime."""
    try:
        found = owed.answer or _found(owed, question)
    except SoftTimeLimitExceeded as over:
        raise making.NotInTime(working.seconds(question)) from over
    try:
        kept = costs.worked_out(
            question, found, each=EACH, in_all=IN_ALL, reached=lambda done: _note(owed, parts_done=done + 1)
        )
    except SoftTimeLimitExceeded:
        kept = costs.worked_out(question, found, in_all=0)
    return Worked(found, kept)


def _found(owed: ScenarioRequest, question: Question) -> Answer:
    def told(value: int | None, most: int | None) -> None:
        _note(owed, good=None if value is None or most is None else [value, most])

    found = making.answer(question, told=told)
    _note(owed, answer=found, parts_done=1)
    return found


def _note(owed: ScenarioRequest, **noted) -> None:
    """Write how far it is, where it is still this worker's to do. Raises Cancelled."""
    rows = ScenarioRequest.objects.filter(pk=owed.pk, state=OwedState.LEASED, tries=owed.tries)
    if not rows.update(**noted):
        raise Cancelled


@audit.action("work scenario out")
def _keep(owed: ScenarioRequest, worked: Worked, *, by: User | None = None, at: datetime) -> Scenario:
    """Raises Cancelled, and nothing stays, where it has ended: cancelled, or done by another worker."""
    made = making.record(owed.sheet, owed.name, owed.question, worked, by=owed.asked_by, at=owed.asked_at)
    if not ScenarioRequest.objects.mark_done(owed, at=at, scenario_id=made.pk):
        raise Cancelled
    audit.note(after={"request": owed.pk, "scenario": made.pk, "fingerprint": made.fingerprint})
    return made


@audit.action("work scenario out")
def _say_why_not(owed: ScenarioRequest, why_not: str, *, by: User | None = None, at: datetime) -> None:
    if not ScenarioRequest.objects.mark_done(owed, at=at, why_not=why_not):
        raise Cancelled
    audit.note(after={"request": owed.pk, "outcome": "no answer"})


@audit.action("work scenario out")
def _fail(owed: ScenarioRequest, reason: str, *, by: User | None = None, at: datetime) -> None:
    if not ScenarioRequest.objects.mark_failed(owed, reason=reason, at=at):
        audit.join()
        return
    audit.note(after={"request": owed.pk, "outcome": "failed"})
