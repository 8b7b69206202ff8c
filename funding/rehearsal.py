"""A release rehearsed: the release itself, carried out and undone, so that it says what will happen."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from accounts import composing
from accounts.composing import Letter
from accounts.models import Notification, User
from applications.models import Application
from applications.workflow import Status
from funding import release
from funding.models import Allocation, Award, Release


@dataclass(frozen=True, slots=True)
class Told:
    """One application whose decision would be told, and to whom; ``grant`` is in pounds."""

    application: Application
    people: list[User]
    grant: Decimal


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """
    told      in the order of their references
    left_out  those that stay as they are: undecided, on hold, in reserve, withdrawn or told before
    lacking   what blocks the release: an unsuccessful application's reference, and the question
              without feedback
    """

    told: list[Told]
    left_out: list[Application]
    lacking: list[tuple[str, str]]

    @property
    def successful(self) -> int:
        return sum(1 for one in self.told if one.application.status == Status.SUCCESSFUL)

    @property
    def unsuccessful(self) -> int:
        return len(self.told) - self.successful

    @property
    def people(self) -> int:
        return len({person.pk for one in self.told for person in one.people})

    @property
    def messages(self) -> int:
        return sum(len(one.people) for one in self.told)

    @property
    def grant(self) -> Decimal:
        return sum((one.grant for one in self.told), Decimal("0.00"))


def of(allocation: Allocation, by: User, now: datetime) -> Rehearsal:
    """What releasing now would tell, and to whom; nothing is changed."""
    lacking = release.lacking_feedback(release.untold(allocation))
    with transaction.atomic():
        applications = _carried_out(allocation, by, now)
        people: dict[int, list[User]] = {application.pk: [] for application in applications}
        for row in _owed(applications, now).select_related("recipient").order_by("recipient__email"):
            people[row.subject_id].append(row.recipient)
        transaction.set_rollback(True)
    live = Award.objects.live().filter(application__in=applications)
    grants = dict(live.values_list("application", "amount"))
    left_out = Application.objects.filter(allocation_lines__allocation=allocation).exclude(
        pk__in=[application.pk for application in applications]
    )
    return Rehearsal(
        [
            Told(application, people[application.pk], grants.get(application.pk, Decimal("0.00")))
            for application in applications
        ],
        list(left_out.order_by("reference")),
        lacking,
    )


def letter(allocation: Allocation, application: Application, by: User, now: datetime) -> Letter | None:
    """The message that the first of its people would get; None where it would be told nothing."""
    with transaction.atomic():
        applications = _carried_out(allocation, by, now)
        row = _owed([one for one in applications if one.pk == application.pk], now).order_by("pk").first()
        composed = composing.compose(row) if row else None
        transaction.set_rollback(True)
    return composed


def _carried_out(allocation: Allocation, by: User, at: datetime) -> list[Application]:
    """Let a release go within the caller's transaction, which has to be undone."""
    waiting = release.waiting_of(allocation)
    # Read again, since what is undone in the database would stay done in the caller's row.
    again = Allocation.objects.get(pk=allocation.pk)
    if not again.is_approved:
        return []
    begun = waiting or Release(allocation=again, started_by=by, started_at=at, goes_at=at)
    begun.goes_at = min(begun.goes_at, at)
    begun.started_at = min(begun.started_at, at)
    begun.save()
    return release.go(begun, at)


def _owed(applications: list[Application], at: datetime):
    return Notification.objects.filter(
        kind__in=release.KINDS.values(),
        subject_word="application",
        subject_id__in=[application.pk for application in applications],
        created_at=at,
    )
