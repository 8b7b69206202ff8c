"""The best portfolio under all conditions, with its proof; or what cannot be kept together.

Of portfolios worth the same, the one that funds the best-ranked project in which they differ. The same
problem has the same answer, in whatever order it is given, unless the time runs out.
"""

from dataclasses import dataclass

from funding.portfolio.bound import Multipliers, Proof
from funding.portfolio.conflict import Impossible, conflict
from funding.portfolio.optimum import Told, optimum
from funding.portfolio.problem import PortfolioProblem
from funding.portfolio.whole import contradiction, whole


@dataclass(frozen=True)
class Found:
    """A portfolio and what is known of it. Values are tenths of points, or of points times pence.

    bound        what the multipliers alone show that nothing exceeds: ``bound.upper_bound``
    gap          by how much something might still be better: 0 where ``proof`` is not "none"
    proof        how it is known that nothing is better
    tie          how it is known that this is the first by rank of those worth the same
    multipliers  the price of each rule and ceiling that binds: value for one unit of its row, which is
                 its pence or projects divided by what all of them have in common
    """

    chosen: frozenset[int]
    value: int
    bound: int
    gap: int
    proof: Proof
    tie: Proof
    multipliers: Multipliers


class OutOfTime(Exception):
    """Within the time neither a portfolio was found nor that there is none."""


def best(
    problem: PortfolioProblem, *, time_limit: float = 30.0, told: Told | None = None
) -> Found | Impossible:
    """Return the best portfolio, or the conditions that cannot be kept together.

    time_limit  seconds, for what the complete search does not settle by itself
    told        called while it is looked for, with the value of the best so far and what nothing exceeds,
                each None where it is not known; what it raises stops the search

    Raises OutOfTime where nothing is known when they are over.
    """
    if contradiction(problem):
        return conflict(problem, time_limit=time_limit)
    model = whole(problem)
    found = optimum(model, time_limit=time_limit, told=told and _in_units(told, model.unit))
    if found.places is None and found.proof == Proof.NONE:
        raise OutOfTime
    if found.places is None:
        return conflict(problem, time_limit=time_limit)
    value = model.value(found.places)
    return Found(
        chosen=model.as_ids(found.places),
        value=value * model.unit,
        bound=found.bound.whole * model.unit,
        gap=(found.most - value) * model.unit if found.proof == Proof.NONE else 0,
        proof=found.proof,
        tie=found.first,
        multipliers=found.prices.named(model),
    )


def _in_units(told: Told, unit: int) -> Told:
    return lambda *said: told(*(None if one is None else one * unit for one in said))
