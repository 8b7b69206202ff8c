"""Tells staff when a budget fills up: at four fifths, at nine tenths, and when nothing is left."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Case, F, Q, Sum, When, Window

from accounts import outbox
from accounts.models import Notification, User
from accounts.roles import Role
from funding.models import Budget, Transfer
from funding.places import ALLOCATED, COUNTED, Place

BUDGET_LEVEL = "budget_level"

#: In percent of the ceiling, allocated.
LEVELS = (80, 90, 100)

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
    to and fro once a day.
    """
    posted = 0
    for budget in Budget.objects.order_by("pk"):
        if level := level_of(budget):
            below = _last_below(budget, level)
            lately = _told_lately(budget, level, at)
            posts = [
                outbox.Post(
                    person,
                    budget.pk,
                    f"budget {budget.pk} at {level}% since transfer {below}: person {person.pk}",
                    {"level": level},
                )
                for person in _told_of(budget)
                if person.pk not in lately
            ]
            posted += outbox.post_all(BUDGET_LEVEL, posts, subject_word="budget", at=at)
    return f"{posted} told of a budget that fills up"


def _last_below(budget: Budget, level: int) -> int:
    """The id of the last transfer that left the budget below the level, or 0: it names the crossing since."""
    running = {"allocated": _running(ALLOCATED), "ceiling": _running(COUNTED)}
    stood = Transfer.objects.filter(budget=budget).annotate(**running)
    below = stood.filter(allocated__lt=F("ceiling") * level / 100).order_by("-pk")
    return below.values_list("pk", flat=True).first() or 0


def _running(places: tuple[Place, ...]) -> Window:
    """What stood in these places after each transfer."""
    within = Q(source__in=places, target__in=places)
    into = When(~within & Q(target__in=places), then=F("amount"))
    out_of = When(~within & Q(source__in=places), then=-F("amount"))
    return Window(Sum(Case(into, out_of, default=Decimal(0))), order_by="pk")


def _told_lately(budget: Budget, level: int, at: datetime) -> set[int]:
    told = Notification.objects.filter(
        kind=BUDGET_LEVEL,
        subject_word="budget",
        subject_id=budget.pk,
        created_at__gt=at - QUIET,
        facts__level__gte=level,
    )
    return set(told.values_list("recipient", flat=True))


def _told_of(budget: Budget) -> list[User]:
    """Fund managers and competition managers: of its region, where the budget is of one."""
    regions = frozenset({budget.region_id}) if budget.region_id else frozenset()
    people = {
        person.pk: person
        for role in (Role.FUNDS, Role.MANAGER)
        for person in User.objects.holding(role, regions)
    }
    return [people[pk] for pk in sorted(people)]
