"""Tells staff when a budget fills up: at four fifths, at nine tenths, and when nothing is left."""

from datetime import datetime

from accounts import outbox
from accounts.models import User
from accounts.roles import Role
from funding.models import Budget

BUDGET_LEVEL = "budget_level"

#: In percent of the ceiling, allocated.
LEVELS = (80, 90, 100)


def level_of(budget: Budget) -> int | None:
    """The highest level that the budget has reached, counted exactly."""
    if not budget.ceiling:
        return None
    reached = [level for level in LEVELS if budget.allocated * 100 >= budget.ceiling * level]
    return max(reached, default=None)


def tell(*, at: datetime) -> str:
    """Owe staff the news of each budget at a level it has not been told of under its ceiling.

    Done twice it tells nobody twice; a budget that jumps two levels is told of once.
    """
    posted = 0
    for budget in Budget.objects.order_by("pk"):
        if level := level_of(budget):
            posts = [
                outbox.Post(
                    person,
                    budget.pk,
                    f"budget {budget.pk} at {level}% of {budget.ceiling}: person {person.pk}",
                    {"level": level},
                )
                for person in _told_of(budget)
            ]
            posted += outbox.post_all(BUDGET_LEVEL, posts, subject_word="budget", at=at)
    return f"{posted} told of a budget that fills up"


def _told_of(budget: Budget) -> list[User]:
    """Fund managers and competition managers: of its region, where the budget is of one."""
    regions = frozenset({budget.region_id}) if budget.region_id else frozenset()
    people = {
        person.pk: person
        for role in (Role.FUNDS, Role.MANAGER)
        for person in User.objects.holding(role, regions)
    }
    return [people[pk] for pk in sorted(people)]
