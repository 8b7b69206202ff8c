"""Where the line falls: top-down along the panel sheet until the money does not fit.

Plain calculation on standings and what each budget still has; the same input gives the same line.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from applications.assessment.standings import Standing
from funding.models import Budget, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One application's place: ``outcome`` is None while nobody has assessed it.

    ``running_total`` is what all that is funded down to here comes to, with this one.
    """

    standing: Standing
    outcome: Outcome | None
    running_total: Decimal
    is_tied_across_line: bool = False

    @property
    def is_funded(self) -> bool:
        return self.outcome == Outcome.FUND


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """What the plan takes from one budget, and where that budget alone would draw the line."""

    budget: Budget
    available: Decimal
    taken: Decimal
    alone_stops_at: str | None = None
    stops_plan: bool = False

    @property
    def left(self) -> Decimal:
        return self.available - self.taken


@dataclass(frozen=True, slots=True)
class Plan:
    """The lines in the sheet's order, the budgets' cuts, and the first project that did not fit."""

    lines: list[Line]
    cuts: list[Cut]
    stopped_at: Standing | None

    @property
    def funded(self) -> list[Line]:
        return [line for line in self.lines if line.is_funded]

    @property
    def total(self) -> Decimal:
        return sum((line.standing.grant_sought for line in self.funded), Decimal("0.00"))

    @property
    def is_tied_across_line(self) -> bool:
        return any(line.is_tied_across_line for line in self.lines)


def plan(standings: Iterable[Standing], drawn: Mapping[str, list[Budget]]) -> Plan:
    """Fund the candidates in the order given and stop at the first that does not fit every budget.

    drawn  the budgets that a competition's awards draw on, by the competition's code

    A candidate has both majorities and passes the threshold. Later, smaller projects are below
    the line too: the list is never jumped.
    """
    standings = list(standings)
    budgets = {budget.pk: budget for of_one in drawn.values() for budget in of_one}
    left = {pk: budget.available for pk, budget in budgets.items()}
    lines, total, stopped_at = [], Decimal("0.00"), None
    for standing in standings:
        outcome = _without_money(standing)
        if outcome == Outcome.FUND:
            drawn_on = [budget.pk for budget in drawn[standing.competition_code]]
            if stopped_at is None and any(standing.grant_sought > left[pk] for pk in drawn_on):
                stopped_at = standing
            if stopped_at is not None:
                outcome = Outcome.BELOW_LINE
            else:
                total += standing.grant_sought
                for pk in drawn_on:
                    left[pk] -= standing.grant_sought
        lines.append(Line(standing=standing, outcome=outcome, running_total=total))
    return Plan(_with_ties(lines), _cuts(standings, drawn, budgets, left, stopped_at), stopped_at)


def _without_money(standing: Standing) -> Outcome | None:
    """What the marks and votes alone make of it, in the order of the dossier's section 7."""
    if not standing.is_assessed:
        return None
    if not standing.has_scope_majority:
        return Outcome.OUT_OF_SCOPE
    if not standing.has_fund_majority:
        return Outcome.NOT_RECOMMENDED
    if not standing.passes_threshold:
        return Outcome.BELOW_THRESHOLD
    if standing.grant_sought == 0:
        return Outcome.NOTHING_SOUGHT
    return Outcome.FUND


def _with_ties(lines: list[Line]) -> list[Line]:
    """Flag the candidates of equal score that the line sets apart."""
    above = {line.standing.score for line in lines if line.is_funded}
    below = {line.standing.score for line in lines if line.outcome == Outcome.BELOW_LINE}
    parted = above & below
    candidates = (Outcome.FUND, Outcome.BELOW_LINE)
    return [
        replace(line, is_tied_across_line=line.outcome in candidates and line.standing.score in parted)
        for line in lines
    ]


def _cuts(
    standings: list[Standing],
    drawn: Mapping[str, list[Budget]],
    budgets: Mapping[int, Budget],
    left: Mapping[int, Decimal],
    stopped_at: Standing | None,
) -> list[Cut]:
    return [
        Cut(
            budget=budget,
            available=budget.available,
            taken=budget.available - left[pk],
            alone_stops_at=_stops_at(budget, standings, drawn),
            stops_plan=stopped_at is not None
            and budget in drawn[stopped_at.competition_code]
            and stopped_at.grant_sought > left[pk],
        )
        for pk, budget in budgets.items()
    ]


def _stops_at(budget: Budget, standings: list[Standing], drawn: Mapping[str, list[Budget]]) -> str | None:
    """The reference of the first candidate that this budget alone could not carry."""
    left = budget.available
    for standing in standings:
        if _without_money(standing) == Outcome.FUND and budget in drawn[standing.competition_code]:
            left -= standing.grant_sought
            if left < 0:
                return standing.reference
    return None
