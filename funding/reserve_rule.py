"""Who of a reserve list is next under the rule that the round was decided by."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum

from applications.workflow import Status
from funding.models import Allocation, AllocationLine, Award, Budget, Method
from funding.portfolio.solve import OutOfTime
from funding.scenarios import working
from funding.scenarios.making import question_and_answer
from funding.scenarios.working import ImpossibleScenario


def reserve(allocation: Allocation) -> QuerySet[AllocationLine]:
    """The lines of a round that are kept in reserve, in the order of the list."""
    kept = allocation.lines.filter(application__status=Status.RESERVE)
    return kept.select_related("application__competition").order_by("position")


def is_portfolio(allocation: Allocation) -> bool:
    return allocation.scenario is not None and allocation.scenario.method == Method.PORTFOLIO


def allowed(allocation: Allocation) -> list[AllocationLine]:
    """The lines in reserve that may be next, the best first; of a portfolio those that it would take now.

    From the top down it is the whole list: the first that can be proposed is next, and where it does not fit
    a later, smaller one is never taken instead. A portfolio is worked out again by the round's own question,
    with what stands awarded kept in, what is in reserve beside it, and the money of today.
    """
    rows = list(reserve(allocation))
    if not rows or not is_portfolio(allocation):
        return rows
    question, _ = question_and_answer(allocation.scenario)
    standing = _awarded(allocation)
    try:
        found = working.answer(_asked_now(question, standing, rows))
    except (ImpossibleScenario, OutOfTime):
        # What is awarded may itself be other than the rules ask: then they say nothing of the rest.
        return []
    chosen = {one["reference"] for one in found["awards"]}
    return [row for row in rows if row.application.reference in chosen - standing.keys()]


def _awarded(allocation: Allocation) -> dict[str, Decimal]:
    """By reference, what stands awarded of the list."""
    live = Award.objects.live().filter(application__allocation_lines__allocation=allocation)
    return dict(live.values_list("application__reference").annotate(Sum("amount")))


def _asked_now(
    question: Mapping[str, Any], standing: Mapping[str, Decimal], rows: Sequence[AllocationLine]
) -> dict[str, Any]:
    """The round's question of today: the awards' own money is given back to be taken by them again."""
    about = {row.application.reference for row in rows} | standing.keys()
    lines = [_line(one, standing) for one in question["lines"] if one["reference"] in about]
    budgets = dict(Budget.objects.filter(code__in=question["budgets"]).values_list("code", "available"))
    for line in lines:
        if line["reference"] in standing:
            for code in question["drawn"][line["competition"]]:
                budgets[code] += Decimal(line["grant"])
    kept_in = [{"reference": one, "is_in": True, "reason": "It is awarded."} for one in sorted(standing)]
    return {
        **question,
        "lines": lines,
        "budgets": {code: str(pounds) for code, pounds in budgets.items()},
        "forced": kept_in,
    }


def _line(line: Mapping[str, Any], standing: Mapping[str, Decimal]) -> dict[str, Any]:
    """With the sum that was awarded, where the panel gave another than was recommended."""
    grant = standing.get(line["reference"])
    return {**line, "grant": str(grant)} if grant is not None else dict(line)
