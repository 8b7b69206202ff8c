"""The best portfolio: the same as by looking at every one, whatever the order, and proven."""

import random
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from funding.portfolio import core, optimum
from funding.portfolio.bound import Proof, certificate_holds, impossibility_holds, is_allowed, upper_bound
from funding.portfolio.conflict import Impossible
from funding.portfolio.problem import Ceiling, Forced, Measure, Objective, Rule, Sense
from funding.portfolio.solve import Found, best
from funding.portfolio.whole import without
from tests.funding import exhaustive
from tests.make.portfolios import candidate, large, problem, small

HEALTH = Rule("theme:health", Sense.AT_LEAST, Measure.PROJECTS, Decimal(1))


@pytest.mark.parametrize("part", range(10))
def test_best_is_the_first_of_the_best_of_all(part):
    for seed in range(part * 20, part * 20 + 20):
        asked = small(seed)

        found, expected = best(asked), exhaustive.best(asked)

        if isinstance(found, Impossible):
            assert expected is None, seed
            continue
        assert (found.value, found.chosen) == expected, seed
        assert found.gap == 0, seed
        assert found.tie == Proof.SEARCH, seed
        assert upper_bound(asked, found.multipliers) == found.bound >= found.value, seed


def test_random_instances_are_of_every_kind():
    kinds = Counter(type(best(small(seed))).__name__ for seed in range(200))

    assert kinds["Found"] > 100
    assert kinds["Impossible"] > 20


def test_portfolio_leaves_out_the_best_where_two_others_are_worth_more():
    asked = problem(
        candidate(1, "90.0", 100_000), candidate(2, "80.0", 50_000), candidate(3, "70.0", 50_000), pot=100_000
    )

    found = best(asked)

    assert found.chosen == {2, 3}
    assert found.value == 1500


def test_of_equal_portfolios_the_one_with_the_best_ranked_project_stands():
    asked = problem(
        *(
            candidate(rank, score, 10_000)
            for rank, score in ((1, "80.0"), (2, "70.0"), (3, "70.0"), (4, "60.0"))
        ),
        pot=20_000,
        forced=(Forced(2, False), Forced(3, False)),
    )
    ties = problem(
        candidate(1, "80.0", 20_000), candidate(2, "50.0", 10_000), candidate(3, "30.0", 10_000), pot=20_000
    )

    assert best(asked).chosen == {1, 4}
    assert best(ties).chosen == {1}


@pytest.mark.parametrize("seed", range(0, 40, 4))
def test_order_of_what_is_given_changes_nothing(seed):
    asked, chance = small(seed), random.Random(seed)
    first = best(asked)

    for _ in range(3):
        shuffled = replace(
            asked,
            candidates=tuple(chance.sample(asked.candidates, len(asked.candidates))),
            rules=tuple(chance.sample(asked.rules, len(asked.rules))),
            forced=tuple(chance.sample(asked.forced, len(asked.forced))),
            budgets=dict(reversed(asked.budgets.items())),
        )
        assert best(shuffled) == first


def test_one_more_rule_never_makes_it_better():
    for seed in range(200, 230):
        asked = small(seed, most=12)
        looser = best(replace(asked, rules=()))
        for number in range(len(asked.rules) + 1):
            tighter = best(replace(asked, rules=asked.rules[:number]))
            if isinstance(tighter, Impossible) or isinstance(looser, Impossible):
                assert isinstance(tighter, Impossible)
            else:
                assert tighter.value <= looser.value
            looser = tighter


