"""The problem in whole numbers: what each project adds, and rows that none may pass.

Every row reads "the sum of its figures over what is funded is at most its limit"; an "at least" is
such a row with all signs turned. Scores are in tenths, money in pence, and each row is divided by
what all its figures have in common.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import gcd

from funding.portfolio.problem import (
    Ceiling,
    Condition,
    Forced,
    Measure,
    PortfolioProblem,
    Reserve,
    Rule,
    Sense,
    pence,
    worth,
)


@dataclass(frozen=True)
class Row:
    """``figures``: what a project takes of the limit, by its place; a place not named takes nothing."""

    name: Condition
    figures: Mapping[int, int]
    limit: int

    def left(self, places: Iterable[int]) -> int:
        return self.limit - sum(self.figures.get(place, 0) for place in places)


@dataclass(frozen=True)
class Whole:
    """Projects are known by their place in rank, from 0.

    values  what each adds, divided by ``unit``
    fixed   place -> whether it is in; the others are free
    """

    ids: tuple[int, ...]
    values: tuple[int, ...]
    unit: int
    rows: tuple[Row, ...]
    fixed: Mapping[int, bool]

    @cached_property
    def free(self) -> tuple[int, ...]:
        return tuple(place for place in range(len(self.ids)) if place not in self.fixed)

    @cached_property
    def given(self) -> tuple[int, ...]:
        """Places that are in for good."""
        return tuple(sorted(place for place, is_in in self.fixed.items() if is_in))

    def value(self, places: Iterable[int]) -> int:
        return sum(self.values[place] for place in places)

    def broken(self, places: Sequence[int]) -> list[Row]:
        """Rows that this choice passes, by the pence."""
        return [row for row in self.rows if row.left(places) < 0]

    def is_allowed(self, places: Sequence[int]) -> bool:
        chosen = set(places)
        return not self.broken(places) and all((at in chosen) == is_in for at, is_in in self.fixed.items())

    def as_ids(self, places: Iterable[int]) -> frozenset[int]:
        return frozenset(self.ids[place] for place in places)

    def places_of(self, chosen: Iterable[int]) -> list[int]:
        wanted = set(chosen)
        return [place for place, pk in enumerate(self.ids) if pk in wanted]


def whole(problem: PortfolioProblem) -> Whole:
    """Return the problem in whole numbers; somebody forced in and out is left to ``contradiction``."""
    ranked = problem.ranked
    places = {one.id: place for place, one in enumerate(ranked)}
    worths = [worth(one, problem.objective) for one in ranked]
    unit = gcd(*worths) or 1
    rows = [
        _row(problem, condition) for condition in problem.conditions if isinstance(condition, Rule | Ceiling)
    ]
    return Whole(
        ids=tuple(one.id for one in ranked),
        values=tuple(one // unit for one in worths),
        unit=unit,
        rows=tuple(rows),
        fixed={places[one.id]: one.is_in for one in problem.forced},
    )


def contradiction(problem: PortfolioProblem) -> tuple[Forced, Forced] | None:
    """Return an order that puts somebody in and one that keeps the same out."""
    orders = [one for one in problem.conditions if isinstance(one, Forced)]
    ins = {one.id: one for one in orders if one.is_in}
    for one in orders:
        if not one.is_in and one.id in ins:
            return ins[one.id], one
    return None


def without(problem: PortfolioProblem, condition: Condition) -> PortfolioProblem:
    """Return the problem with one condition taken away."""
    match condition:
        case Rule():
            return replace(problem, rules=tuple(one for one in problem.rules if one != condition))
        case Forced():
            return replace(problem, forced=tuple(one for one in problem.forced if one != condition))
        case Reserve(code):
            reserve = {other: kept for other, kept in problem.reserve.items() if other != code}
            return replace(problem, reserve=reserve)
        case Ceiling(code):
            return replace(problem, without=problem.without | {code})


def _row(problem: PortfolioProblem, condition: Rule | Ceiling) -> Row:
    if isinstance(condition, Ceiling):
        code = condition.code
        figures = {
            place: pence(one.amount)
            for place, one in enumerate(problem.ranked)
            if code in one.budgets and one.amount
        }
        return _reduced(condition, figures, pence(problem.budgets[code] - problem.reserve.get(code, 0)))
    counts = condition.measure == Measure.PROJECTS
    figures = {
        place: 1 if counts else pence(one.tags[condition.tag])
        for place, one in enumerate(problem.ranked)
        if condition.tag in one.tags and (counts or one.tags[condition.tag])
    }
    limit = int(condition.limit) if counts else pence(condition.limit)
    if condition.sense == Sense.AT_LEAST:
        return _reduced(condition, {place: -figure for place, figure in figures.items()}, -limit)
    return _reduced(condition, figures, limit)


def _reduced(name: Condition, figures: dict[int, int], limit: int) -> Row:
    """Divide by the greatest common divisor; a limit is rounded down, which no whole choice can notice."""
    unit = gcd(*figures.values()) or 1
    return Row(name, {place: figure // unit for place, figure in figures.items()}, limit // unit)
