"""Tells staff what did not work: messages that nobody got, jobs that ended without their result."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Q

from accounts import outbox, relay, resending
from accounts.london import LONDON
from accounts.models import Holding, Notification, Owed, OwedState, User, reach
from accounts.models.notification import RETURNED
from accounts.roles import Role

UNDELIVERABLE, JOB_FAILED = "message_undeliverable", "job_failed"

#: However many messages fail, a person is told of them no more often than this.
QUIET = timedelta(hours=1)

#: Older failures are taken to be known to somebody who was never told of any.
LOOKS_BACK = timedelta(days=7)

#: A row bears the moment at which its worker began, and is written when that worker is done: within
#: its lease. Only what is older than that is all there, so that none is passed over.
SETTLED = relay.LEASE


def tell(*, at: datetime) -> str:
    """Owe staff what they have not been told yet. Done twice it tells nobody twice."""
    undelivered = sum(_tell_undelivered(person, at) for person in _answering())
    failed = sum(_tell_failed(at))
    return f"{undelivered} told of messages that nobody got, {failed} of jobs that failed"


def _answering() -> Iterator[User]:
    """Those who can have a failed message sent again; for what none of them can, the administrators."""
    anywhere = frozenset({None})
    people = {
        person.pk: person
        for role in sorted(resending.SOME_SENDERS)
        for person in User.objects.holding(role, anywhere).prefetch_related("holdings")
    }
    return iter(people.values())


def answered_for_by(person: User):
    """The notifications whose failure is this person's to know of."""
    rows = Notification.objects.handled_by(person, resending.SENDERS)
    return rows | _nobodys() if Role.ADMINISTRATOR in person.roles else rows


def _nobodys():
    """What no competition manager or fund manager answers for, as where each region has its own alone."""
    held = Holding.objects.filter(group__name__in=resending.SENDERS, person__is_active=True)
    regions = set(held.values_list("region", flat=True))
    if None in regions:
        return Notification.objects.none()
    return Notification.objects.exclude(reach.about(regions)) if regions else Notification.objects.all()


def undelivered(person: User, since: datetime, until: datetime):
    """What ended undelivered after ``since`` and up to ``until``, and this person answers for."""
    ended = Q(state=OwedState.FAILED, finished_at__gt=since, finished_at__lte=until)
    returned = Q(receipt__in=RETURNED, receipt_at__gt=since, receipt_at__lte=until)
    # Of a failure to tell of failures nobody is told.
    return answered_for_by(person).filter(ended | returned).exclude(kind=UNDELIVERABLE)


def failed_with(row: Owed) -> int:
    """How many others of the same work failed on the same day: they are told of in one."""
    began = datetime.combine(row.finished_at.astimezone(LONDON).date(), time(), LONDON)
    others = type(row).objects.filter(
        state=OwedState.FAILED, finished_at__gte=began, finished_at__lt=began + timedelta(days=1)
    )
    return sum(other.work == row.work for other in others.exclude(pk=row.pk))


@transaction.atomic
def _tell_undelivered(person: User, at: datetime) -> int:
    # Held, so that of two who look at once the second sees what the first has told.
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    # One sent again repeats what an earlier one told, so it says nothing about how far telling has come.
    told = Notification.objects.filter(kind=UNDELIVERABLE, recipient=person, again_of=None)
    last = told.order_by("-pk").first()
    if last is not None and last.created_at > at - QUIET:
        return 0
    since = datetime.fromisoformat(last.facts["until"]) if last is not None else at - LOOKS_BACK
    until = at - SETTLED
    failed = undelivered(person, since, until).unreached().order_by("-pk").first()
    if failed is None:
        return 0
    posted = outbox.post(
        UNDELIVERABLE,
        to=person,
        subject_word="notification",
        subject_id=failed.pk,
        cause=f"undelivered since {since.isoformat()}: person {person.pk}",
        facts={"since": since.isoformat(), "until": until.isoformat()},
        at=at,
    )
    return posted is not None


def _tell_failed(at: datetime) -> Iterator[int]:
    """Of each kind of work those who were administrators then are told once a day, however often it fails."""
    for model, _task in relay.owed:
        if model is Notification:
            continue
        failed = model.objects.filter(state=OwedState.FAILED, finished_at__gt=at - LOOKS_BACK)
        first: dict[tuple[str, date], Owed] = {}
        for row in failed.order_by("pk"):
            first.setdefault((row.work, row.finished_at.astimezone(LONDON).date()), row)
        posts = [
            outbox.Post(person, row.pk, f"{work} failed on {day}: person {person.pk}"[:200])
            for (work, day), row in first.items()
            for person in User.objects.holding(Role.ADMINISTRATOR, since=row.finished_at)
        ]
        yield outbox.post_all(JOB_FAILED, posts, subject_word=str(model._meta.verbose_name), at=at)
