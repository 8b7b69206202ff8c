"""Proposals of later money that wait for a decision, counted against each other.

Each takes its money once it is approved, so that two may be open which the budgets cannot both carry.
Nothing is refused for that here: the ledger refuses the one that is approved last.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from applications import workflow
from applications.models import Application
from funding.models import AllocationLine, AllocationState, Budget, Purpose
from funding.sheet import drawn_on_by


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """A budget that has enough for one application, in pounds, and not for all that is open with it.

    lines  those of the other proposals that draw on it
    """

    budget: Budget
    wanted: Decimal
    lines: list[AllocationLine]

    @property
    def available(self) -> Decimal:
        return self.budget.available

    @property
    def asked(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal("0.00"))

    @property
    def together(self) -> Decimal:
        return self.asked + self.wanted

    @property
    def lacking(self) -> Decimal:
        return self.together - self.available


def lines() -> QuerySet[AllocationLine]:
    """The line of each open proposal that can still be approved, the oldest first."""
    waiting = AllocationLine.objects.filter(
        allocation__purpose=Purpose.LATER_MONEY,
        allocation__state=AllocationState.PROPOSED,
        application__status__in=workflow.RAISABLE,
    )
    return waiting.select_related("application__competition").order_by("allocation")


def against(application: Application) -> list[Overlap]:
    """The budgets that cannot carry what this one seeks together with every other open proposal.

    A budget that has too little for this one alone is none of them.
    """
    others = list(lines().exclude(application=application))
    if not others:
        return []
    drawn = drawn_on_by({application.competition, *[line.application.competition for line in others]})
    of_each = [(line, {one.pk for one in drawn[line.application.competition.code]}) for line in others]
    found = [
        Overlap(
            budget=budget,
            wanted=application.grant_sought,
            lines=[line for line, budgets in of_each if budget.pk in budgets],
        )
        for budget in drawn[application.competition.code]
    ]
    return [one for one in found if one.wanted <= one.available < one.together]
