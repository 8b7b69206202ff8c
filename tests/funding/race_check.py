"""What a race must leave behind, counted from the rows and not from the totals that budgets keep."""

from collections import Counter
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Q, Sum

from accounts.models import AuditEntry
from applications.models import Application
from applications.workflow import Status
from funding import ledger
from funding.foreseen import BECOMES
from funding.models import (
    Allocation,
    AllocationState,
    Award,
    Budget,
    LineDecision,
    Outcome,
    Verdict,
)

NOUGHT = Decimal("0.00")
DRAWN = ("programme", "region", "pot", "part")


def pence_over() -> int:
    """By how many pence live awards, or the kept totals, pass their budgets' ceilings, in all."""
    over = sum(
        max(promised_by(budget), budget.allocated) - budget.ceiling
        for budget in Budget.objects.all()
        if max(promised_by(budget), budget.allocated) > budget.ceiling
    )
    return int(over * 100)


def promised_by(budget: Budget) -> Decimal:
    """The sum of all live awards that draw on the budget."""
    drawing = Q()
    for kind in DRAWN:
        drawing |= Q(**{f"budgets__{kind}": budget})
    return Award.objects.live().filter(drawing).aggregate(sum=Sum("amount"))["sum"] or NOUGHT


def faults() -> list[str]:
    """All that is wrong with the money and its decisions, in sentences."""
    found = [f"{over} pence over"] if (over := pence_over()) else []
    found += [f"double award: application {pk} has {count}" for pk, count in _awarded_twice()]
    found += [f"difference: {difference}" for difference in ledger.recount()]
    found += [
        f"{budget.code} holds {budget.allocated} for awards of {promised_by(budget)}"
        for budget in Budget.objects.order_by("pk")
        if budget.allocated != promised_by(budget)
    ]
    return found + _half_done()


@transaction.atomic
def faults_at_once() -> list[str]:
    """The same of one moment, while others go on."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    return faults()


def _awarded_twice() -> list[tuple[int, int]]:
    counted = Counter(Award.objects.live().values_list("application", flat=True))
    return [(pk, count) for pk, count in sorted(counted.items()) if count > 1]


def _half_done() -> list[str]:
    """Allocations that are neither wholly approved nor as they were proposed."""
    awarded = set(Award.objects.live().values_list("application", flat=True))
    statuses = dict(Application.objects.values_list("pk", "status"))
    approvals = Counter(
        AuditEntry.objects.filter(action="approve allocation", is_refusal=False).values_list(
            "subject_id", flat=True
        )
    )
    verdicts = dict(LineDecision.objects.order_by("pk").values_list("line", "verdict"))
    found = []
    for one in Allocation.objects.prefetch_related("lines").order_by("pk"):
        if approvals[one.pk] != one.is_approved:
            found.append(f"{one} is {one.state} and was approved {approvals[one.pk]} times")
        for line in one.lines.all():
            status = _status_after(one, line, verdicts.get(line.pk))
            funds = status == Status.SUCCESSFUL
            if funds != (line.application_id in awarded) or statuses[line.application_id] != status:
                found.append(f"half done: {one}, application {line.application_id}")
    return found + _unwritten()


def _status_after(one: Allocation, line, verdict: str | None) -> Status:
    if verdict is not None:
        return BECOMES[Verdict(verdict)]
    if not one.is_approved:
        return Status.IN_ASSESSMENT
    return Status.SUCCESSFUL if line.outcome == Outcome.FUND else Status.UNSUCCESSFUL


def _unwritten() -> list[str]:
    """Decisions on single lines without their row in the trail, or rows without a decision."""
    of_lines = ("decide line", "take line back")
    rows = AuditEntry.objects.filter(action__in=of_lines, is_refusal=False).count()
    decided = LineDecision.objects.exclude(line__allocation__state=AllocationState.APPROVED).count()
    approved = Allocation.objects.filter(state=AllocationState.APPROVED).exists()
    return (
        [f"{decided} decisions on lines and {rows} rows of them"] if rows != decided and not approved else []
    )
