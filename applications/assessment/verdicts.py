"""What submitted assessments come to, by the dossier's section 6.2. Whole numbers throughout, so exact.

A mark counts as its share of the question's maximum, and every question the same. Shares are counted in
parts of a ``scale``, a number that all maxima divide: 7 of 10 and 2 of 5 on the scale of 10 are 7 and 4.
Figures come out in tenths of a percentage point, halves rounded up: 69.95 is 70.0, 69.94999… is 69.9.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor, lcm, sqrt
from typing import NamedTuple


class Step(NamedTuple):
    """One mark more or less: how many shares it is, and whether some mark can still go up, or down."""

    shares: int
    up: bool
    down: bool


class Verdict(NamedTuple):
    """One assessment as it counts: the shares of its marks, and its two votes."""

    assessment_id: int
    assessor_id: int
    shares: int
    scale: int
    questions: int
    in_scope: bool
    fund: bool
    steps: tuple[Step, ...] = ()

    @property
    def percentage(self) -> Fraction:
        return Fraction(self.shares * 100, self.scale * self.questions)


def one_decimal(value: Fraction) -> Decimal:
    return in_points(floor(value * 10 + Fraction(1, 2)))


def in_points(tenths: int) -> Decimal:
    return Decimal(tenths).scaleb(-1)


def in_tenths(points: float) -> int:
    """The same rounding for figures that were estimated."""
    return floor(points * 10 + 0.5)


def tenths_of(shares: int, questions: int, scale: int) -> int:
    """A mean percentage in tenths: shares x 1,000 / (scale x questions), halves up."""
    whole = scale * questions
    return (2000 * shares + whole) // (2 * whole)


def mean(verdicts: Sequence[Verdict]) -> Decimal | None:
    """Return the mean of every mark as a percentage of its maximum; None where there is no mark."""
    questions = sum(one.questions for one in verdicts)
    if not questions:
        return None
    return in_points(tenths_of(sum(one.shares for one in verdicts), questions, verdicts[0].scale))


def spread(verdicts: Sequence[Verdict]) -> Decimal:
    """Return the highest less the lowest assessor's total, in percentage points."""
    totals, whole = _totals(verdicts)
    return in_points(_tenths(max(totals) - min(totals), whole)) if totals else in_points(0)


def is_wide(verdicts: Sequence[Verdict], limit: Decimal) -> bool:
    """Whether the spread as it is, before it is rounded, is above ``limit`` points: 20.04 is above 20."""
    totals, whole = _totals(verdicts)
    return bool(totals) and Fraction((max(totals) - min(totals)) * 100, whole) > Fraction(limit)


def furthest(verdicts: Sequence[Verdict]) -> frozenset[int]:
    """The assessors whose totals lie furthest from the mean of the others'; of two, both.

    60, 70 and 90: 90 lies 25 points above 65, 60 lies 20 below 80, so it is the third.
    """
    totals, _whole = _totals(verdicts)
    if len(totals) < 2:
        return frozenset()
    apart = [abs(len(totals) * total - sum(totals)) for total in totals]
    pairs = zip(verdicts, apart, strict=True)
    return frozenset(one.assessor_id for one, distance in pairs if distance == max(apart))


def deviation(verdicts: Sequence[Verdict]) -> Decimal | None:
    """Return the standard deviation of the assessors' totals, in points; None of fewer than two.

    Of a sample: the squares are shared among one fewer than there are.
    """
    totals, whole = _totals(verdicts)
    number = len(totals)
    if number < 2:
        return None
    squares = number * sum(one * one for one in totals) - sum(totals) ** 2
    return in_points(in_tenths(100 * sqrt(squares / (number * (number - 1))) / whole))


def distances(verdicts: Sequence[Verdict]) -> dict[int, Decimal]:
    """By assessor, how far their total lies above (+) or below (-) the mean of the others' totals.

    Empty while fewer than two have marked. 60, 70 and 80: the third is 80 - 65 = 15 points above.
    """
    totals, whole = _totals(verdicts)
    others = len(totals) - 1
    if others < 1:
        return {}
    everything = sum(totals)
    return {
        verdict.assessor_id: in_points(_tenths((others + 1) * total - everything, whole * others))
        for verdict, total in zip(verdicts, totals, strict=True)
    }


def is_majority(votes: int, *, of: int) -> bool:
    """More than half: two of four is no majority (assumed; the panel sheet flags it)."""
    return 2 * votes > of


def _totals(verdicts: Sequence[Verdict]) -> tuple[list[int], int]:
    """Each one's total as a number of parts, and how many such parts make 100 per cent."""
    questions = lcm(*{one.questions for one in verdicts})
    whole = questions * verdicts[0].scale if verdicts else 1
    return [one.shares * (questions // one.questions) for one in verdicts], whole


def _tenths(parts: int, whole: int) -> int:
    return (2000 * parts + whole) // (2 * whole)
