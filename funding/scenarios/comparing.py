"""Scenarios of one sheet beside each other: who is in and out, what is left, each difference in words."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from funding.models import Scenario
from funding.portfolio.differences import Side, between
from funding.portfolio.problem import Objective
from funding.scenarios import tags, working
from funding.scenarios.making import question_and_answer
from funding.scenarios.working import Answer, Question


@dataclass(frozen=True, slots=True)
class Column:
    """One scenario in figures: pounds, points, and by reference the pounds of what is funded.

    sentence  how it differs from the first column; empty for that
    """

    scenario: Scenario
    funded: dict[str, Decimal]
    granted: Decimal
    points: Decimal
    left: dict[str, Decimal]
    totals: dict[str, Decimal]
    sentence: str


def columns(scenarios: Collection[Scenario], codes: Collection[str]) -> list[Column]:
    """One for each scenario, compared with the first; ``codes`` are of the budgets that are shown."""
    read = [(one, *question_and_answer(one)) for one in scenarios]
    return [
        Column(
            scenario,
            funded={one["reference"]: Decimal(one["amount"]) for one in found["awards"]},
            granted=sum((Decimal(one["amount"]) for one in found["awards"]), Decimal("0.00")),
            points=_points(question, found),
            left={code: Decimal(pounds) for code, pounds in found["left"].items() if code in codes},
            totals=_totals(question, found),
            sentence=_sentence(read[0][1:], (question, found), codes) if scenario != read[0][0] else "",
        )
        for scenario, question, found in read
    ]


def _points(question: Question, found: Answer) -> Decimal:
    scores = {line["reference"]: Decimal(line["score"] or 0) for line in question["lines"]}
    return sum((scores[one["reference"]] for one in found["awards"]), Decimal("0.0"))


def _totals(question: Question, found: Answer) -> dict[str, Decimal]:
    funded = {one["reference"] for one in found["awards"]}
    totals: dict[str, Decimal] = {}
    for line in question["lines"]:
        for tag, pounds in line["tags"].items():
            if tags.kind_of(tag) in tags.TOTALLED:
                taken = Decimal(pounds) if line["reference"] in funded else Decimal(0)
                totals[tag] = totals.get(tag, Decimal("0.00")) + taken
    return totals


def _sentence(first: tuple[Question, Answer], other: tuple[Question, Answer], codes: Collection[str]) -> str:
    """In the words of ``portfolio.differences``; worth is counted as the other scenario counts it."""
    return between(_side(*first, codes), _side(*other, codes), Objective(other[0]["objective"])).sentence


def _side(question: Question, found: Answer, codes: Collection[str]) -> Side:
    """What was kept of one: the grants of its own question, and what it leaves of the budgets shown."""
    funded = {one["reference"] for one in found["awards"]}
    asked = working.problem(
        {**question, "forced": [], "rules": [], "reserve": {}}, working.candidates(question)
    )
    return Side(
        tuple(one for one in asked.ranked if one.reference in funded),
        {code: Decimal(pounds) for code, pounds in found["left"].items() if code in codes},
    )
