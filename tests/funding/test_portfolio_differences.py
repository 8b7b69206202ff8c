"""What a rule costs, and two portfolios beside each other."""

from dataclasses import replace
from decimal import Decimal

from funding.portfolio.differences import Side, between, difference
from funding.portfolio.prices import prices
from funding.portfolio.problem import Forced, Measure, Objective, Reserve, Rule, Sense
from funding.portfolio.solve import Found, best
from tests.funding import exhaustive
from tests.make.portfolios import candidate, problem, small

A = candidate(1, "90.0", 300_000)
B = candidate(2, "80.0", 112_000, "theme:health")
C = candidate(3, "42.1", 100_000)
D = candidate(4, "42.0", 87_600)


def test_difference_is_told_in_one_sentence():
    asked = problem(A, B, C, D, pot=500_000)

    changed = difference(asked, {1, 2}, {1, 3, 4})

    assert changed.sentence == "B out, C and D in: 4.1 points more, £12,400 left instead of £88,000"
    assert changed.points == Decimal("4.1")
    assert changed.left == {"pot": (Decimal("88000.00"), Decimal("12400.00"))}
    assert difference(asked, {1, 3, 4}, {1, 2}).sentence == (
        "C and D out, B in: 4.1 points less, £88,000 left instead of £12,400"
    )
    assert difference(asked, {1}, {1}).sentence == "The same projects"


def test_another_grant_of_the_same_project_is_told():
    part = replace(A, amount=Decimal(228_000))
    whole, less = Side((A, B), {"pot": Decimal(0)}), Side((part, B), {"pot": Decimal(72_000)})

    told = between(whole, less, Objective.SCORE)

    assert told.sentence == "A £228,000 instead of £300,000: worth the same, £72,000 left instead of £0"
    weighted = between(whole, less, Objective.SCORE_WEIGHTED_GRANT)
    assert weighted.sentence.startswith(
        "A £228,000 instead of £300,000: £64,800 less of grant weighted by score"
    )


def test_the_same_projects_from_other_money_are_told_with_what_is_left():
    before, after = Side((A,), {"pot": Decimal(5_000)}), Side((A,), {"pot": Decimal(9_000)})

    assert between(before, after, Objective.SCORE).sentence == (
        "The same projects: £9,000 left instead of £5,000"
    )


def test_difference_names_budgets_where_they_differ():
    asked = problem(A, pot=500_000)
    asked = replace(
        asked,
        candidates=(A, replace(B, budgets=("pot", "region"))),
        budgets={**asked.budgets, "region": Decimal(300_000)},
    )

    assert difference(asked, {1, 2}, {1}).sentence == (
        "B out: 80 points less, £200,000 left of pot instead of £88,000, "
        "£300,000 left of region instead of £188,000"
    )


def test_difference_counts_grant_weighted_by_score():
    asked = problem(A, B, C, D, pot=500_000, objective=Objective.SCORE_WEIGHTED_GRANT)

    changed = difference(asked, {1, 2}, {1, 3})

    assert changed.weighted == Decimal("-47500")
    assert changed.sentence == (
        "B out, C in: £47,500 less of grant weighted by score, £100,000 left instead of £88,000"
    )


def test_many_projects_are_counted_and_not_named():
    many = [candidate(rank, "50.0", 1_000) for rank in range(1, 8)]

    assert difference(problem(*many, pot=7_000), set(), range(1, 8)).sentence == (
        "7 projects in: 350 points more, £0 left instead of £7,000"
    )


def test_price_of_a_rule_is_what_it_displaces():
    rule = Rule("theme:health", Sense.AT_LEAST, Measure.PROJECTS, Decimal(1))
    forced = Forced(4, True, "shared with the region")
    health = replace(B, score=Decimal("30.0"))
    asked = problem(
        A, health, C, D, pot=400_000, rules=(rule,), forced=(forced,), reserve={"pot": Decimal(1_000)}
    )

    found = best(asked)
    by_condition = {one.condition: one for one in prices(asked, found)}

    assert found.chosen == {2, 3, 4}
    assert set(by_condition) == {rule, forced, Reserve("pot")}
    assert by_condition[rule].went_out == (2, 3)
    assert by_condition[rule].came_in == (1,)
    assert by_condition[rule].more == 900 - 300 - 421
    assert by_condition[Reserve("pot")].more == 0
    assert all(price.is_sure for price in by_condition.values())


def test_price_is_the_difference_between_the_best_of_all():
    for seed in range(40):
        asked = small(seed, most=9)
        found = best(asked)
        if not isinstance(found, Found):
            continue
        for price in prices(asked, found):
            assert price.more == exhaustive.best(_without(asked, price.condition))[0] - found.value
            chosen = (found.chosen | set(price.came_in)) - set(price.went_out)
            assert chosen == price.best.chosen


def _without(asked, condition):
    if isinstance(condition, Reserve):
        return replace(asked, reserve={})
    return replace(
        asked,
        rules=tuple(one for one in asked.rules if one != condition),
        forced=tuple(one for one in asked.forced if one != condition),
    )
