"""The best choice in whole numbers: a search that is complete, and a solver where it would take too long.

A relaxed problem gives prices and so a bound. Below that bound a step is taken at a time, and everything
worth as much is searched (``core``): the first that is found is the best, and nothing needs to be trusted.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from time import monotonic

from funding.portfolio import core, relaxation
from funding.portfolio.bound import Bound, Prices, Proof, bound
from funding.portfolio.parts import Part, parts, together
from funding.portfolio.ties import first_by_rank
from funding.portfolio.whole import Row, Whole

#: Projects that the first step leaves open, and by how much each step is longer than the last.
FIRST, LONGER = 12, Fraction(6, 5)
#: Where a step is too long, shorter ones are tried, down to this part of it.
SHORTEST = Fraction(1, 16)
#: Projects that are open where only a good portfolio is looked for, and what a search has taken before
#: such a portfolio is worth having: no later step then goes below it.
GLANCE, GLANCE_AFTER = 60, 20_000_000
#: Seconds that the solver has at the least where the search has used up the time.
SOLVER_LEAST = 5.0
#: A time limit of so many seconds gives the search all that it may ever take.
FULL = 30.0


#: Called with the value of the best so far and with what nothing exceeds, each None where it is not known.
Told = Callable[[int | None, int | None], None]


@dataclass(frozen=True)
class Optimum:
    """``places`` is None where nothing was found; ``proof`` then says how well it is known that nothing is.

    most   what nothing exceeds, as far as that is shown without trusting a solver
    first  how it is known that this is the first by rank of those worth the same
    """

    places: tuple[int, ...] | None
    prices: Prices
    bound: Bound
    most: int
    proof: Proof
    first: Proof


@dataclass(frozen=True)
class Searched:
    """How far a search came: what it found, the most that is still possible, and what is good meanwhile."""

    places: Sequence[int] | None
    most: int
    good: list[int] | None = None


def optimum(model: Whole, *, time_limit: float, told: Told | None = None) -> Optimum:
    """Return the best of all choices that keep the rows; of those worth the same the first by rank.

    told        called before each step of the search; of what falls into parts nothing is known till the end

    time_limit  seconds after which the solver is to stop, where the search alone does not suffice; it has
                some even where the search has used them up. The search goes by it in what it may look at,
                not by a clock, so that it ends the same on a slow machine.
    """
    apart = parts(model)
    if len(apart) == 1 and len(apart[0].rows) == len(model.rows):
        return _joined(model, time_limit=time_limit, told=told)
    of_part = told and (lambda _value, _most: told(None, None))
    found = [(one, _joined(one.model, time_limit=time_limit / len(apart), told=of_part)) for one in apart]
    return _of_parts(model, found)


def _of_parts(model: Whole, found: Sequence[tuple[Part, Optimum]]) -> Optimum:
    """Put together what is best of each; what is impossible of one is impossible of all."""
    prices = together(model, [(part, one.prices) for part, one in found])
    whole, most = bound(model, prices), sum(one.most for _, one in found)
    if lacking := [one for _, one in found if one.places is None]:
        worst = min(lacking, key=lambda one: one.proof == Proof.NONE)
        return Optimum(None, prices, whole, worst.most, worst.proof, worst.first)
    places = tuple(sorted(part.places[at] for part, one in found for at in one.places or ()))
    proof = _weakest(one.proof for _, one in found)
    if proof == Proof.ARITHMETIC and model.value(places) != whole.whole:
        proof = Proof.SEARCH  # the parts of one are lost in each, and may come to more in the sum
    return Optimum(places, prices, whole, most, proof, _weakest(one.first for _, one in found))


def _weakest(proofs: Iterable[Proof]) -> Proof:
    return max(proofs, key=list(Proof).index)


def _joined(model: Whole, *, time_limit: float, told: Told | None) -> Optimum:
    until = monotonic() + time_limit
    pairs = int(core.PAIRS * min(1.0, time_limit / FULL))
    prices = relaxation.prices(model)
    found = bound(model, prices)
    searched = _search(model, prices, found, pairs, told, until)
    if searched.places is not None or searched.most < 0:
        return _searched(model, prices, found, searched)
    good = searched.good or _good(model, prices, found, searched.most, pairs)
    _tell(told, model, good, searched.most)
    least = min(SOLVER_LEAST, time_limit)
    proposed = _asked(model, found, good, max(until, monotonic() + least))
    if proposed.places is None:
        proof = Proof.SOLVER if proposed.is_impossible else Proof.NONE
        return Optimum(None, prices, found, searched.most, proof, proof)
    return _proposed(model, prices, found, searched, proposed, (pairs, until))


def _good(model: Whole, prices: Prices, found: Bound, most: int, pairs: int) -> list[int] | None:
    """Return a good portfolio, found where only the least settled projects are open; None where none is."""
    step, most_open = max(1, found.whole - most), GLANCE
    while most_open:
        least, effort = max(0, most - step), core.Effort(core.STATES, pairs // 10)
        try:
            places = core.best_above(model, prices, found, least, effort, most_open=most_open)
        except core.TooMany:
            most_open = most_open * 3 // 4
            continue
        if places is not None or not least:
            return places
        step *= 2
    return None


def _asked(model: Whole, found: Bound, good: Sequence[int] | None, until: float) -> relaxation.Proposal:
    """Ask the solver; of everything worth as much as what is known, the bound leaves little open."""
    if good is None:
        return proposal(model, until=until)
    allowance = found.total - model.value(good) * found.divisor
    fixed = {at: found.beyond[at] > 0 for at in model.free if abs(found.beyond[at]) > allowance}
    proposed = proposal(model, until=until, fixed=fixed, start=good)
    if proposed.places is None or model.value(proposed.places) < model.value(good):
        return relaxation.Proposal(tuple(good))
    return proposed


def proposal(
    model: Whole,
    *,
    until: float,
    fixed: Mapping[int, bool] | None = None,
    start: Sequence[int] | None = None,
) -> relaxation.Proposal:
    """Ask the solver; what breaks a row by less than the solver sees is cut off, and it is asked again."""
    cuts: list[Row] = []
    while True:
        proposed = relaxation.proposal(
            model,
            worths=model.values,
            time_limit=until - monotonic(),
            cuts=cuts,
            fixed=fixed,
            start=start,
        )
        if proposed.places is None or not (broken := model.broken(proposed.places)):
            return proposed
        if until < monotonic():
            return relaxation.Proposal(None)
        cuts.append(_cut(broken[0], set(proposed.places)))


def _tell(told: Told | None, model: Whole, good: Sequence[int] | None, most: int) -> None:
    if told is not None:
        told(None if good is None else model.value(good), most)


def _search(
    model: Whole, prices: Prices, found: Bound, pairs: int, told: Told | None, until: float
) -> Searched:
    """Search below the bound, further with each step, until something is found or it is too much.

    Each step is bounded by its effort, the same on every machine; ``until`` ends them on a slow one.
    """
    most = found.whole
    if most < 0:
        return Searched(None, most)
    costs = sorted(abs(found.beyond[place]) for place in model.free)
    step = costs[FIRST] // found.divisor if len(costs) > FIRST else found.whole
    growth, good, floor = LONGER - 1, None, 0
    while True:
        _tell(told, model, good, most)
        if monotonic() > until:
            return Searched(None, most, good)
        least, effort = max(floor, found.whole - step), core.Effort(core.STATES, pairs)
        try:
            places = core.best_above(model, prices, found, least, effort)
        except core.TooMany:
            growth /= 2
            if growth < SHORTEST * (LONGER - 1) or least == most:
                return Searched(None, most, good)
            step = _next(found.whole - most - 1, growth)
            continue
        if places is not None:
            return Searched(places, model.value(places))
        most = least - 1
        if most < 0:
            return Searched(None, most)
        if good is None and pairs - effort.pairs > GLANCE_AFTER:
            good = _good(model, prices, found, most, pairs)
            floor = model.value(good) if good else 0
        step = _next(step, growth)


def _next(step: int, growth: Fraction) -> int:
    return step + int(step * growth) + 1


def _searched(model: Whole, prices: Prices, found: Bound, searched: Searched) -> Optimum:
    proof = Proof.ARITHMETIC if found.whole == searched.most or found.whole < 0 else Proof.SEARCH
    places = None if searched.places is None else tuple(searched.places)
    return Optimum(places, prices, found, searched.most, proof, Proof.SEARCH)


def _proposed(
    model: Whole,
    prices: Prices,
    found: Bound,
    searched: Searched,
    proposed: relaxation.Proposal,
    limits: tuple[int, float],
) -> Optimum:
    """What the solver proposed, with the best proof that can be had of it."""
    (pairs, until), places = limits, proposed.places or ()
    value = model.value(places)
    try:
        better = core.best_above(model, prices, found, value, core.Effort(core.STATES, pairs)) or places
        most = model.value(better)
        return _searched(model, prices, found, replace(searched, places=better, most=most))
    except core.TooMany:
        pass
    proof = Proof.SOLVER if proposed.is_best else Proof.NONE
    if value == searched.most:
        proof = Proof.ARITHMETIC if value == found.whole else Proof.SEARCH
    first = Proof.NONE
    if proof != Proof.NONE:
        places, is_first = first_by_rank(model, found, places, until=until)
        first = Proof.SOLVER if is_first else Proof.NONE
    return Optimum(places, prices, found, searched.most, proof, first)


def _cut(row: Row, chosen: set[int]) -> Row:
    """A row that this choice breaks and that none breaks which keeps ``row``.

    All that takes from the limit here cannot be in together, unless something gives more room.
    """
    takers = [place for place, figure in row.figures.items() if figure > 0 and place in chosen]
    givers = [place for place, figure in row.figures.items() if figure < 0 and place not in chosen]
    return Row(row.name, {**dict.fromkeys(takers, 1), **dict.fromkeys(givers, -1)}, len(takers) - 1)
