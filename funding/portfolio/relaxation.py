"""HiGHS behind a wall: it proposes prices and portfolios, and nothing it says is believed unseen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import highspy
import numpy as np

from funding.portfolio.bound import Prices, bound
from funding.portfolio.whole import Row, Whole

INFINITE = highspy.kHighsInf
#: Prices are rounded to parts of this; that it is a power of two keeps them short.
DIVISOR = 2**40
#: Of prices that look like simple fractions, the simple fraction is tried too.
SIMPLE = 1000


@dataclass(frozen=True)
class Proposal:
    """What the solver says: the places, whether it calls them best, and whether it says there are none."""

    places: tuple[int, ...] | None
    is_best: bool = False
    is_impossible: bool = False


def prices(model: Whole) -> Prices:
    """Return prices for the rows, from the relaxed problem, that bound the value well.

    The solver's prices are floating point. Rounded ones are prices as good as any other; of two ways to
    round the one with the lower bound is taken.
    """
    if not model.rows or not model.free:
        return Prices((0,) * len(model.rows), 1)
    solver = _solver(model, model.values, is_whole=False)
    solver.run()
    if solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
        return _against_all(model)
    duals = solver.getSolution().row_dual
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal or len(duals) != len(model.rows):
        return Prices((0,) * len(model.rows), 1)
    return _rounded(model, [max(0.0, dual) for dual in duals])


def proposal(
    model: Whole,
    *,
    worths: Sequence[int],
    time_limit: float,
    cuts: Iterable[Row] = (),
    fixed: Mapping[int, bool] | None = None,
    start: Sequence[int] | None = None,
) -> Proposal:
    """Ask for the portfolio with the most of ``worths``, which need not be the values.

    cuts   rows beside the model's own
    fixed  places that are in or out beside those of the model
    """
    solver = _solver(model, worths, is_whole=True, cuts=tuple(cuts), fixed=fixed)
    solver.setOptionValue("time_limit", max(time_limit, 0.01))
    if start is not None:
        solution = highspy.HighsSolution()
        chosen = set(start)
        solution.col_value = [float(place in chosen) for place in range(len(model.ids))]
        solver.setSolution(solution)
    solver.run()
    status = solver.getModelStatus()
    if status in {highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible}:
        return Proposal(None, is_impossible=True)
    if solver.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return Proposal(None)
    values = solver.getSolution().col_value
    places = tuple(place for place, value in enumerate(values) if value > 0.5)
    return Proposal(places, is_best=status == highspy.HighsModelStatus.kOptimal)


def _against_all(model: Whole) -> Prices:
    """Return prices that bound the value below nought, where even the relaxed problem has no answer.

    All rows are eased together as little as can be; that this is more than nothing is shown by the prices.
    """
    worthless = replace(model, values=(0,) * len(model.ids))
    solver = _solver(worthless, worthless.values, is_whole=False)
    count = len(model.rows)
    eased = [float(max(map(abs, row.figures.values()), default=1)) for row in model.rows]
    solver.addCol(-1.0, 0.0, INFINITE, count, np.arange(count), -np.array(eased))
    solver.run()
    prices = _rounded(worthless, [max(0.0, dual) for dual in solver.getSolution().row_dual])
    below = bound(worthless, prices).total
    if below >= 0:  # too fine for floating point: then nothing is shown by prices
        return Prices((0,) * count, 1)
    times = sum(model.values) * prices.divisor // -below + 1
    return Prices(tuple(price * times for price in prices.of_rows), prices.divisor)


def _rounded(model: Whole, duals: Sequence[float]) -> Prices:
    fine = Prices(tuple(round(dual * DIVISOR) for dual in duals), DIVISOR)
    fractions = [Fraction(dual).limit_denominator(SIMPLE) for dual in duals]
    divisor = 1
    for fraction in fractions:
        divisor *= (fraction * divisor).denominator
    simple = Prices(tuple(int(fraction * divisor) for fraction in fractions), divisor)
    return min(simple, fine, key=lambda one: Fraction(bound(model, one).total, one.divisor))


def _solver(
    model: Whole,
    worths: Sequence[int],
    *,
    is_whole: bool,
    cuts: tuple[Row, ...] = (),
    fixed: Mapping[int, bool] | None = None,
) -> highspy.Highs:
    rows, count = (*model.rows, *cuts), len(model.ids)
    decided = {**model.fixed, **(fixed or {})}
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = count, len(rows)
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = np.array(worths, dtype=float)
    lp.col_lower_ = np.array([float(decided.get(place, False)) for place in range(count)])
    lp.col_upper_ = np.array([float(decided.get(place, True)) for place in range(count)])
    lp.row_lower_ = np.full(len(rows), -INFINITE)
    lp.row_upper_ = np.array([float(row.limit) for row in rows])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.cumsum([0, *(len(row.figures) for row in rows)])
    lp.a_matrix_.index_ = np.array([place for row in rows for place in row.figures])
    lp.a_matrix_.value_ = np.array([figure for row in rows for figure in row.figures.values()], dtype=float)
    if is_whole:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * count
    solver = highspy.Highs()
    solver.silent()
    for option, value in {
        "threads": 1,
        "mip_rel_gap": 0.0,
        "mip_abs_gap": 0.5,
        "mip_feasibility_tolerance": 1e-9,
        "primal_feasibility_tolerance": 1e-9,
    }.items():
        solver.setOptionValue(option, value)
    solver.passModel(lp)
    return solver
