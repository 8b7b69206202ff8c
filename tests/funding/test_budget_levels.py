from decimal import Decimal

import pytest

from accounts import composing, wording
from accounts.models import Notification
from accounts.roles import Role
from funding import budget_levels
from funding.models import Budget, BudgetKind, Transfer
from funding.places import Place
from tests.make import budgets, competitions, people
from tests.make.times import NOON

pytestmark = pytest.mark.django_db


def filled(percent: str, kind=BudgetKind.POT, region=None) -> Budget:
    """A budget of £100,000.00 of which so much is allocated."""
    made = budgets.budget(kind, "100000.00", region)
    allocated = Decimal(percent) * 1000
    move(made, allocated)
    made.refresh_from_db()
    return made


def move(budget: Budget, amount: Decimal, source=Place.AVAILABLE, target=Place.RESERVED) -> None:
    """Move money in this budget alone, by a line of the ledger and no award."""
    facts = {"amount": amount, "cause": f"moved to {target}: {amount}", "made_at": NOON}
    Transfer.objects.create(budget=budget, source=source, target=target, **facts)


def levels(budget) -> list[int]:
    budget_levels.tell(at=NOON)
    rows = Notification.objects.filter(kind="budget_level", subject_id=budget.pk).order_by("pk")
    return [facts["level"] for facts in rows.values_list("facts", flat=True)]


@pytest.mark.parametrize(
    ("percent", "level"),
    [("79.99999", None), ("80", 80), ("89.99999", 80), ("90", 90), ("99.99999", 90), ("100", 100)],
)
def test_a_level_is_reached_to_the_penny(percent, level):
    assert budget_levels.level_of(filled(percent)) == level


def test_each_level_is_told_once_and_a_jump_over_two_is_told_once():
    people.user(Role.FUNDS)
    budget = filled("95")

    first, again = levels(budget), levels(budget)
    move(budget, Decimal(5_000))

    assert (first, again) == ([90], [90])
    assert levels(budget) == [90, 100]


def test_a_regions_people_are_told_of_their_regions_budget_alone():
    here, there = competitions.region(), competitions.region("TV", "Tees Valley")
    own, other, whole = (
        people.user(Role.FUNDS, region=here),
        people.user(Role.MANAGER, region=there),
        people.user(Role.FUNDS),
    )
    of_region, of_programme = filled("80", BudgetKind.REGION, here), filled("80", BudgetKind.PROGRAMME)

    budget_levels.tell(at=NOON)

    told = set(Notification.objects.values_list("subject_id", "recipient"))
    assert told == {(of_region.pk, own.pk), (of_region.pk, whole.pk), (of_programme.pk, whole.pk)}
    assert other.pk not in {person for _, person in told}


def test_what_came_back_meanwhile_is_no_longer_true():
    people.user(Role.FUNDS)
    budget = filled("80")
    levels(budget)
    row = Notification.objects.get()
    move(budget, Decimal(80_000), Place.RESERVED, Place.AVAILABLE)

    assert not wording.of("budget_level").still_true(row)


def test_the_news_has_the_figures():
    people.user(Role.FUNDS)
    budget = filled("82.5")
    levels(budget)

    letter = composing.compose(Notification.objects.get())

    assert letter.subject == f"80% of {budget.name} is allocated"
    assert "Allocated: £82,500" in letter.text
    assert "Left: £17,500" in letter.text
