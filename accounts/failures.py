"""Tells staff what did not work: messages that nobody got, jobs that ended without their result."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q

from accounts import outbox, relay, resending
from accounts.london import LONDON
from accounts.models import Notification, OwedState, User
from accounts.models.notification import RETURNED
from accounts.roles import Role

UNDELIVERABLE, JOB_FAILED = "message_undeliverable", "job_failed"

#: However many messages fail, a person is told of them no more often than this.
QUIET = timedelta(hours=1)

#: Older failures are taken to be known.
LOOKS_BACK = timedelta(days=1)


def tell(*, at: datetime) -> str:
    """Owe staff what they have not been told yet. Done twice it tells nobody twice."""
    undelivered = sum(_tell_undelivered(person, at) for person in _answering())
    failed = sum(_tell_failed(at))
    return f"{undelivered} told of messages that nobody got, {failed} of jobs that failed"


def _answering() -> Iterator[User]:
    """Those who can have a failed message sent again."""
    anywhere = frozenset({None})
    for role in sorted(resending.SENDERS):
        yield from User.objects.holding(role, anywhere).prefetch_related("holdings")


def undelivered(person: User, since: datetime, until: datetime):
    """What ended undelivered after ``since`` and up to ``until``, and this person answers for."""
    ended = Q(state=OwedState.FAILED, finished_at__gt=since, finished_at__lte=until)
    returned = Q(receipt__in=RETURNED, receipt_at__gt=since, receipt_at__lte=until)
    rows = Notification.objects.handled_by(person, resending.SENDERS).filter(ended | returned)
    # Of a failure to tell of failures nobody is told.
    return rows.exclude(kind=UNDELIVERABLE)


def _tell_undelivered(person: User, at: datetime) -> int:
    last = Notification.objects.filter(kind=UNDELIVERABLE, recipient=person).order_by("-pk").first()
    if last is not None and last.created_at > at - QUIET:
        return 0
    since = datetime.fromisoformat(last.facts["until"]) if last is not None else at - LOOKS_BACK
    failed = undelivered(person, since, at).order_by("pk")
    if not failed.exists():
        return 0
    posted = outbox.post(
        UNDELIVERABLE,
        to=person,
        subject_word="notification",
        subject_id=failed.last().pk,
        cause=f"undelivered since {since.isoformat()}: person {person.pk}",
        facts={"since": since.isoformat(), "until": at.isoformat()},
        at=at,
    )
    return posted is not None


def _tell_failed(at: datetime) -> Iterator[int]:
    """Administrators are told of each kind of job once a day, however often it fails."""
    told = list(User.objects.holding(Role.ADMINISTRATOR))
    for model, _task in relay.owed:
        if model is Notification:
            continue
        for row in model.objects.filter(state=OwedState.FAILED, finished_at__gt=at - LOOKS_BACK):
            word, day = str(model._meta.verbose_name), row.finished_at.astimezone(LONDON).date()
            posts = [
                outbox.Post(person, row.pk, f"{row.what} failed on {day}: person {person.pk}"[:200])
                for person in told
            ]
            yield outbox.post_all(JOB_FAILED, posts, subject_word=word, at=at)
