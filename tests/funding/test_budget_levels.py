from datetime import timedelta
from decimal import Decimal
from itertools import count

import pytest
from django.db import connection

from accounts import composing, wording
from accounts.models import Notification
from accounts.roles import Role
from funding import budget_levels
from funding.models import Budget, BudgetKind, Transfer
from funding.places import Place
from tests import growth, proving
from tests.databases import as_owner
from tests.make import budgets, competitions, people
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db
NUMBERS = count(1)
#: Pairs of transfers before a budget passes its level.
SIZE = proving.size(500, 5_000)


def filled(percent: str, kind=BudgetKind.POT, region=None, at=NOON) -> Budget:
    """A budget of £100,000.00 of which so much is allocated."""
    made = budgets.budget(kind, "100000.00", region)
    allocated = Decimal(percent) * 1000
    move(made, allocated, at=at)
    made.refresh_from_db()
    return made


def move(budget: Budget, amount: Decimal, source=Place.AVAILABLE, target=Place.RESERVED, at=NOON) -> None:
    """Move money in this budget alone, by a line of the ledger and no award."""
    facts = {"amount": amount, "cause": f"move {next(NUMBERS)}", "made_at": at}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    name = "transfer_under_the_ceiling_names_its_award"
    as_owner(f"ALTER TABLE funding_transfer DROP CONSTRAINT IF EXISTS {name}")
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


@pytest.mark.tells("budget_level")
def test_each_level_is_told_once_and_a_jump_over_two_is_told_once():
    people.user(Role.FUNDS)
    budget = filled("95")

    first, again = levels(budget), levels(budget)
    move(budget, Decimal(5_000))

    assert (first, again) == ([90], [90])
    assert levels(budget) == [90, 100]


def told(at) -> int:
    before = Notification.objects.count()
    budget_levels.tell(at=at)
    return Notification.objects.count() - before


def test_a_level_that_is_passed_again_is_told_again():
    people.user(Role.FUNDS)
    budget = budgets.budget(BudgetKind.POT, "100000.00")
    move(budget, Decimal("80000.00"), Place.AVAILABLE, Place.RESERVED)
    first = [told(NOON), told(NOON + 2 * DAY)]

    move(budget, Decimal("0.01"), Place.RESERVED, Place.AVAILABLE)
    gone = told(NOON + 3 * DAY)
    move(budget, Decimal("0.01"), Place.AVAILABLE, Place.COMMITTED)
    again = [told(NOON + 4 * DAY), told(NOON + 5 * DAY)]

    assert (first, gone, again) == ([1, 0], 0, [1, 0])


def test_a_level_passed_again_between_two_looks_is_told_again():
    people.user(Role.FUNDS)
    budget = budgets.budget(BudgetKind.POT, "100000.00")
    move(budget, Decimal("85000.00"), Place.AVAILABLE, Place.RESERVED)
    first = told(NOON)

    move(budget, Decimal("10000.00"), Place.RESERVED, Place.AVAILABLE)
    move(budget, Decimal("10000.00"), Place.AVAILABLE, Place.RESERVED)

    assert (first, told(NOON + 2 * DAY)) == (1, 1)


def test_a_ceiling_that_is_raised_and_reached_again_is_told_again_and_a_move_within_is_not():
    manager = people.user(Role.FUNDS)
    budget = budgets.budget(BudgetKind.POT, "100000.00")
    move(budget, Decimal("80000.00"), Place.AVAILABLE, Place.RESERVED)
    first = told(NOON)
    move(budget, Decimal("80000.00"), Place.RESERVED, Place.COMMITTED)
    within = told(NOON + 2 * DAY)

    budgets.with_ceiling(budget, 200_000, by=manager)
    budgets.with_ceiling(budget, 100_000, by=manager)

    assert (first, within, told(NOON + 3 * DAY)) == (1, 0, 1)


