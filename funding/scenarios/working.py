"""What a scenario comes to: a pure function of what it asks, so that anybody can work it out again.

Both sides are plain values as JSON has them; sums are text in pounds, scores text in percent. No
database is asked and no clock: the same question has the same answer on every machine.

A question has
    seconds     for what the complete search of a portfolio does not settle by itself
    method      "top down" or "portfolio"; objective of the second: funding.portfolio's
    thresholds  by competition's code, percent
    drawn       by competition's code, the codes of the budgets that its awards draw on
    budgets     by code, the pounds available; reserve: by code, the pounds kept back
    lines       of each application its figures and, by organisation that takes part, the grant it seeks
    rules       each with tag, sense, measure and limit; forced: each with reference, is_in and reason

An answer has the order, each application's outcome, the awards, what is taken and left of each budget
and, of a portfolio, its value, its proof and the prices that show it.
"""

import json
from collections.abc import Mapping, Set
from decimal import Decimal
from fractions import Fraction
from typing import Any

from funding.models.allocation import Outcome
from funding.portfolio.optimum import Told
from funding.portfolio.problem import (
    Candidate,
    Ceiling,
    Condition,
    Forced,
    Measure,
    Objective,
    PortfolioProblem,
    Reserve,
    Rule,
    Sense,
)
from funding.portfolio.solve import Found, Impossible, best

TOP_DOWN, PORTFOLIO = "top down", "portfolio"
Question = Mapping[str, Any]
Answer = dict[str, Any]

#: Seconds for what the complete search of a portfolio does not settle by itself, where a question names
#: none: one of an earlier release.
TIME = 5.0


class ImpossibleScenario(Exception):
    """These conditions cannot be kept together.

    is_fewest  none could be left out of them and it still be so
    """

    def __init__(self, conditions: list[Condition], *, is_fewest: bool):
        self.conditions = conditions
        self.is_fewest = is_fewest
        super().__init__("; ".join(in_words(one) for one in conditions))


def as_text(value: Any) -> str:
    """The one text of a question or an answer, by which its fingerprint is counted."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def seconds(question: Question) -> float:
    return question.get("seconds", TIME)


def answer(question: Question, *, time_limit: float | None = None, told: Told | None = None) -> Answer:
    """Work the scenario out. Raises ImpossibleScenario, and OutOfTime where nothing is known in time.

    time_limit  seconds, where it is tried for other than the question's own
    told        as ``portfolio.solve.best`` has it

    Worked: 60,000 available, two candidates of 56,000 at 90.0 and 80.0: the first is funded, the second
    is below the line, 4,000 are left.
    """
    able = candidates(question)
    if question["method"] == PORTFOLIO:
        return of_chosen(question, *_portfolio(question, able, time_limit or seconds(question), told))
    return of_chosen(question, _top_down(question, able), {})


def of_chosen(question: Question, chosen: Set[str], proof: Answer) -> Answer:
    """All that follows from who is chosen, with what is said of its proof."""
    order = sorted(question["lines"], key=standing)
    outcomes = {line["reference"]: without_money(line, question["thresholds"]) for line in order}
    missed = Outcome.NOT_IN_PORTFOLIO if question["method"] == PORTFOLIO else Outcome.BELOW_LINE
    left_out = {one["reference"] for one in question["forced"] if not one["is_in"]}
    for reference, outcome in outcomes.items():
        if outcome == Outcome.FUND and reference not in chosen:
            outcomes[reference] = Outcome.LEFT_OUT if reference in left_out else missed
    return {
        "order": [line["reference"] for line in order],
        "outcomes": {reference: str(outcome.value) for reference, outcome in outcomes.items()},
        "awards": [
            {"reference": line["reference"], "amount": line["grant"], "shares": dict(line["shares"])}
            for line in order
            if line["reference"] in chosen
        ],
        **_money(question, order, chosen),
        **proof,
    }


def standing(line: Mapping[str, Any]) -> tuple:
    """The published order: score, then votes to fund, then smaller spread, then reference."""
    score = Decimal(line["score"]) if line["score"] is not None else Decimal(-1)
    return -score, -line["fund_votes"], Decimal(line["spread"] or 0), line["reference"]


def without_money(line: Mapping[str, Any], thresholds: Mapping[str, str]) -> Outcome:
    """What the marks and votes alone make of it, in the order of the dossier's section 7."""
    if 2 * line["scope_votes"] <= line["assessments"]:
        return Outcome.OUT_OF_SCOPE
    if 2 * line["fund_votes"] <= line["assessments"]:
        return Outcome.NOT_RECOMMENDED
    if Decimal(line["score"]) < Decimal(thresholds[line["competition"]]):
        return Outcome.BELOW_THRESHOLD
    if Decimal(line["grant"]) == 0:
        return Outcome.NOTHING_SOUGHT
    return Outcome.FUND


def candidates(question: Question) -> list[Mapping[str, Any]]:
    """The lines that marks and votes let be funded, were there money for all; the best first."""
    order = sorted(question["lines"], key=standing)
    return [line for line in order if without_money(line, question["thresholds"]) == Outcome.FUND]


