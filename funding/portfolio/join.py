"""Joining two halves: pairs of subsets that keep every row and are worth enough.

All pairs would be too many. One half is cut into bands of like cost, so that what is dear meets only what is
cheap. Pairs are looked up by a row of which little may be left, within a group: rows of which only a unit
or two may be left, as counts of projects are, must come out at each of these figures exactly; others are
cut into cells as wide as what may be left, so that what is wanted lies in one of two.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from funding.portfolio.halves import Core, Effort, Half, Numbers

#: Subsets of one half and of the other, by their numbers.
Pairs = tuple[Numbers, Numbers]

#: Bands of cost into which one half is cut, and pairs looked at in one go.
BANDS, AT_ONCE = 16, 1_000_000
#: How many combinations of exact figures are gone through at the most.
COMBINATIONS = 12
#: Rows cut into cells, and how many pairs a look-up costs as much time as.
CELLED, AS_MANY = 2, 4
#: A row may have so much left that it tells nothing.
WIDE = 2.0**56


@dataclass(frozen=True)
class Cells:
    """The changes of one row in the other half, cut into cells from ``low`` on.

    most   the most that may be left of it; ``width`` of a cell: 1 where each figure has its own
    """

    row: int
    most: int
    width: int
    low: int
    span: int

    @property
    def wanted(self) -> range:
        """Numbers of the cells, from that of the least change, in which a change may be."""
        return range((self.most + self.width - 1) // self.width + 1)

    def left(self, number: int) -> int:
        """How much is left of the row at the least in such a cell."""
        return max(0, (number - 1) * self.width + 1)

    def of(self, figures: Numbers) -> Numbers:
        """Return the cells of these changes; those far off the other half's are brought to its edges."""
        cells = (figures.astype(np.int64) - self.low) // self.width
        return np.clip(cells, -len(self.wanted), self.span)


@dataclass(frozen=True)
class Keys:
    """By what subsets of the other half are looked up: a group of cells, and within it the row ``key``.

    Groups and figures make one number, a place. What runs over the edge of a group comes to places of
    another: pairs too many come together there, which are looked at like all; none is missed.

    key      None where no row is priced: then what the other half costs
    origin   the least change of the key there; ``span`` how many figures
    """

    key: int | None
    cells: tuple[Cells, ...]
    origin: int
    span: int

    def places(self, cells: Sequence[Numbers], figures: Numbers) -> Numbers:
        place = figures.astype(np.int64) - self.origin
        for cell, step in zip(cells, self._steps, strict=True):
            place = place + cell * step
        return place

    def shift(self, numbers: Sequence[int]) -> int:
        """By how much the places lie further whose cells have these numbers from the least on."""
        return sum(number * step for number, step in zip(numbers, self._steps, strict=True))

    @property
    def _steps(self) -> list[int]:
        steps, step = [], self.span
        for one in self.cells:
            steps.append(step)
            step *= one.span
        return steps


@dataclass(frozen=True)
class Band:
    """Subsets of the other half by their places; ``cost`` is the least of them."""

    which: Numbers
    places: Numbers
    cost: int


@dataclass(frozen=True)
class Other:
    """The half in which is looked up, in order for that; made once, whatever is looked up in it."""

    half: Half
    keys: Keys
    bands: list[Band]