def test_a_budget_that_goes_to_and_fro_twenty_times_a_day_is_told_of_once_a_day():
    people.user(Role.FUNDS)
    budget = budgets.budget(BudgetKind.POT, "100000.00")
    move(budget, Decimal("70000.00"), Place.AVAILABLE, Place.RESERVED)
    counts = []
    for number in range(20):
        move(budget, Decimal("20000.00"), Place.AVAILABLE, Place.RESERVED)
        counts.append(told(NOON + number * timedelta(hours=1)))
        move(budget, Decimal("20000.00"), Place.RESERVED, Place.AVAILABLE)

    move(budget, Decimal("20000.00"), Place.AVAILABLE, Place.RESERVED)

    assert sum(counts) == 1
    assert [told(NOON + hours * timedelta(hours=1)) for hours in (23, 24, 25)] == [0, 1, 0]


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


def test_who_is_appointed_later_gets_no_old_levels_and_those_that_come():
    before = people.user(Role.FUNDS)
    for _ in range(3):
        filled("85")
    new = people.user()
    people.give(new, Role.FUNDS, at=NOON + DAY)

    budget_levels.tell(at=NOON + 2 * DAY)
    again = filled("95", at=NOON + 2 * DAY)
    budget_levels.tell(at=NOON + 2 * DAY)

    assert Notification.objects.filter(recipient=before).count() == 4
    assert [one.subject_id for one in Notification.objects.filter(recipient=new)] == [again.pk]


def test_what_came_back_meanwhile_is_no_longer_true():
    people.user(Role.FUNDS)
    budget = filled("80")
    levels(budget)
    row = Notification.objects.get()
    move(budget, Decimal(80_000), Place.RESERVED, Place.AVAILABLE)

    assert not wording.of("budget_level").still_true(row)


def earlier_transfers(budget: Budget, pairs: int) -> None:
    """A ledger of that many moves to and fro, which leave the budget as it was."""
    move(budget, Decimal(1), Place.AVAILABLE, Place.RESERVED)
    move(budget, Decimal(1), Place.RESERVED, Place.AVAILABLE)
    as_owner(
        "INSERT INTO funding_transfer (budget_id, source, target, amount, cause, made_at)"
        " SELECT %s, CASE n %% 2 WHEN 0 THEN 'available' ELSE 'reserved' END,"
        " CASE n %% 2 WHEN 0 THEN 'reserved' ELSE 'available' END, 1, 'earlier ' || n, %s"
        " FROM generate_series(0, %s) AS n",
        budget.pk,
        NOON,
        2 * pairs - 1,
    )


def test_a_ledger_that_has_grown_costs_the_telling_nothing():
    """Only what was written since the budget passed its level is read."""
    people.user(Role.FUNDS)
    read = {}
    for pairs in (100, SIZE):
        budget = budgets.budget(BudgetKind.POT, "100000.00")
        earlier_transfers(budget, pairs)
        move(budget, Decimal("85000.00"))
        earlier_transfers(budgets.budget(BudgetKind.POT, "100000.00"), 9 * pairs)
        with growth.with_statistics():
            read[pairs] = growth.read_by(lambda budget=budget: budget_levels._last_below(budget, 80))

    rows = [counted["funding_transfer"] for counted in read.values()]
    assert rows[0] == rows[1] <= budget_levels.AT_ONCE


def test_without_its_index_the_whole_ledger_would_be_read():
    """The negative control."""
    budget = budgets.budget(BudgetKind.POT, "100000.00")
    earlier_transfers(budget, 50)
    move(budget, Decimal("85000.00"))
    earlier_transfers(budgets.budget(BudgetKind.POT, "100000.00"), 50)
    as_owner("DROP INDEX transfer_latest_of_a_budget")

    with growth.with_statistics():
        read = growth.read_by(lambda: budget_levels._last_below(budget, 80))

    assert read["funding_transfer"] > 100


def test_the_news_has_the_figures():
    people.user(Role.FUNDS)
    budget = filled("82.5")
    levels(budget)

    letter = composing.compose(Notification.objects.get())

    assert letter.subject == f"80% of {budget.name} is allocated"
    assert "Allocated: £82,500" in letter.text
    assert "Left: £17,500" in letter.text
