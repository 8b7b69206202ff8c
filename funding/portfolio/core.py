"""The search among what the bound leaves open: complete, in whole numbers.

At the prices of a bound every project leans to one side: in where it is worth more than its price, out
where it is worth less. A portfolio worth ``least`` or more can go against that only by as much as lies
between the bound and ``least``, all projects together. That leaves few; their subsets are split in two
halves, each is written out, and the halves are joined where every row and the value come out right.
"""

from collections import deque
from collections.abc import Collection, Sequence

import numpy as np

from funding.portfolio.bound import Bound, Multipliers, Prices, bound, priced
from funding.portfolio.halves import Core, Effort, Half, Numbers, TooMany
from funding.portfolio.join import joined, prepared
from funding.portfolio.problem import PortfolioProblem
from funding.portfolio.whole import Whole, contradiction, whole

#: Costs are counted in parts so coarse that the whole allowance has at most so many bits.
BITS = 29
#: How many subsets a half may have, and pairs be looked at: some ten seconds and 600 MB at the most.
STATES, PAIRS = 4_000_000, 800_000_000
#: How many times a half may be gone through, each time with another subset of what is between.
PASSES = 512
#: Figures from which sums could leave 64 bits: such a problem is not searched here.
TOO_LARGE = 2**60


def best_above(
    model: Whole,
    prices: Prices,
    found: Bound,
    least: int,
    effort: Effort,
    *,
    most_open: int | None = None,
) -> list[int] | None:
    """Return the best portfolio worth ``least`` or more, or None where there is none.

    most_open  look only where so many may go against their prices, the least settled: not complete then

    Of those worth the same, the one that funds the best-ranked project in which they differ. Raises
    TooMany where that would take more than ``effort``.
    """
    if found.whole < least:
        return None
    core = _core(model, prices, found, least, most_open)
    cheap, between, dear = _parts(core, effort)
    other = prepared(core, cheap, dear)
    best: tuple[int, tuple[bool, ...]] | None = None
    order = sorted(core.open)
    for number in range(len(between)):
        rest = core.with_in(between, number)
        for first, second in joined(rest, cheap, other, effort):
            extra = rest.worth + cheap.values[first] + dear.values[second]
            top = int(extra.max())
            if best is None or top >= best[0]:
                alike = np.flatnonzero(extra == top)
                middle = np.full(len(alike), number)
                halves = (cheap, first[alike]), (between, middle), (dear, second[alike])
                chosen = _first_by_rank(core, order, *halves)
                best = max(best or (top, chosen), (top, chosen))
                effort.above = top
    if best is None:
        return None
    is_in = dict(zip(order, best[1], strict=True))
    return sorted((core.leaning - set(order)) | {place for place in order if is_in[place]})


def search_holds(
    problem: PortfolioProblem, chosen: Collection[int], value: int, multipliers: Multipliers
) -> bool:
    """Whether a complete search at these prices comes to this very portfolio; no solver is asked.

    What it answers rests on no figure that is given: wrong prices can only make the search longer.
    Raises TooMany where that is more than may be searched.
    """
    model = whole(problem)
    if contradiction(problem) or problem.value(chosen) != value:
        return False
    prices = priced(model, multipliers)
    effort = Effort(STATES, PAIRS)
    places = best_above(model, prices, bound(model, prices), value // model.unit, effort)
    return places is not None and model.as_ids(places) == frozenset(chosen)


def _core(model: Whole, prices: Prices, found: Bound, least: int, most_open: int | None) -> Core:
    allowance = found.total - least * found.divisor
    shift = max(0, allowance.bit_length() - BITS)
    leaning = frozenset(at for at in range(len(model.ids)) if model.fixed.get(at, found.beyond[at] > 0))
    opened = [at for at in model.free if abs(found.beyond[at]) <= allowance]
    opened = sorted(opened, key=lambda at: (abs(found.beyond[at]), at))[:most_open]
    sign = {at: -1 if at in leaning else 1 for at in opened}
    changes = [[-sign[at] * row.figures.get(at, 0) for at in opened] for row in model.rows]
    left = [row.left(leaning) for row in model.rows]
    reach = [sum(abs(change) for change in of_row) for of_row in changes]
    worth, values = model.value(leaning) - least, {at: sign[at] * model.values[at] for at in opened}
    if max([*map(abs, left), *reach, abs(worth), sum(map(abs, values.values()))]) > TOO_LARGE:
        raise TooMany
    # A row without a price that nothing here can break need not be looked at.
    kept = [i for i, price in enumerate(prices.of_rows) if price or left[i] < reach[i]]
    return Core(
        leaning,
        tuple(opened),
        {at: abs(found.beyond[at]) >> shift for at in opened},  # rounded down, so that nothing is lost
        allowance >> shift,
        np.array([left[i] for i in kept], np.int64),
        worth,
        {at: np.array([changes[i][n] for i in kept], np.int64) for n, at in enumerate(opened)},
        values,
        np.int32 if all(reach[i] < 2**31 for i in kept) else np.int64,
        tuple(prices.of_rows[i] >> shift for i in kept),
        np.array([2.0**shift / price if price else np.inf for price in (prices.of_rows[i] for i in kept)]),
        found.divisor,
        shift,
    )


def _parts(core: Core, effort: Effort) -> tuple[Half, Half, Half]:
    """Write out what costs little, some of what is between, and what costs much.

    So all are far smaller than halves of every kind: of the cheap places few are open, and of the dear
    ones few can be together. The first two are one half, which is looked up in the third: it need not be
    kept whole. The next place goes to the half that is the smaller so far.
    """
    cheap, between, dear = (Half(len(core.base), core.kind) for _ in range(3))
    rest, is_full = deque(core.open), False
    while rest:
        if not is_full and len(dear) <= len(cheap) * len(between):
            try:
                dear.grow(core, rest[-1], effort.states)
                rest.pop()
            except TooMany:
                is_full = True
        elif len(between) == 1 and len(cheap) <= effort.states // 4:
            cheap.grow(core, rest.popleft(), effort.states)
        else:
            between.grow(core, rest.popleft(), min(PASSES, effort.states))
    return cheap, between, dear


def _first_by_rank(core: Core, order: Sequence[int], *halves: tuple[Half, Numbers]) -> tuple[bool, ...]:
    """Return, of these portfolios, the one that funds the best-ranked project in which they differ."""
    columns = {
        place: column ^ (place in core.leaning)
        for half, which in halves
        for place, column in zip(half.places, half.subsets(which).T, strict=True)
    }
    alike = np.arange(len(halves[0][1]))
    for place in order:
        funded = alike[columns[place][alike]]
        alike = funded if len(funded) else alike
    return tuple(bool(columns[place][alike[0]]) for place in order)
