"""Regions with money of their own: solved apart where nothing joins them, and the same as all at once."""

from collections import Counter
from decimal import Decimal
from time import monotonic

import pytest

from funding.portfolio import optimum, parts, relaxation
from funding.portfolio.bound import Proof, bound, certificate_holds, upper_bound
from funding.portfolio.conflict import Impossible
from funding.portfolio.problem import Ceiling, Measure, Objective, PortfolioProblem, Rule, Sense
from funding.portfolio.solve import best
from funding.portfolio.whole import whole
from tests.funding import exhaustive
from tests.make.portfolios import apart, candidate, problem, regional, small


@pytest.mark.parametrize("part", range(4))
def test_best_of_two_regions_is_the_first_of_the_best_of_all(part):
    """A part is of one kind: joined by nothing, by rules, by the programme's budget, by both."""
    pieces = Counter()
    for seed in range(part, 60, 4):
        asked = regional(seed)

        found, expected = best(asked), exhaustive.best(asked)

        assert (found.value, found.chosen) == expected, seed
        assert found.gap == 0 and found.tie == Proof.SEARCH, seed
        assert upper_bound(asked, found.multipliers) == found.bound >= found.value, seed
        if found.proof == Proof.ARITHMETIC:
            assert certificate_holds(asked, found.chosen, found.value, found.multipliers), seed
        pieces[len(parts.parts(whole(asked)))] += 1

    assert part or min(pieces) == 2
    assert part != 3 or pieces[1] > 5


def test_taken_apart_or_not_is_the_same(monkeypatch):
    """What a random problem comes to does not hang on whether it falls into parts."""
    seeds = range(0, 200, 5)
    found = [best(small(seed, most=14)) for seed in seeds]

    monkeypatch.setattr(optimum, "parts", _as_one)
    for seed, one in zip(seeds, found, strict=True):
        other = best(small(seed, most=14))
        assert type(other) is type(one), seed
        if not isinstance(one, Impossible):
            assert (other.value, other.chosen, other.gap) == (one.value, one.chosen, one.gap), seed


def _as_one(model):
    return [parts.Part(model, tuple(range(len(model.ids))), tuple(range(len(model.rows))))]


def test_budget_of_all_never_binds_where_those_within_it_do_not_reach_it():
    ranked = tuple(
        candidate(rank, "80.0", 10_000 * rank, budgets=("all", "AB"[rank % 2])) for rank in range(1, 7)
    )

    def binding(pounds: int) -> list[str]:
        budgets = {"all": Decimal(pounds), "A": Decimal(70_000), "B": Decimal(50_000)}
        rows = whole(PortfolioProblem(ranked, budgets)).rows
        return [rows[number].name.code for number in parts.binding(rows)]

    # Sums of those in A are of £20,000 each, so that £70,000 is no more than £60,000.
    assert binding(110_000) == ["A", "B"]
    assert binding(109_999) == ["A", "B", "all"]


def test_rule_that_asks_for_something_is_never_left_away():
    rule = Rule("theme:health", Sense.AT_LEAST, Measure.PROJECTS, Decimal(1))
    nobody = problem(candidate(1, "80.0", 10_000), pot=20_000, rules=(rule,))

    found = best(nobody)

    assert isinstance(found, Impossible) and found.conditions == (rule,)
    assert Ceiling("pot") not in found.conditions


@pytest.mark.parametrize("objective", list(Objective))
def test_5000_projects_of_two_regions_apart_are_proven(objective):
    found = best(apart(5000, objective))

    assert found.proof in {Proof.ARITHMETIC, Proof.SEARCH}
    assert (found.tie, found.gap) == (Proof.SEARCH, 0)


@pytest.mark.parametrize("is_over", [False, True])
def test_the_search_goes_no_further_once_its_time_is_over(is_over):
    """One that has begun a step ends it; on a slow machine there is no next one."""
    model = whole(small(1))
    prices = relaxation.prices(model)
    limit = 0.0 if is_over else monotonic() + 60

    found = optimum._search(model, prices, bound(model, prices), 1_000_000, None, limit)

    assert (found.places is None) == is_over
