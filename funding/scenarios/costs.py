"""What each rule of a portfolio costs, in words."""

from collections.abc import Collection
from dataclasses import replace

from funding.models import Scenario
from funding.portfolio.differences import difference
from funding.portfolio.prices import Price, prices
from funding.portfolio.problem import Ceiling, Condition, Forced, PortfolioProblem, Reserve
from funding.portfolio.solve import Impossible, OutOfTime, best
from funding.scenarios import conditions, working
from funding.scenarios.conditions import Names
from funding.scenarios.making import question_and_answer

#: Seconds that the price of one rule may take.
TIME = 2.0
NOT_IN_TIME = "What would be without it was not found in time."


def of(scenario: Scenario, codes: Collection[str]) -> list[tuple[str, str]]:
    """Each rule, and in a sentence what would be without it.

    codes  of the budgets that are shown: no other is named, nor what is left of it
    """
    question, _ = question_and_answer(scenario)
    if question["method"] != working.PORTFOLIO:
        return []
    asked, names = working.problem(question, working.candidates(question)), conditions.names_of(question)
    return [
        (_name(condition, names), said)
        for condition, said in _sentences(asked, codes).items()
        if not isinstance(condition, Reserve) or condition.code in codes
    ]


def _sentences(asked: PortfolioProblem, codes: Collection[str]) -> dict[Condition, str]:
    try:
        found = best(asked, time_limit=TIME)
    except OutOfTime:
        return {one: NOT_IN_TIME for one in asked.conditions if not isinstance(one, Ceiling)}
    if isinstance(found, Impossible):
        return {}
    return {
        price.condition: in_words(asked, found.chosen, price, codes)
        for price in prices(asked, found, time_limit=TIME)
    }


def in_words(asked: PortfolioProblem, chosen: Collection[int], price: Price, codes: Collection[str]) -> str:
    """Worked: "Without it: B out, C in: 4.1 points more, £12,400 left instead of £88,000."

    chosen  the portfolio with it, by ids
    """
    if price.best is None:
        return NOT_IN_TIME
    caveat = "" if price.is_sure else ", as far as was found in time"
    if not price.came_in and not price.went_out:
        return f"It costs nothing{caveat}: the same projects would be funded without it."
    found = difference(asked, chosen, price.best.chosen)
    shown = replace(found, left={code: left for code, left in found.left.items() if code in codes})
    return f"Without it{caveat}: {shown.sentence}."


def _name(condition: Condition, names: Names) -> str:
    said = conditions.in_words(condition, names)
    if isinstance(condition, Forced):
        return f"{said}: {condition.reason}"
    return said[0].upper() + said[1:]
