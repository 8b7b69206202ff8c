"""The relay: leases what the database owes and hands the ids to Celery. Run as many as you like.

A row is leased and committed before its id goes to the broker, so nothing is lost with Redis:
an id that never arrives is handed out again when the lease ends.
"""

import logging
import math
from collections.abc import Callable
from datetime import datetime, timedelta

from celery import Task
from django.db import transaction

from accounts.models import Owed

logger = logging.getLogger(__name__)

#: Longer than a worker may take (CELERY_TASK_TIME_LIMIT), so that no second worker starts too soon.
LEASE = timedelta(minutes=3)

#: How long nothing is handed out once the broker did not answer.
BROKER_PAUSE = timedelta(seconds=5)

#: A worker is handed no more than one in so many of what falls due at a time, so that others help.
SHARES = 4

#: Filled by each app when it starts: the model that is owed, and the task that sees to some rows of it,
#: called with their ids.
owed: list[tuple[type[Owed], Task]] = []

#: Filled by each app when it starts: who is to hear that a row has failed because its workers were lost,
#: since none of them can say so.
given_up: dict[type[Owed], Callable[[Owed, datetime], None]] = {}


class BrokerAway(Exception):
    """It took no ids, or not all of them. What it did not take waits as before."""


def turn(at: datetime, *, lease: timedelta = LEASE) -> int:
    """Hand out what is due and return how many ids the broker took. Raises BrokerAway."""
    return sum(_hand_out(model, task, at, lease) for model, task in owed)


def _hand_out(model: type[Owed], task: Task, at: datetime, lease: timedelta) -> int:
    room = model.IN_HAND - model.objects.in_hand(at).count()
    if room <= 0:
        return 0
    ids = model.objects.lease(at, lease, limit=room, given_up=_give_up)
    size = min(model.AT_ONCE, math.ceil(len(ids) / SHARES)) or 1
    for place in range(0, len(ids), size):
        try:
            task.apply_async((ids[place : place + size],), retry=False)
        except Exception as problem:
            # Whatever the broker's client raises: each has errors of its own.
            model.objects.hand_back(ids[place:])
            facts = {"owed": model._meta.label_lower, "rows": len(ids) - place, "reason": str(problem)}
            logger.warning("broker did not answer", extra=facts)
            raise BrokerAway from problem
    return len(ids)


def _give_up(row: Owed, at: datetime) -> None:
    """Say that every worker was lost. Whatever goes wrong with that, the other rows are handed out."""
    facts = {"owed": row._meta.label_lower, "row": row.pk, "workers_lost": row.workers_lost}
    logger.error("work has taken its workers down", extra=facts)
    tell = given_up.get(type(row))
    if tell is None:
        return
    try:
        with transaction.atomic():
            tell(row, at)
    except Exception:
        logger.exception("nobody could be told of it", extra=facts)
