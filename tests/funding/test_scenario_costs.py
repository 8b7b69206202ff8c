"""What each rule of a scenario costs, in words: what is sure, what is not, and what time did not settle."""

from decimal import Decimal
from random import Random

from funding.models import Method, Scenario
from funding.portfolio.prices import prices
from funding.portfolio.problem import Measure, Rule, Sense
from funding.portfolio.solve import best
from funding.scenarios import costs, working
from tests.make.portfolios import candidate, problem

A = candidate(1, "90.0", 100_000, "theme:health")
B = candidate(2, "80.0", 60_000)
NOTHING = working.as_text({"awards": [], "value": 0, "bound": 0, "gap": 0, "proof": "none", "tie": "none"})


def test_a_price_that_is_not_sure_says_so():
    rule = Rule("theme:health", Sense.AT_MOST, Measure.PROJECTS, Decimal(0))
    asked = problem(A, B, pot=120_000, rules=(rule,))
    found = best(asked)
    (price,) = prices(asked, found)
    sure = {"funded": [asked.by_id[pk].reference for pk in price.best.chosen], "is_sure": price.is_sure}

    def said(kept) -> str:
        return costs.in_words(asked, found.chosen, kept, ["pot"])

    told = "B out, A in: 10 points more, £20,000 left instead of £60,000."
    assert said(sure) == f"Without it: {told}"
    assert said({**sure, "is_sure": False}) == f"Without it, as far as was found in time: {told}"
    nothing = {**sure, "funded": ["B"]}
    assert said(nothing) == "It costs nothing: the same projects would be funded without it."
    assert said({**nothing, "is_sure": False}).startswith("It costs nothing, as far as was found in time:")


def test_prices_that_are_not_found_in_time_are_said_not_to_be(monkeypatch):
    """The time of all together is over before the first is asked."""
    monkeypatch.setattr(costs, "IN_ALL", 0.0)
    asked = to_the_penny()
    scenario = Scenario(method=Method.PORTFOLIO, question=working.as_text(asked), answer=NOTHING)

    shown = costs.of(scenario, ["pot"])

    assert [said for _, said in shown] == [costs.NOT_IN_TIME] * 2
    assert shown[0][0].startswith("At least £")


def to_the_penny() -> working.Question:
    chance = Random(1)
    sums = [Decimal(chance.randint(10**7, 10**8 - 1)) / 100 for _ in range(20)]
    half = (sum(sums, Decimal(0)) / 2).quantize(Decimal("0.01"))
    rule = {"tag": "theme:health", "measure": "pounds", "limit": str(half)}
    return {
        "method": "portfolio",
        "objective": "score",
        "thresholds": {"C": "60"},
        "drawn": {"C": ["pot"]},
        "budgets": {"pot": "100000000.00"},
        "reserve": {},
        "rules": [{**rule, "sense": "at_least"}, {**rule, "sense": "at_most"}],
        "forced": [],
        "lines": [line(f"R{place}", amount) for place, amount in enumerate(sums, start=10)],
    }


def line(reference: str, amount: Decimal) -> dict:
    return {
        "reference": reference,
        "competition": "C",
        "score": "80.0",
        "spread": "0",
        "fund_votes": 3,
        "scope_votes": 3,
        "assessments": 3,
        "grant": str(amount),
        "tags": {"theme:health": str(amount)},
    }
