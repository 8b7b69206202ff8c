"""What no portfolio can exceed, shown by multiplication and addition alone.

Give each row a price, nought or more. For whatever may be chosen, its value is at most the value of
all rows' limits at these prices, and what every project is worth beyond the price of what it takes,
where that is above nought (Lagrange's bound). This holds for any prices; good ones make it sharp.
So whoever has the prices can check the answer on paper; no solver is needed, and none is imported.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from funding.portfolio.problem import Condition, PortfolioProblem
from funding.portfolio.whole import Whole, contradiction, whole

Multipliers = Mapping[Condition, Fraction]


class Proof(StrEnum):
    """How it is known that nothing is better.

    ARITHMETIC  a bound that anyone can add up again is reached
    SEARCH      all that the bound leaves open was looked through, in whole numbers
    SOLVER      HiGHS says so, in floating point
    NONE        it is not known; the gap says how much better something might be
    """

    ARITHMETIC = "arithmetic"
    SEARCH = "search"
    SOLVER = "solver"
    NONE = "none"


@dataclass(frozen=True)
class Prices:
    """Whole prices of the rows over one divisor: the price of row i is ``of_rows[i] / divisor``."""

    of_rows: tuple[int, ...]
    divisor: int

    def named(self, model: Whole) -> dict[Condition, Fraction]:
        pairs = zip(model.rows, self.of_rows, strict=True)
        return {row.name: Fraction(price, self.divisor) for row, price in pairs if price}


@dataclass(frozen=True)
class Bound:
    """``total``: the bound times the divisor. ``beyond``: what each place is worth beyond its price,
    times the divisor; a place that is fixed has its own there too and is counted in or out as fixed.
    """

    total: int
    beyond: tuple[int, ...]
    divisor: int

    @property
    def whole(self) -> int:
        """The greatest whole value that is not above the bound."""
        return self.total // self.divisor


def bound(model: Whole, prices: Prices) -> Bound:
    beyond = [value * prices.divisor for value in model.values]
    total = 0
    for row, price in zip(model.rows, prices.of_rows, strict=True):
        if price:
            total += price * row.limit
            for place, figure in row.figures.items():
                beyond[place] -= price * figure
    for place, worth in enumerate(beyond):
        if model.fixed.get(place, worth > 0):
            total += worth
    return Bound(total, tuple(beyond), prices.divisor)


def upper_bound(problem: PortfolioProblem, multipliers: Multipliers) -> int:
    """Return what no allowed portfolio exceeds, in the unit of ``PortfolioProblem.value``.

    Raises ValueError as ``priced`` does.
    """
    model = whole(problem)
    return bound(model, priced(model, multipliers)).whole * model.unit


def priced(model: Whole, multipliers: Multipliers) -> Prices:
    """Raises ValueError for a price below nought or of something that the problem does not have."""
    if set(multipliers) - {row.name for row in model.rows}:
        raise ValueError("there is a price for what is no condition of this problem")
    if any(price < 0 for price in multipliers.values()):
        raise ValueError("a price is below nought")
    divisor = 1
    for price in multipliers.values():
        divisor *= Fraction(price * divisor).denominator
    return Prices(tuple(int(multipliers.get(row.name, 0) * divisor) for row in model.rows), divisor)


def impossibility_holds(problem: PortfolioProblem, multipliers: Multipliers) -> bool:
    """Whether these prices alone prove that no portfolio is allowed: a value of nothing exceeds its bound."""
    model = whole(problem)
    worthless = replace(model, values=(0,) * len(model.ids))
    return bound(worthless, priced(worthless, multipliers)).whole < 0


def is_allowed(problem: PortfolioProblem, chosen: Iterable[int]) -> bool:
    """Whether a portfolio keeps every budget, reserve, rule and forced project, to the penny."""
    model, chosen = whole(problem), set(chosen)
    return (
        chosen <= set(model.ids)
        and contradiction(problem) is None
        and model.is_allowed(model.places_of(chosen))
    )


def certificate_holds(
    problem: PortfolioProblem, chosen: Iterable[int], value: int, multipliers: Multipliers
) -> bool:
    """Whether a portfolio is allowed and worth this, and these prices alone prove that none is worth more."""
    chosen = set(chosen)
    try:
        most = upper_bound(problem, multipliers)
    except ValueError:
        return False
    return is_allowed(problem, chosen) and problem.value(chosen) == value == most
