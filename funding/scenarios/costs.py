"""What each rule of a portfolio costs: worked out once, when the scenario is made, and read in words."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from time import monotonic
from typing import Any

from funding.models import Scenario
from funding.portfolio.bound import Proof
from funding.portfolio.differences import difference
from funding.portfolio.prices import price_of, priced
from funding.portfolio.problem import Condition, Forced, PortfolioProblem, Reserve
from funding.portfolio.solve import Found
from funding.scenarios import conditions, working
from funding.scenarios.conditions import Names
from funding.scenarios.working import Answer, Question

#: Seconds that the price of one rule may take, and those of a scenario together; the rest is not asked then.
TIME, IN_ALL = 2.0, 4.0
NOT_IN_TIME = "What would be without it was not found in time."

#: The references of what would be funded without a condition, or None, and whether that is proven.
Kept = Mapping[str, Any]


def worked_out(
    question: Question,
    found: Answer,
    *,
    each: float | None = None,
    in_all: float | None = None,
    reached: Callable[[int], None] = lambda done: None,
) -> list[Kept]:
    """What would be without each condition of a portfolio, in the order of ``priced``.

    each, in_all  seconds for one and for all; as ``TIME`` and ``IN_ALL`` where nothing is said
    reached       called before each with how many are done
    """
    if question["method"] != working.PORTFOLIO:
        return []
    asked = working.problem(question, working.candidates(question))
    kept, worked = _found(asked, found), list[Kept]()
    until = monotonic() + (IN_ALL if in_all is None else in_all)
    for done, condition in enumerate(priced(asked)):
        reached(done)
        worked.append(_kept(asked, kept, condition, until, TIME if each is None else each))
    return worked


def number_of(question: Question) -> int:
    """How many conditions of it have a cost."""
    if question["method"] != working.PORTFOLIO:
        return 0
    return len(priced(working.problem(question, working.candidates(question))))


def of(scenario: Scenario, codes: Collection[str]) -> list[tuple[str, str]]:
    """Each rule, and in a sentence what would be without it.

    codes  of the budgets that are shown: no other is named, nor what is left of it

    Of one that an earlier release made it is worked out now, since it was not kept then.
    """
    question, answer = json.loads(scenario.question), json.loads(scenario.answer)
    if question["method"] != working.PORTFOLIO:
        return []
    kept = json.loads(scenario.costs) if scenario.costs else worked_out(question, answer)
    asked, names = working.problem(question, working.candidates(question)), conditions.names_of(question)
    chosen = _found(asked, answer).chosen
    return [
        (_name(condition, names), in_words(asked, chosen, one, codes))
        for condition, one in zip(priced(asked), kept, strict=True)
        if not isinstance(condition, Reserve) or condition.code in codes
    ]


def _kept(asked: PortfolioProblem, found: Found, condition: Condition, until: float, each: float) -> Kept:
    left = until - monotonic()
    price = price_of(asked, found, condition, time_limit=min(each, left)) if left > 0 else None
    if price is None or price.best is None:
        return {"funded": None, "is_sure": False}
    return {
        "funded": sorted(asked.by_id[pk].reference for pk in price.best.chosen),
        "is_sure": price.is_sure,
    }


def _found(asked: PortfolioProblem, found: Answer) -> Found:
    """The portfolio of a kept answer, as it was found."""
    return Found(
        chosen=_ids(asked, [one["reference"] for one in found["awards"]]),
        value=found["value"],
        bound=found["bound"],
        gap=found["gap"],
        proof=Proof(found["proof"]),
        tie=Proof(found["tie"]),
        multipliers={},
    )


def _ids(asked: PortfolioProblem, references: Sequence[str]) -> frozenset[int]:
    wanted = set(references)
    return frozenset(one.id for one in asked.candidates if one.reference in wanted)


def in_words(asked: PortfolioProblem, chosen: frozenset[int], kept: Kept, codes: Collection[str]) -> str:
    """Worked: "Without it: B out, C in: 4.1 points more, £12,400 left instead of £88,000."

    chosen  the portfolio with it, by ids
    """
    if kept["funded"] is None:
        return NOT_IN_TIME
    caveat = "" if kept["is_sure"] else ", as far as was found in time"
    other = _ids(asked, kept["funded"])
    if other == chosen:
        return f"It costs nothing{caveat}: the same projects would be funded without it."
    found = difference(asked, chosen, other)
    shown = replace(found, left={code: left for code, left in found.left.items() if code in codes})
    return f"Without it{caveat}: {shown.sentence}."


def _name(condition: Condition, names: Names) -> str:
    said = conditions.in_words(condition, names)
    if isinstance(condition, Forced):
        return f"{said}: {condition.reason}"
    return said[0].upper() + said[1:]
