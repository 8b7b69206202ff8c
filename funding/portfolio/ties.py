"""The tie rule where there is too much to search: the solver is asked for the first by rank.

Of portfolios worth the same, the one that funds the best-ranked project in which they differ.
"""

from collections.abc import Sequence
from time import monotonic

from funding.portfolio import relaxation
from funding.portfolio.bound import Bound
from funding.portfolio.problem import Ceiling
from funding.portfolio.whole import Row, Whole

#: How many projects one question settles: the first weighs more than all later ones together.
AT_ONCE = 10


def first_by_rank(
    model: Whole, found: Bound, places: Sequence[int], *, until: float
) -> tuple[tuple[int, ...], bool]:
    """Return the first by rank of all that are worth as much as ``places``, and whether that was settled.

    Only what the bound leaves open is asked for, and only where a project is left out.
    """
    value = model.value(places)
    allowance = found.total - value * found.divisor
    worth_it = Row(Ceiling(""), {at: -worth for at, worth in enumerate(model.values) if worth}, -value)
    open_places = [at for at in model.free if abs(found.beyond[at]) <= allowance]
    settled = {at: found.beyond[at] > 0 for at in model.free if abs(found.beyond[at]) > allowance}
    best = set(places)
    while open_places:
        while open_places and open_places[0] in best:
            settled[open_places.pop(0)] = True
        asked, open_places = open_places[:AT_ONCE], open_places[AT_ONCE:]
        if not asked:
            break
        weights = dict(zip(asked, (1 << at for at in range(len(asked) - 1, -1, -1)), strict=True))
        proposed = relaxation.proposal(
            model,
            worths=[weights.get(at, 0) for at in range(len(model.ids))],
            time_limit=until - monotonic(),
            cuts=[worth_it],
            fixed=settled,
            start=sorted(best),
        )
        if proposed.places is None or not proposed.is_best:
            return tuple(sorted(best)), False
        better = set(proposed.places)
        if model.is_allowed(sorted(better)) and model.value(better) >= value:
            best = max(best, better, key=lambda one: [at in one for at in asked])
        settled |= {at: at in best for at in asked}
    return tuple(sorted(best)), True
