"""Closing a competition: the list of what had been received is drawn once and stands."""

import logging
from datetime import datetime, timedelta

from django.db import OperationalError

from accounts import audit
from accounts.refusals import Refusal
from applications import competition_lock
from applications.models import Application, ClosingList, ClosingListEntry, Competition, Stage

logger = logging.getLogger(__name__)

#: How long a request may take (``timeout`` of the web server). A submission that came in before the
#: close has been carried out or given up when the list is drawn.
REQUEST_LIMIT = timedelta(seconds=30)


class CannotClose(Refusal):
    """The list has been drawn, or it is too early for it: a submission may still be under way."""


@audit.action("draw closing list")
def draw(competition: Competition, *, by=None, at: datetime) -> ClosingList:
    """Write down what ``competition`` had received at its close. Nothing is submitted to it any more.

    Holds the competition's lock alone: submissions under way come to their end first, and one
    that comes later finds the list. Raises CannotClose.
    """
    competition_lock.hold_alone(competition.pk)
    competition = Competition.objects.get(pk=competition.pk)
    if ClosingList.objects.filter(competition=competition).exists():
        raise CannotClose("the closing list has been drawn already")
    if competition.stage == Stage.SET_UP or at < competition.closes_at + REQUEST_LIMIT:
        raise CannotClose("a submission may still be under way")
    received = Application.objects.filter(competition=competition).received()
    rows = list(received.order_by("submitted_at", "pk").values_list("pk", "submitted_at"))
    drawn = ClosingList.objects.create(
        competition=competition, closes_at=competition.closes_at, drawn_at=at, received=len(rows)
    )
    ClosingListEntry.objects.bulk_create(
        (
            ClosingListEntry(
                closing_list=drawn, application_id=pk, position=position, submitted_at=submitted_at
            )
            for position, (pk, submitted_at) in enumerate(rows, start=1)
        ),
        batch_size=1000,
    )
    audit.note(subject=competition, after={"received": drawn.received})
    logger.info("closing list drawn", extra={"competition": competition.code, "received": drawn.received})
    return drawn


def draw_due(*, at: datetime) -> str:
    """Draw every list that is due; one that cannot be drawn now is left to the next time."""
    drawn = []
    for competition in _due(at):
        try:
            drawn.append(draw(competition, at=at))
        except CannotClose:
            # Somebody else drew it, or its close was moved, since it was found.
            continue
        except OperationalError:
            # A submission holds the lock for longer than we may wait.
            logger.warning("closing list has to wait", exc_info=True, extra={"competition": competition.code})
    if not drawn:
        return "No competition has closed"
    return f"{len(drawn)} closing lists drawn, {sum(one.received for one in drawn)} applications received"


def _due(at: datetime):
    closed = Competition.objects.exclude(stage=Stage.SET_UP).filter(closes_at__lte=at - REQUEST_LIMIT)
    return closed.filter(closing_list__isnull=True).order_by("closes_at", "pk")