def prepared(core: Core, ours: Half, other: Half) -> Other:
    keys, bands = _keys(core, ours, other), []
    by_cost = np.argsort(other.costs, kind="stable")
    for which in np.array_split(by_cost, min(BANDS, 1 + len(by_cost) // 500)):
        cost = int(other.costs[which[0]])
        cells = [one.of(other.changes[one.row, which]) for one in keys.cells]
        places = keys.places(cells, _figures(other, keys.key, which))
        order = np.argsort(places, kind="stable")
        bands.append(Band(which[order], places[order], cost))
    return Other(other, keys, bands)


def joined(core: Core, ours: Half, other: Other, effort: Effort) -> Iterator[Pairs]:
    """Yield the pairs of subsets that keep every row and are worth enough, some at a time."""
    keys = other.keys
    least = _least(core, ours, keys)
    first = np.argsort(least, kind="stable")  # so that what is looked up next is near
    least, costs = least[first], ours.costs[first]
    for band in other.bands:
        room = core.still(effort.above) - band.cost
        near = np.flatnonzero(costs <= room)
        mine, wanted = first[near], least[near]
        for numbers in product(*(one.wanted for one in keys.cells)):
            left = zip(numbers, keys.cells, strict=True)
            spare = room - sum(one.left(number) * core.prices[one.row] for number, one in left)
            if spare >= 0 and len(mine):
                lows = wanted + keys.shift(numbers)
                reach = core.allowance if keys.key is None else core.width(keys.key, spare)
                yield from _looked_up(core, ours, other.half, effort, band, mine, (lows, reach))


def _least(core: Core, ours: Half, keys: Keys) -> Numbers:
    """Return for each of these subsets the first place at which something can make up for it."""
    cells = [one.of(-core.base[one.row] - ours.changes[one.row]) for one in keys.cells]
    if keys.key is None:
        return keys.places(cells, np.zeros(len(ours), np.int64))
    lows = -core.base[keys.key] - ours.changes[keys.key]
    most = core.width(keys.key, core.allowance) + 1
    return keys.places(cells, np.clip(lows, keys.origin - most, keys.origin + keys.span))


def _looked_up(
    core: Core,
    ours: Half,
    other: Half,
    effort: Effort,
    band: Band,
    mine: Numbers,
    wanted: tuple[Numbers, int],
) -> Iterator[Pairs]:
    """Yield the pairs of ``mine`` and a band whose place is from the low on, no further than the reach."""
    lows, reach = wanted
    effort.take(len(lows))
    start = np.searchsorted(band.places, lows, side="left")
    there = np.flatnonzero(start < len(band.places))
    there = there[band.places[start[there]] <= lows[there] + reach]
    mine, start = mine[there], start[there]
    count = np.searchsorted(band.places, lows[there] + reach, side="right") - start
    effort.take(int(count.sum()))
    for part in _parts(count):
        yield from _kept(core, ours, other, _pairs(mine, band.which, start, count, part), effort.above)


def _pairs(near: Numbers, band: Numbers, start: Numbers, count: Numbers, part: slice) -> Pairs:
    """Return all pairs of one part: each of ``near`` with its run of ``band``."""
    counts = count[part]
    first = np.repeat(near[part], counts)
    begins = np.repeat(start[part] - (np.cumsum(counts) - counts), counts)
    return first, band[begins + np.arange(len(first))]


def _kept(core: Core, ours: Half, other: Half, pairs: Pairs, above: int) -> Iterator[Pairs]:
    first, second = pairs
    fits = np.flatnonzero(ours.costs[first] + other.costs[second] <= core.allowance)
    first, second = first[fits], second[fits]
    fits = np.flatnonzero(core.worth + ours.values[first] + other.values[second] >= above)
    first, second = first[fits], second[fits]
    for row, left in enumerate(core.base):
        fits = np.flatnonzero(left + ours.changes[row, first] + other.changes[row, second] >= 0)
        first, second = first[fits], second[fits]
    if len(first):
        yield first, second


def _parts(count: Numbers) -> Iterator[slice]:
    """Cut a list into slices of about ``AT_ONCE`` pairs."""
    ends = np.cumsum(count)
    begin = 0
    while begin < len(count):
        done = int(ends[begin - 1]) if begin else 0
        end = max(begin + 1, int(np.searchsorted(ends, done + AT_ONCE, side="right")))
        yield slice(begin, end)
        begin = end


def _keys(core: Core, ours: Half, other: Half) -> Keys:
    """Choose the rows to look up by: where few figures are possible, the sharpest, and what else helps."""
    exact: list[Cells] = []
    combinations = 1
    for most, row in sorted((core.most_left(row), row) for row in range(len(core.base))):
        if most < COMBINATIONS and (combinations := combinations * (int(most) + 1)) <= COMBINATIONS:
            exact.append(_cells(other, row, int(most), 1))
    pairs, key = _sharpest(core, ours, other, {one.row for one in exact})
    figures = _figures(other, key, slice(None))
    origin = int(figures.min())
    span = int(figures.max()) - origin + 1
    cells = exact + _coarse(core, other, {key, *(one.row for one in exact)}, pairs / combinations)
    while cells and span * np.prod([one.span for one in cells], dtype=object) > WIDE:
        cells.pop()
    return Keys(key, tuple(cells), origin, span)


def _coarse(core: Core, other: Half, but: set[int | None], pairs: float) -> list[Cells]:
    """Cut further rows into cells, as long as that saves more pairs than its look-ups take.

    pairs  how many come together in one look-up without it
    """
    found: list[Cells] = []
    rows = [row for row in range(len(core.base)) if row not in but and core.most_left(row) < WIDE]
    parts = sorted((core.most_left(row) / (float(other.changes[row].std()) + 1), row) for row in rows)
    for part, row in parts[:CELLED]:
        kept = min(1.0, part / 2)
        if pairs * (1 - kept) < AS_MANY:
            break
        most = int(core.most_left(row)) + 1
        found.append(_cells(other, row, most, most))
        pairs *= kept / 2
    return found


def _cells(other: Half, row: int, most: int, width: int) -> Cells:
    low = int(other.changes[row].min())
    return Cells(row, most, width, low, (int(other.changes[row].max()) - low) // width + 1)


def _sharpest(core: Core, ours: Half, other: Half, but: set[int]) -> tuple[float, int | None]:
    """Return the row by which the fewest pairs come together, and how many of a band, by a sample."""
    sample = np.linspace(0, len(ours.costs) - 1, min(len(ours.costs), 500)).astype(np.int64)
    fewest = []
    for row in range(len(core.base)):
        if core.most_left(row) < WIDE and row not in but:
            values = np.sort(other.changes[row])
            lows = -core.base[row] - ours.changes[row, sample]
            highs = lows + core.width(row, core.allowance)
            pairs = np.searchsorted(values, highs, "right") - np.searchsorted(values, lows, "left")
            fewest.append((float(pairs.sum()) / len(sample) / BANDS, row))
    return min(fewest) if fewest else (0.0, None)


def _figures(half: Half, key: int | None, which: Numbers | slice) -> Numbers:
    return half.costs[which] if key is None else half.changes[key, which]
