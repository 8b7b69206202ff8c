"""Why nothing is possible: conditions that cannot be kept together, none of them dispensable."""

from dataclasses import dataclass, field, replace
from time import monotonic

from funding.portfolio.bound import Multipliers, Proof
from funding.portfolio.optimum import optimum, proposal
from funding.portfolio.problem import Condition, PortfolioProblem
from funding.portfolio.whole import contradiction, whole, without


@dataclass(frozen=True)
class Impossible:
    """Conditions that no portfolio keeps together; without any one of them, there is one for the others.

    multipliers     where the proof is "arithmetic": ``bound.impossibility_holds`` shows it by these prices
    is_irreducible  that was settled for each of them within the time
    """

    conditions: tuple[Condition, ...]
    proof: Proof
    multipliers: Multipliers = field(default_factory=dict)
    is_irreducible: bool = True


def conflict(problem: PortfolioProblem, *, time_limit: float) -> Impossible:
    """Take conditions away one by one, and keep away what the others cannot be kept without either.

    Reserves go first, then rules, forced projects and ceilings, so that the hardest stand last and are
    named where it can be.
    """
    if pair := contradiction(problem):
        return Impossible(pair, Proof.ARITHMETIC)
    until, is_irreducible = monotonic() + time_limit, True
    for condition in problem.conditions:
        smaller = without(problem, condition)
        possible = _is_possible(smaller, until)
        if possible is False:
            problem = smaller
        is_irreducible &= possible is not None
    model = whole(problem)
    shown = optimum(model, time_limit=max(until - monotonic(), 1))
    multipliers = shown.prices.named(model) if shown.proof == Proof.ARITHMETIC else {}
    return Impossible(problem.conditions, shown.proof, multipliers, is_irreducible)


def _is_possible(problem: PortfolioProblem, until: float) -> bool | None:
    """Whether any portfolio is allowed; None where that is not known in time."""
    model = whole(problem)
    proposed = proposal(replace(model, values=(0,) * len(model.ids)), until=until)
    if proposed.places is not None:
        return True
    return False if proposed.is_impossible else None
