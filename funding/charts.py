"""Bars as plain geometry: what a page or a document draws, and the figures of the table behind it.

No picture is needed to read one: each bar has its sentence, and each kind of part a pattern of its own
beside its colour, so that it can be told on paper and in grey.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

HUNDRED, STEP = Decimal(100), Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Key:
    """A kind of part: what it is called, and which of the ``PATTERNS`` it is drawn with."""

    label: str
    pattern: str


#: Of ``components/chart_patterns.html``, told apart without their colours.
PATTERNS = ("solid", "stripes", "dots", "plain", "cross")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a bar. ``start`` and ``length`` are percent of the drawing's width, with two decimals."""

    key: Key
    start: Decimal
    length: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One row of a chart.

    says     the sentence beside the bar, with its figures
    figures  what the table has of it, one for each of the chart's columns
    ends_at  where the whole ends, in percent of the width, if that is marked
    is_cut   whether it goes on beyond the drawing
    before   words that stand above it as a rule across the chart
    """

    label: str
    says: str
    parts: tuple[Part, ...]
    figures: tuple[Decimal | None, ...]
    address: str = ""
    ends_at: Decimal | None = None
    is_cut: bool = False
    before: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars under one heading.

    name     of the chart in the page's addresses: "strands"
    heads    the heading of the first column, "Strand"; ``columns`` those of the figures
    note     how the figures are counted
    mark     what the line on each bar is; ``after`` words that stand below the last one as a rule
    """

    name: str
    title: str
    heads: str
    columns: tuple[str, ...]
    keys: tuple[Key, ...]
    bars: tuple[Bar, ...]
    note: str = ""
    mark: str = ""
    after: str = ""

    @property
    def rows(self) -> list[tuple[Bar, list[tuple[str, Decimal | None]]]]:
        """Each bar with its figures under their columns, as a table has them."""
        return [(bar, list(zip(self.columns, bar.figures, strict=True))) for bar in self.bars]


def stacked(amounts: Iterable[tuple[Key, Decimal]], whole: Decimal) -> tuple[Part, ...]:
    """Lay the amounts end to end on a width that ``whole`` fills; what is nought is left out.

    Each part begins where the one before it ends, so that rounding leaves no gap. Worked: 1 and 2 of
    a whole of 3 begin at 0 and 33.33 and end at 33.33 and 100.
    """
    parts, before = [], Decimal(0)
    for key, amount in amounts:
        start, before = _share(before, whole), before + amount
        if length := _share(before, whole) - start:
            parts.append(Part(key, start, length))
    return tuple(parts)


def _share(amount: Decimal, whole: Decimal) -> Decimal:
    if whole <= 0:
        return Decimal(0)
    return min(amount * HUNDRED / whole, HUNDRED).quantize(STEP, ROUND_DOWN)


def room_beyond(bars: Sequence[tuple[Decimal, Decimal]]) -> Decimal:
    """How much of their whole bars are drawn beyond its end, so that all ends stand at one place.

    bars  the whole and what is beyond it, of each

    As much as the longest needs, and at most as much again as the whole. Worked: 50 beyond 200 is 0.25.
    """
    return min(max((beyond / whole for whole, beyond in bars if whole > 0), default=Decimal(0)), Decimal(1))
