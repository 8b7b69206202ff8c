"""Joining two halves: pairs of subsets that keep every row and are worth enough.

All pairs would be too many. One half is cut into bands of like cost, so that what is dear meets only what is
cheap; pairs are looked up by a row of which little may be left; and rows of which only a unit or two may be
left, as counts of projects are, must come out at each of these figures exactly.
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
#: A row may have so much left that it tells nothing.
WIDE = 2.0**60


@dataclass(frozen=True)
class Keys:
    """By what subsets of the other half are looked up: a group, and within it the row ``key``.

    key      None where no row is priced: then what the other half costs
    exact    rows that must come out at a figure exactly, with the most that may be left of each
    lows     the least change of each exact row in the other half; ``spans`` how many there are
    origin   the least change of the key there; ``span`` how many figures, with one spare at each end
    """

    key: int | None
    exact: tuple[tuple[int, int], ...]
    lows: tuple[int, ...]
    spans: tuple[int, ...]
    origin: int
    span: int

    def group(self, figures: Sequence[Numbers]) -> Numbers:
        """Return the number of the group in which each exact row changes by these figures."""
        number = np.zeros(len(figures[0]) if figures else 1, np.int64)
        for figure, low, span in zip(figures, self.lows, self.spans, strict=True):
            number = number * span + (figure.astype(np.int64) - low)
        return number

    def place(self, group: Numbers, figure: Numbers) -> Numbers:
        """Return where in the sorted half a change of the key by this figure stands."""
        return group * self.span + np.clip(figure.astype(np.int64) - self.origin + 1, 0, self.span - 1)


def joined(core: Core, ours: Half, other: Half, effort: Effort) -> Iterator[Pairs]:
    """Yield the pairs of subsets that keep every row and are worth enough, some at a time."""
    keys = _keys(core, ours, other)
    by_cost = np.argsort(other.costs, kind="stable")
    first = np.argsort(ours.costs, kind="stable")
    costs = ours.costs[first]
    for band in np.array_split(by_cost, min(BANDS, 1 + len(by_cost) // 500)):
        group = keys.group([other.changes[row, band] for row, _ in keys.exact])
        places = keys.place(group, _figures(other, keys.key, band))
        order = np.argsort(places, kind="stable")
        band, places = band[order], places[order]
        room = core.allowance - int(other.costs[band].min())
        for left in product(*(range(most + 1) for _, most in keys.exact)):
            spare = room - sum(n * core.prices[row] for n, (row, _) in zip(left, keys.exact, strict=True))
            near = first[: np.searchsorted(costs, spare, side="right")]
            yield from _looked_up(core, ours, other, effort, keys, (left, spare), near, band, places)


def _looked_up(
    core: Core,
    ours: Half,
    other: Half,
    effort: Effort,
    keys: Keys,
    wanted: tuple[tuple[int, ...], int],
    near: Numbers,
    band: Numbers,
    places: Numbers,
) -> Iterator[Pairs]:
    """Yield the pairs of ``near`` and ``band`` that leave of the exact rows what is wanted."""
    left, spare = wanted
    figures: list[Numbers] = []
    for n, (row, _), low, span in zip(left, keys.exact, keys.lows, keys.spans, strict=True):
        figure = n - core.base[row] - ours.changes[row, near]
        there = (figure >= low) & (figure < low + span)
        near, figures = near[there], [*(one[there] for one in figures), figure[there]]
    if not len(near):
        return
    group = keys.group(figures)
    lows, highs = _window(core, ours, keys.key, near, spare)
    start = np.searchsorted(places, keys.place(group, lows), side="left")
    count = np.searchsorted(places, keys.place(group, highs), side="right") - start
    effort.take(int(count.sum()))
    for part in _parts(count):
        yield from _kept(core, ours, other, _pairs(near, band, start, count, part), effort.above)


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
    """Choose the rows to look up by: exact ones where few figures are possible, then the sharpest."""
    exact: list[tuple[int, int]] = []
    combinations = 1
    for most, row in sorted((core.most_left(row), row) for row in range(len(core.base))):
        if most < COMBINATIONS and (combinations := combinations * (int(most) + 1)) <= COMBINATIONS:
            exact.append((row, int(most)))
    key = _sharpest(core, ours, other, {row for row, _ in exact})
    figures = _figures(other, key, slice(None))
    origin = int(figures.min())
    span = int(figures.max()) - origin + 3
    lows = [int(other.changes[row].min()) for row, _ in exact]
    spans = [int(other.changes[row].max()) - low + 1 for (row, _), low in zip(exact, lows, strict=True)]
    while exact and span * np.prod(spans, dtype=object) > WIDE:
        exact.pop(), lows.pop(), spans.pop()
    return Keys(key, tuple(exact), tuple(lows), tuple(spans), origin, span)


def _sharpest(core: Core, ours: Half, other: Half, but: set[int]) -> int | None:
    """Return the row by which the fewest pairs come together, by a sample."""
    sample = np.linspace(0, len(ours.costs) - 1, min(len(ours.costs), 500)).astype(np.int64)
    fewest = []
    for row in range(len(core.base)):
        if core.most_left(row) < WIDE and row not in but:
            values = np.sort(other.changes[row])
            lows, highs = _window(core, ours, row, sample, core.allowance)
            pairs = np.searchsorted(values, highs, "right") - np.searchsorted(values, lows, "left")
            fewest.append((int(pairs.sum()), row))
    return min(fewest)[1] if fewest else None


def _figures(half: Half, key: int | None, which: Numbers | slice) -> Numbers:
    return half.costs[which] if key is None else half.changes[key, which]


def _window(core: Core, ours: Half, key: int | None, near: Numbers, spare: int) -> Pairs:
    """Return between which figures the key of the other half must be, for each of these subsets."""
    costs = ours.costs[near].astype(np.int64)
    if key is None:
        return np.zeros(len(near), np.int64), core.allowance - costs
    lows = -core.base[key] - ours.changes[key, near]
    return lows, lows + core.width(key, spare - costs)