def test_what_is_impossible_names_what_cannot_be_kept_together():
    kinds, proven = Counter(), 0
    for seed in range(200):
        asked = small(seed, most=12)
        found = best(asked)
        if isinstance(found, Found):
            continue
        alone = asked
        for condition in asked.conditions:
            alone = alone if condition in found.conditions else without(alone, condition)

        assert exhaustive.best(alone) is None, seed
        assert all(exhaustive.best(without(alone, one)) is not None for one in found.conditions), seed
        if found.proof == Proof.ARITHMETIC:
            proven += 1
            assert impossibility_holds(asked, found.multipliers), seed
            for name in found.multipliers:
                assert not impossibility_holds(asked, {**found.multipliers, name: 0}), seed
        kinds.update(type(condition).__name__ for condition in found.conditions)

    assert set(kinds) == {"Rule", "Forced", "Ceiling", "Reserve"}
    assert proven > 20


def test_project_forced_in_and_out_is_named_with_both():
    forced = (Forced(1, True, "promised"), Forced(1, False, "withdrawn"))

    found = best(problem(candidate(1, "80.0", 10_000), pot=20_000, forced=forced))

    assert set(found.conditions) == set(forced)


def test_forced_project_that_the_budget_cannot_carry_is_named_with_it():
    asked = problem(candidate(1, "80.0", 30_000), pot=20_000, forced=(Forced(1, True),), rules=(HEALTH,))

    found = best(replace(asked, rules=()))

    assert set(found.conditions) == {Forced(1, True), Ceiling("pot")}
    assert best(asked).conditions == (HEALTH,) or set(best(asked).conditions) == set(found.conditions)


@pytest.mark.parametrize("objective", list(Objective))
def test_pence_above_the_budget_are_too_much(objective):
    asked = problem(
        candidate(1, "80.0", 10_000), candidate(2, "70.0", 9_000), pot=10_000, objective=objective
    )

    poorer = replace(asked, budgets={"pot": Decimal("9999.99")})

    assert best(asked).chosen == {1}
    assert best(poorer).chosen == {2}
    assert not is_allowed(poorer, {1})


def _proven_by_arithmetic():
    for seed in range(200):
        asked = small(seed)
        found = best(asked)
        if (
            isinstance(found, Found)
            and found.proof == Proof.ARITHMETIC
            and found.multipliers
            and found.chosen
        ):
            yield asked, found


def test_certificate_is_caught_where_anything_in_it_is_wrong():
    proven, caught = list(_proven_by_arithmetic()), Counter()
    for asked, found in proven:
        certificate = dict(found.multipliers)

        assert certificate_holds(asked, found.chosen, found.value, certificate)
        assert not certificate_holds(asked, found.chosen, found.value + 1, certificate)
        assert not certificate_holds(asked, found.chosen, found.value - 1, certificate)
        assert not certificate_holds(asked, set(found.chosen) - {min(found.chosen)}, found.value, certificate)
        assert not certificate_holds(asked, found.chosen | {-1}, found.value, certificate)
        for name, price in certificate.items():
            assert not certificate_holds(asked, found.chosen, found.value, certificate | {name: -price})
            for altered in (0, price / 3, price * 1000):
                still = certificate_holds(asked, found.chosen, found.value, certificate | {name: altered})
                caught[still] += 1
        assert not certificate_holds(asked, found.chosen, found.value, certificate | {Ceiling("other"): 1})

    assert len(proven) > 10
    assert caught[False] > 5 * caught[True]  # where only one portfolio is left, other prices prove it as well


def test_bound_is_above_every_portfolio_at_any_prices():
    chance = random.Random(1)
    for seed in range(60):
        asked = small(seed, most=10)
        expected = exhaustive.best(asked)
        if expected is None:
            continue
        for _ in range(5):
            prices = {
                one: chance.randint(0, 10**6) for one in asked.conditions if isinstance(one, Rule | Ceiling)
            }
            assert upper_bound(asked, prices) >= expected[0]


@pytest.mark.parametrize("objective", list(Objective))
def test_many_projects_that_are_all_alike_go_by_rank(objective):
    asked = problem(
        *(candidate(rank, "80.0", 10_000) for rank in range(1, 101)), pot=305_000, objective=objective
    )

    found = best(asked)

    assert found.chosen == set(range(1, 31))
    assert found.gap == 0


