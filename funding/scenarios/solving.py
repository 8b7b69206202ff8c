"""The job that works a scenario out: the answer first, then what each rule costs.

It may be killed at any moment: what was asked stands in its row, and so does the answer once it is found,
so that the next worker goes on from there. The row ends together with its scenario, or without one.
"""

import json
import logging
from datetime import datetime

from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError, transaction

from accounts import tracing
from accounts.models import OwedState
from funding.models import ScenarioRequest
from funding.scenarios import costs, making, working
from funding.scenarios.making import Worked
from funding.scenarios.working import Answer, Question

logger = logging.getLogger(__name__)

#: Seconds that the cost of one rule may take, and those of a scenario together. With the most that
#: SCENARIO_SECONDS may be they stay below a task's soft limit.
EACH, IN_ALL = 10.0, 30.0
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
        worked = _worked(owed, json.loads(owed.question))
    except Cancelled:
        logger.info("scenario was cancelled", extra=facts)
    except making.ScenarioRefused as refusal:
        ScenarioRequest.objects.mark_done(owed, at=at, why_not=str(refusal))
        logger.info("scenario has no answer", extra=facts)
    except Exception as problem:
        ScenarioRequest.objects.mark_failed(owed, reason=_reason(problem), at=at)
        logger.exception("scenario could not be worked out", extra=facts)
    else:
        _keep(owed, worked, at)


def _reason(problem: Exception) -> str:
    """For people: the name of the fault is in the log alone."""
    return NO_DATABASE if isinstance(problem, OperationalError) else FAULT


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


@transaction.atomic
def _keep(owed: ScenarioRequest, worked: Worked, at: datetime) -> None:
    made = making.record(owed.sheet, owed.name, owed.question, worked, by=owed.asked_by, at=owed.asked_at)
    if ScenarioRequest.objects.mark_done(owed, at=at, scenario_id=made.pk):
        logger.info("scenario was worked out", extra={"request": owed.pk, "scenario": made.pk})
    else:
        # It has come to an end without us: of one that is cancelled, or that another has done, nothing stays.
        transaction.set_rollback(True)
