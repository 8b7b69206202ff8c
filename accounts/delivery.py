"""Sends notifications as emails, and writes what became of each in its row."""

import logging
import random
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import Error, connection

from accounts import channels, composing, database, tracing, wording
from accounts.channels import MaybeTaken, NotNow, Refused
from accounts.models import Notification, User
from accounts.rewording import Wordings
from accounts.wording import Kind

logger = logging.getLogger(__name__)

FIRST_DELAY = timedelta(seconds=30)

#: Short enough that whatever a mail server missed while it was away has reached it a quarter of an
#: hour after it is back.
LONGEST_DELAY = timedelta(minutes=10)

#: Counted from the first try; and so many tries, as 48 hours hold, so that a time in which we stood
#: still ourselves is not taken for one in which the server refused.
GIVE_UP_AFTER, TRIES_AT_LEAST = Notification.PATIENCE, 100

#: A worker does not begin another email of those it was handed after so long: all of it stays within
#: the time that a task may take.
LONGEST_ROUND = timedelta(seconds=30)

#: How the words begin that stay with one that may have been taken already.
MAYBE = "It may have arrived"

#: For so long (seconds) what was looked up for several notifications holds for the next of them.
FRESH = 1.0

#: How long a worker goes on telling a database that is away of an email which has been taken
#: (seconds). Less than a task may take.
MARKING = 60.0


def delay(tries: int) -> timedelta:
    """How long to wait after ``tries`` tries: twice as long each time, up to ten minutes."""
    return min(FIRST_DELAY * 2 ** min(tries - 1, 10), LONGEST_DELAY)


def deliver(ids: list[int], *, at: datetime) -> None:
    """Send these leased notifications one after the other, and write of each what became of it.

    Passes over those that another worker has or that have come to an end. Each is claimed just before
    it is sent, so that a worker's death delays the others and counts against none of them. Those that
    a slow mail server left no time for are given back. Not to be called inside a transaction: the
    claim must be committed before the first word to the mail server.

    at  the moment of the first; that of each further one is counted from there
    """
    began = time.monotonic()
    look = Look(ids)
    for place, pk in enumerate(ids):
        now = at + timedelta(seconds=time.monotonic() - began) if place else at
        if now - at > LONGEST_ROUND:
            Notification.objects.hand_back(ids[place:])
            return
        if look.is_stale:
            look = Look(ids[place:])
        if (notification := Notification.objects.claim(pk, at=now)) is not None:
            look.introduce(notification)
            with tracing.within(notification.request_id):
                _deliver(notification, look.wordings, at=now)


class Look:
    """What several notifications need, looked up once for all: readers, what they are about, wordings."""

    def __init__(self, ids: list[int]):
        self.taken_at = time.monotonic()
        self.wordings = Wordings()
        readers = User.objects.filter(notifications__in=ids).distinct().prefetch_related("holdings")
        self.readers = readers.in_bulk()
        self.rows = Notification.objects.in_bulk(ids)
        for kind, rows in self._by_kind():
            try:
                kind.look_up_all(rows)
            except Exception:
                # Each is looked up by itself in its turn, so that only what is at fault is put off.
                logger.exception("notifications could not be looked up together")

    def _by_kind(self) -> Iterator[tuple[Kind, list[Notification]]]:
        by_kind: dict[str, list[Notification]] = {}
        for row in self.rows.values():
            row.recipient = self.readers[row.recipient_id]
            by_kind.setdefault(row.kind, []).append(row)
        return ((kind, by_kind[kind.name]) for kind in wording.kinds() if kind.name in by_kind)

    @property
    def is_stale(self) -> bool:
        return time.monotonic() - self.taken_at > FRESH

    def introduce(self, notification: Notification) -> None:
        notification.recipient = self.readers[notification.recipient_id]
        notification.keep_all_of(self.rows[notification.pk])


def _deliver(notification: Notification, wordings: Wordings, *, at: datetime) -> None:
    facts = {"notification": notification.pk, "kind": notification.kind, "tries": notification.tries}
    try:
        told = _send(notification, wordings, at=at)
    except Refused as refusal:
        Notification.objects.mark_failed(notification, reason=str(refusal), at=at)
        logger.warning("notification was refused", extra=facts)
    except MaybeTaken as problem:
        _ask_once_more(notification, str(problem), at=at)
        logger.warning("notification may have been taken", extra=facts)
    except NotNow as problem:
        put_off(notification, str(problem), at=at)
        logger.info("notification was put off", extra=facts)
    else:
        logger.info("notification was sent" if told else "notification was no longer true", extra=facts)


def _ask_once_more(notification: Notification, reason: str, *, at: datetime) -> None:
    """Send it a second time and never a third: a copy more is better than none, and many are not."""
    if notification.last_error.startswith(MAYBE):
        Notification.objects.mark_failed(notification, reason=f"{MAYBE} twice: {reason}.", at=at)
    else:
        put_off(notification, reason, at=at, once=True)


def put_off(notification: Notification, reason: str, *, at: datetime, once: bool = False) -> None:
    """Let a claimed notification wait for its next try, or end it once it was tried for long enough.

    once  it may have been taken now: that stays with it, whatever is said at later tries
    """
    if once or notification.last_error.startswith(MAYBE):
        reason = f"{MAYBE}: {reason}"
    if at >= notification.begun_at + GIVE_UP_AFTER and notification.tries >= TRIES_AT_LEAST:
        reason = f"Given up after {notification.tries} tries over more than 48 hours. The last: {reason}"
        Notification.objects.mark_failed(notification, reason=reason, at=at)
        return
    # Up to a quarter longer, so that those put off together do not come back together.
    wait = delay(notification.tries) * random.uniform(1, 1.25)
    Notification.objects.postpone(notification, until=at + wait, reason=reason)


def _send(notification: Notification, wordings: Wordings, *, at: datetime) -> bool:
    """Send it and mark it done; or mark it void and return False where it is not to be told any more."""
    try:
        if not wording.of(notification.kind).may_be_told(notification):
            Notification.objects.mark_void(notification, at=at)
            return False
        message = composing.email(notification, wordings)
    except Exception as problem:
        raise _unwritable(notification, problem) from problem
    try:
        taken_as = channels.chosen().send(
            message, reference=notification.message_id, is_repeat=notification.tries > 1, at=at
        )
    except (Refused, NotNow):
        raise
    except Exception as problem:
        # What Python's mail parts make of an address or a heading that cannot be put on the wire.
        raise _unwritable(notification, problem) from problem
    _mark_sent(notification, taken_as, at=at)
    return True


def _unwritable(notification: Notification, problem: Exception) -> NotNow:
    """A fault of ours, which somebody can mend before the tries run out."""
    logger.exception("notification could not be written", extra={"notification": notification.pk})
    return NotNow(f"It could not be written ({type(problem).__name__}).")


def _mark_sent(notification: Notification, taken_as: str, *, at: datetime) -> None:
    """Write it down at once: between the server's yes and this lies the only way to a second copy.

    A database that is away is asked again until it is back; what ends that way is a worker's death.
    """
    give_up_at = time.monotonic() + MARKING
    while True:
        try:
            Notification.objects.mark_done(
                notification, at=at, channel=channels.name(), channel_reference=taken_as
            )
            return
        except Error as problem:
            is_over = time.monotonic() > give_up_at or connection.in_atomic_block
            if is_over or not database.is_away_or_busy(problem):
                raise
            connection.close()
            time.sleep(0.2)
