"""A problem taken apart: rows that can never bind are left away, and what no row joins is solved by itself.

Two regions with money of their own and no rule across them are two problems, each far easier than both
together. What is best of each is best of all: values add up, no row sees more than one of them, and the
first by rank of each is the first by rank of all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm

from funding.portfolio.bound import Prices
from funding.portfolio.whole import Row, Whole


@dataclass(frozen=True)
class Part:
    """``places`` and ``rows``: which of the whole problem's its own are, in their order."""

    model: Whole
    places: tuple[int, ...]
    rows: tuple[int, ...]


def parts(model: Whole) -> list[Part]:
    """Return what can be solved apart; each place is in one of them, rows that never bind in none."""
    kept = binding(model.rows)
    root = list(range(len(model.ids)))

    def root_of(place: int) -> int:
        while root[place] != place:
            root[place] = root[root[place]]
            place = root[place]
        return place

    for number in kept:
        roots = sorted({root_of(place) for place in model.rows[number].figures})
        for other in roots[1:]:
            root[other] = roots[0]
    found: dict[int, list[int]] = {}
    free: list[int] = []
    joined = {place for number in kept for place in model.rows[number].figures}
    for place in range(len(model.ids)):
        (found.setdefault(root_of(place), []) if place in joined else free).append(place)
    if free or not found:
        found[-1] = free
    return [
        _part(model, tuple(places), kept, is_first=not number) for number, places in enumerate(found.values())
    ]


def binding(rows: Sequence[Row]) -> list[int]:
    """Return the rows that can bind, by their numbers; what the others ask follows from these.

    Worked: of budgets of £7.5m, £7.5m and, for both together, £15m the last never binds.
    """
    kept = list(range(len(rows)))
    for number in sorted(kept, key=lambda one: -len(rows[one].figures)):
        others = [rows[one] for one in kept if one != number]
        if rows[number].figures and _follows(rows[number], others):
            kept.remove(number)
    return kept


def together(model: Whole, apart: Sequence[tuple[Part, Prices]]) -> Prices:
    """Return the prices of all rows; of what never binds it is nought."""
    divisor = lcm(*(prices.divisor for _, prices in apart)) if apart else 1
    of_rows = [0] * len(model.rows)
    for part, prices in apart:
        for number, price in zip(part.rows, prices.of_rows, strict=True):
            of_rows[number] = price * (divisor // prices.divisor)
    return Prices(tuple(of_rows), divisor)


def _follows(row: Row, others: Sequence[Row]) -> bool:
    """Whether this row is kept by all that keep the others, as far as a plain sum of some shows it."""
    most, rest = Fraction(0), dict(row.figures)
    for other in sorted(others, key=lambda one: -len(one.figures)):
        if other.figures and (times := _times(rest, other)) is not None and times * other.limit >= 0:
            whole = sum(figure for place in other.figures if (figure := rest[place]) > 0)
            if times * other.limit < whole:
                most += times * other.limit
                for place in other.figures:
                    del rest[place]
    return most + sum(figure for figure in rest.values() if figure > 0) <= row.limit


def _times(rest: dict[int, int], other: Row) -> Fraction | None:
    """How many times the figures of the other row these are, where they are; above nought."""
    if not other.figures.keys() <= rest.keys():
        return None
    place, figure = next(iter(other.figures.items()))
    if not figure or (times := Fraction(rest[place], figure)) <= 0:
        return None
    alike = all(
        rest[place] * times.denominator == figure * times.numerator for place, figure in other.figures.items()
    )
    return times if alike else None


def _part(model: Whole, places: tuple[int, ...], kept: Sequence[int], *, is_first: bool) -> Part:
    """Return the part with these places; the first has the rows of which nobody takes anything, too."""
    own = set(places)
    rows = tuple(
        number
        for number in kept
        if model.rows[number].figures.keys() & own or (is_first and not model.rows[number].figures)
    )
    return Part(_only(model, places, rows), places, rows)


def _only(model: Whole, places: tuple[int, ...], rows: tuple[int, ...]) -> Whole:
    at = {place: number for number, place in enumerate(places)}
    return Whole(
        ids=tuple(model.ids[place] for place in places),
        values=tuple(model.values[place] for place in places),
        unit=model.unit,
        rows=tuple(
            replace(
                model.rows[number],
                figures={at[place]: figure for place, figure in model.rows[number].figures.items()},
            )
            for number in rows
        ),
        fixed={at[place]: is_in for place, is_in in model.fixed.items() if place in at},
    )
