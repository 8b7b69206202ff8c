"""What each rule costs: what the best portfolio would be without it."""

from dataclasses import dataclass

from funding.portfolio.bound import Proof
from funding.portfolio.problem import Ceiling, Condition, PortfolioProblem
from funding.portfolio.solve import Found, OutOfTime, best
from funding.portfolio.whole import without


@dataclass(frozen=True)
class Price:
    """What a rule, a reserve or a forced project displaces.

    best     the best portfolio without it; None where that was not found in time
    more     by how much that is worth more, never below nought: tenths of points, or those times pence
    came_in  ids that would be funded without it, by rank; went_out: those that would not
    is_sure  both portfolios are proven best, so that ``more`` is the price and not an estimate
    """

    condition: Condition
    best: Found | None
    more: int
    came_in: tuple[int, ...]
    went_out: tuple[int, ...]
    is_sure: bool


def prices(problem: PortfolioProblem, found: Found, *, time_limit: float = 30.0) -> list[Price]:
    """Return the price of each condition but the ceilings, in the order of ``problem.conditions``.

    found       the best portfolio with all of them
    time_limit  seconds for each
    """
    return [price_of(problem, found, condition, time_limit=time_limit) for condition in priced(problem)]


def priced(problem: PortfolioProblem) -> list[Condition]:
    return [condition for condition in problem.conditions if not isinstance(condition, Ceiling)]


def price_of(problem: PortfolioProblem, found: Found, condition: Condition, *, time_limit: float) -> Price:
    try:
        other = best(without(problem, condition), time_limit=time_limit)
    except OutOfTime:
        other = None
    if not isinstance(other, Found):  # what is possible with it is possible without
        return Price(condition, None, 0, (), (), is_sure=False)
    ranked = [one.id for one in problem.ranked]
    return Price(
        condition,
        other,
        more=max(0, other.value - found.value),
        came_in=tuple(pk for pk in ranked if pk in other.chosen - found.chosen),
        went_out=tuple(pk for pk in ranked if pk in found.chosen - other.chosen),
        is_sure=Proof.NONE not in {found.proof, other.proof},
    )
