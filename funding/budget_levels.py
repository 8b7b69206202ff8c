"""Tells staff when a budget fills up: at four fifths, at nine tenths, and when nothing is left."""

from datetime import datetime, timedelta
from decimal import Decimal

from accounts import outbox
from accounts.models import Notification, User
from accounts.roles import Role
from funding.models import Budget, Transfer
from funding.places import ALLOCATED, COUNTED, Place

BUDGET_LEVEL = "budget_level"

#: In percent of the ceiling, allocated.
LEVELS = (80, 90, 100)

#: Transfers that are read in one go.
AT_ONCE = 100

#: However often a budget passes a level, a person is told of it, or of a lower one, once in this time.
QUIET = timedelta(days=1)


def level_of(budget: Budget) -> int | None:
    """The highest level that the budget has reached, counted exactly."""
    if not budget.ceiling:
        return None
    reached = [level for level in LEVELS if budget.allocated * 100 >= budget.ceiling * level]
    return max(reached, default=None)


def tell(*, at: datetime) -> str:
    """Owe staff the news of each budget at a level, once for each time it passed it from below.

    Done twice it tells nobody twice; a budget that jumps two levels is told of once, and one that goes
    to and fro once a day. It is no news to whoever was given their role after the budget had passed it.
    """
    posted = 0
    for budget in Budget.objects.order_by("pk"):
        if level := level_of(budget):
            below, passed_at = _last_below(budget, level)
            lately = _told_lately(budget, level, at)
            posts = [
                outbox.Post(
                    person,
                    budget.pk,
                    f"budget {budget.pk} at {level}% since transfer {below}: person {person.pk}",
                    {"level": level},
                )
                for person in _told_of(budget, passed_at)
                if person.pk not in lately
            ]
            posted += outbox.post_all(BUDGET_LEVEL, posts, subject_word="budget", at=at)
    return f"{posted} told of a budget that fills up"


def _last_below(budget: Budget, level: int) -> tuple[int, datetime | None]:
    """The id of the last transfer that left the budget below the level, or 0: it names the crossing since.
    With it the moment of that crossing, which is the next transfer's.

    Counted back from where the budget stands, the latest transfer first and no further than to the crossing.
    """
    sums = ("budget__ceiling", *(f"budget__{place}" for place in ALLOCATED))
    latest = (
        Transfer.objects.filter(budget=budget)
        .order_by("-pk")
        .values_list("pk", "source", "target", "amount", "made_at", *sums)
    )
    stood: tuple[Decimal, Decimal] | None = None
    passed_at: datetime | None = None
    older = latest
    while some := list(older[:AT_ONCE]):
        for pk, source, target, amount, made_at, ceiling, *places in some:
            # The first row comes with the budget's sums of the same moment.
            allocated, within = stood or (sum(places), ceiling)
            if allocated * 100 < within * level:
                return pk, passed_at
            passed_at = made_at
            stood = (
                allocated - _brought_into(ALLOCATED, source, target, amount),
                within - _brought_into(COUNTED, source, target, amount),
            )
        older = latest.filter(pk__lt=some[-1][0])
    return 0, passed_at


def _brought_into(places: tuple[Place, ...], source: str, target: str, amount: Decimal) -> Decimal:
    return amount * ((target in places) - (source in places))


def _told_lately(budget: Budget, level: int, at: datetime) -> set[int]:
    told = Notification.objects.filter(
        kind=BUDGET_LEVEL,
        subject_word="budget",
        subject_id=budget.pk,
        created_at__gt=at - QUIET,
        facts__level__gte=level,
    )
    return set(told.values_list("recipient", flat=True))


def _told_of(budget: Budget, since: datetime | None) -> list[User]:
    """Fund managers and competition managers since then: of its region, where the budget is of one."""
    regions = frozenset({budget.region_id}) if budget.region_id else frozenset()
    people = {
        person.pk: person
        for role in (Role.FUNDS, Role.MANAGER)
        for person in User.objects.holding(role, regions, since=since)
    }
    return [people[pk] for pk in sorted(people)]