def test_without_the_search_the_solver_finds_the_same(monkeypatch):
    monkeypatch.setattr(core, "STATES", 1)
    proofs = Counter()
    for seed in range(0, 200, 3):
        asked = small(seed, most=12)

        found, expected = best(asked), exhaustive.best(asked)

        if isinstance(found, Impossible):
            assert expected is None, seed
            continue
        assert (found.value, found.chosen) == expected, seed
        proofs[found.proof, found.tie] += 1

    assert proofs[Proof.SOLVER, Proof.SOLVER] > 20
    assert proofs[Proof.ARITHMETIC, Proof.SOLVER] > 3


@pytest.mark.parametrize("objective", list(Objective))
def test_where_time_runs_out_the_gap_says_how_much_better_it_could_be(objective, monkeypatch):
    asked = large(300, objective, regions=True)
    proven = best(asked)
    monkeypatch.setattr(core, "STATES", 100)
    monkeypatch.setattr(optimum, "SOLVER_LEAST", 0.01)

    found = best(asked, time_limit=0.01)

    assert proven.gap == 0
    assert found.proof == found.tie == Proof.NONE
    assert is_allowed(asked, found.chosen)
    assert found.value <= proven.value <= found.value + found.gap <= found.bound


def test_search_is_made_again_without_a_solver_and_finds_what_was_altered():
    for seed in range(0, 200, 4):
        asked = small(seed)
        found = best(asked)
        if isinstance(found, Impossible) or not found.chosen:
            continue
        others = set(found.chosen) - {min(found.chosen)}

        assert core.search_holds(asked, found.chosen, found.value, found.multipliers)
        assert core.search_holds(asked, found.chosen, found.value, {})
        assert not core.search_holds(asked, found.chosen, found.value - 1, found.multipliers)
        assert not core.search_holds(asked, others, asked.value(others), found.multipliers)


def test_search_misses_nothing_at_any_prices():
    chance, searched = random.Random(5), 0
    for seed in range(1000, 1100):
        asked = small(seed, most=12)
        expected = exhaustive.best(asked)
        if expected is None:
            continue
        for _ in range(4):
            prices = {
                one: Fraction(chance.randint(0, 4_000_000), chance.choice([1, 7, 10_000, 10**8]))
                for one in asked.conditions
                if isinstance(one, Rule | Ceiling) and chance.random() < 0.7
            }
            assert core.search_holds(asked, expected[1], expected[0], prices), (seed, prices)
            searched += 1

    assert searched > 200


def test_of_portfolios_worth_the_same_only_the_first_holds():
    asked = problem(
        candidate(1, "80.0", 20_000), candidate(2, "50.0", 10_000), candidate(3, "30.0", 10_000), pot=20_000
    )

    assert core.search_holds(asked, {1}, 800, {})
    assert not core.search_holds(asked, {2, 3}, 800, {})


def test_parts_of_a_penny_and_strangers_are_refused():
    one = candidate(1, "80.0", 10_000)
    with pytest.raises(ValueError, match="comes twice"):
        problem(one, one, pot=1)
    with pytest.raises(ValueError, match="penny"):
        replace(problem(one, pot=1), budgets={"pot": Decimal("0.001")})
    with pytest.raises(ValueError, match="score"):
        problem(candidate(1, "80.05", 1), pot=1)
    with pytest.raises(ValueError, match="unknown"):
        problem(candidate(1, "80.0", 1, budgets=("other",)), pot=1)
    with pytest.raises(ValueError, match="unknown"):
        problem(one, pot=1, forced=(Forced(7, True),))


def test_large_is_found_again_in_another_order():
    asked = large(300, Objective.SCORE)

    again = best(replace(asked, candidates=asked.candidates[::-1], rules=asked.rules[::-1]))

    assert again == best(asked)