def _available(question: Question) -> dict[str, Decimal]:
    kept_back = question["reserve"]
    return {
        code: Decimal(pounds) - Decimal(kept_back.get(code, "0"))
        for code, pounds in question["budgets"].items()
    }


def _top_down(question: Question, able: list) -> set[str]:
    """From the top until one does not fit; a later, smaller one is never taken instead."""
    forced = {one["reference"]: one["is_in"] for one in question["forced"]}
    left, chosen = _available(question), set()
    for line in able:
        if forced.get(line["reference"]):
            _take(question, line, left)
            chosen.add(line["reference"])
    if short := sorted(code for code, pounds in left.items() if pounds < 0):
        raise ImpossibleScenario(_drawing(question, able, short), is_fewest=False)
    for line in able:
        if line["reference"] in forced:
            continue
        if any(Decimal(line["grant"]) > left[code] for code in question["drawn"][line["competition"]]):
            break
        _take(question, line, left)
        chosen.add(line["reference"])
    return chosen


def _drawing(question: Question, able: list, short: list[str]) -> list[Condition]:
    """What takes from budgets that have too little for it: what is kept back of them and who is forced in."""
    kept_back = [Reserve(code) for code in short if Decimal(question["reserve"].get(code, "0"))]
    taking = [
        one
        for one in _forced(question, able)
        if one.is_in and set(short) & set(question["drawn"][able[one.id - 1]["competition"]])
    ]
    return [*kept_back, *taking, *map(Ceiling, short)]


def _take(question: Question, line: Mapping[str, Any], left: dict[str, Decimal]) -> None:
    for code in question["drawn"][line["competition"]]:
        left[code] -= Decimal(line["grant"])


def problem(question: Question, able: list) -> PortfolioProblem:
    """The question as the solver takes it; ids are places in the order of the list."""
    return PortfolioProblem(
        candidates=tuple(
            Candidate(
                id=place,
                reference=line["reference"],
                rank=place,
                score=Decimal(line["score"]),
                amount=Decimal(line["grant"]),
                budgets=tuple(question["drawn"][line["competition"]]),
                tags={tag: Decimal(pounds) for tag, pounds in line["tags"].items()},
            )
            for place, line in enumerate(able, start=1)
        ),
        budgets={code: Decimal(pounds) for code, pounds in question["budgets"].items()},
        reserve={code: Decimal(pounds) for code, pounds in question["reserve"].items()},
        rules=tuple(
            Rule(one["tag"], Sense(one["sense"]), Measure(one["measure"]), Decimal(one["limit"]))
            for one in question["rules"]
        ),
        forced=_forced(question, able),
        objective=Objective(question["objective"]),
    )


def _forced(question: Question, able: list) -> tuple[Forced, ...]:
    places = {line["reference"]: place for place, line in enumerate(able, start=1)}
    return tuple(
        Forced(places[one["reference"]], one["is_in"], one["reason"])
        for one in question["forced"]
        if one["reference"] in places
    )


def _portfolio(
    question: Question, able: list, time_limit: float, told: Told | None
) -> tuple[set[str], Answer]:
    asked = problem(question, able)
    found = best(asked, time_limit=time_limit, told=told)
    if isinstance(found, Impossible):
        raise ImpossibleScenario(list(found.conditions), is_fewest=found.is_irreducible)
    return {asked.by_id[pk].reference for pk in found.chosen}, _proof(found)


def _proof(found: Found) -> Answer:
    return {
        "value": found.value,
        "bound": found.bound,
        "gap": found.gap,
        "proof": str(found.proof.value),
        "tie": str(found.tie.value),
        "prices": sorted(
            [in_words(condition), _ratio(price)] for condition, price in found.multipliers.items()
        ),
    }


def _ratio(price: Fraction) -> str:
    return f"{price.numerator}/{price.denominator}"


def _money(question: Question, order: list, chosen: Set[str]) -> Answer:
    taken = {code: Decimal("0.00") for code in question["budgets"]}
    for line in order:
        if line["reference"] in chosen:
            for code in question["drawn"][line["competition"]]:
                taken[code] += Decimal(line["grant"])
    return {
        "taken": {code: str(pounds) for code, pounds in taken.items()},
        "left": {code: str(Decimal(question["budgets"][code]) - pounds) for code, pounds in taken.items()},
    }


def in_words(condition: Condition) -> str:
    """Worked: Rule("theme:health", AT_LEAST, PROJECTS, 3) is "at least 3 projects of theme:health"."""
    if isinstance(condition, Rule):
        sense = condition.sense.replace("_", " ")
        if condition.measure == Measure.POUNDS:
            return f"{sense} £{condition.limit:,} for {condition.tag}"
        noun = "project" if condition.limit == 1 else "projects"
        return f"{sense} {condition.limit} {noun} of {condition.tag}"
    if isinstance(condition, Forced):
        return f"{'in' if condition.is_in else 'out'}: number {condition.id} of the list"
    if isinstance(condition, Reserve):
        return f"the reserve of {condition.code}"
    return f"the budget {condition.code}"
