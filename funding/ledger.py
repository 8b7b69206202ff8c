"""The ledger: every movement of money between two places of a budget, written once.

Budgets keep their four totals so that the database can refuse to pass a ceiling; the database moves
those totals by each transfer that is written, and takes no other change of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, OuterRef, Q, Subquery, Sum, When
from django.db.models.functions import Coalesce

from accounts import audit, formats, money
from accounts.composed import Composed, Given
from accounts.models import User
from accounts.refusals import Refusal
from funding import movement
from funding.models import (
    LIVE,
    Award,
    Budget,
    BudgetChange,
    BudgetKind,
    CompetitionBudgets,
    LedgerCheck,
    Transfer,
)
from funding.places import ALLOCATED, COUNTED, Place

#: From an award to each budget that it draws on.
DRAWN = ("budgets__programme", "budgets__region", "budgets__pot", "budgets__part")

#: The budgets that an award draws on, each by its kind; one without a part names none.
#: Held until the transaction ends. All lock them in the same order.
LOCKED = Composed(
    lambda: (
        Budget.objects.filter(pk__in=[Given(kind) for kind in BudgetKind.values])
        .order_by("pk")
        .only("pk")
        .select_for_update(no_key=True)
    )
)


class NotEnough(Refusal):
    """A budget holds less in the place asked of than the amount to move."""

    def __init__(self, budget: Budget, source: Place, amount: Decimal):
        self.budget = budget
        self.source = source
        self.amount = amount
        self.left = budget.standing_in(source)
        super().__init__(f"{budget.code} has {self.left} {source}, not {amount}")

    @property
    def facts(self) -> dict[str, str]:
        """What the programme's budget has left is no region's to read, in the audit trail neither."""
        left = {} if self.budget.kind == BudgetKind.PROGRAMME else {"left": str(self.left)}
        return {"budget": self.budget.code, **left, "amount": str(self.amount)}

    def told_to(self, person: User) -> str:
        needed = formats.pounds(self.amount)
        if Budget.objects.visible_to(person).filter(pk=self.budget.pk).exists():
            return f"{self.budget} has {formats.pounds(self.left)} left; {needed} is needed."
        return f"Another budget of this award has not enough left; {needed} is needed."


class CauseTaken(Refusal):
    """The cause stands in the ledger already, for another movement."""

    def __init__(self, cause: str):
        self.cause = cause
        super().__init__(f"the ledger holds another transfer for: {cause}")


class NothingMoved(RuntimeError):
    """The database wrote nothing, and nothing is found that kept it from it: a defect."""


class ApprovalsStopped(Refusal):
    """The last recount found a difference: nothing is approved until another one finds none."""

    def __init__(self, check: LedgerCheck):
        self.check = check
        super().__init__("the ledger does not add up")

    @property
    def facts(self) -> dict[str, int]:
        return {"check": self.check.pk, "differences": len(self.check.differences)}


def stop() -> LedgerCheck | None:
    """The recount that stops approvals now, or None."""
    last = LedgerCheck.objects.last_made()
    return last if last and not last.is_clean else None


def refuse_while_stopped() -> None:
    """Raise ApprovalsStopped while the last recount found a difference."""
    if (check := stop()) is not None:
        raise ApprovalsStopped(check)


def transfer(
    award: Award, amount: Decimal, *, source: Place, target: Place, cause: str, by: User | None, at: datetime
) -> list[int]:
    """Move ``amount`` pounds from one place to another in every budget the award draws on.

    Returns the ids of the transfers, of the earlier ones where the same was moved before.

    amount  pounds, exact to the penny, above zero
    cause   words that cannot repeat; the same movement asked for again changes nothing
    by      None where a job moves it

    Locks those budgets' rows, in the order of their ids, until the transaction ends that the caller
    has begun, so two awards made at once are counted one after the other. Call it last.

    Raises NotEnough, naming the budget and what is left, and ApprovalsStopped where new money
    would be promised while the ledger does not add up; then nothing is written.
    """
    amount = money.exact(amount)
    _hold(award.budgets)
    drawn = award.budgets.budget_ids
    moved = movement.write(award, drawn, amount, source=source, target=target, cause=cause, by=by, at=at)
    return moved or _replayed_or_refused(drawn, amount, source, target, cause)


@audit.action("set ceiling")
def set_ceiling(
    budget: Budget,
    amount: Decimal,
    *,
    by: User | None,
    at: datetime,
    cause: str,
    change: BudgetChange | None = None,
) -> Budget:
    """Bring money in from outside, or give it back, until the ceiling is ``amount`` pounds.

    change  the approved proposal that says so; None where the budget is opened, by a file of the project
            and with ``by`` None. The database takes nothing else.

    Only what is still available can go back: raises NotEnough below what is allocated.
    """
    amount = money.exact(amount)
    if amount < 0:
        raise ValueError("a ceiling is never below nought")
    budget = Budget.objects.select_for_update(no_key=True).get(pk=budget.pk)
    more = amount - budget.ceiling
    if more == 0:
        return budget
    source, target = (Place.OUTSIDE, Place.AVAILABLE) if more > 0 else (Place.AVAILABLE, Place.OUTSIDE)
    if -more > budget.available:
        raise NotEnough(budget, Place.AVAILABLE, -more)

    audit.note(before={"ceiling": str(budget.ceiling)}, after={"ceiling": str(amount)})
    Transfer.objects.create(
        budget=budget,
        change=change,
        source=source,
        target=target,
        amount=abs(more),
        cause=cause,
        made_by=by,
        made_at=at,
    )
    budget.refresh_from_db(fields=["ceiling", "available"])
    return budget


def _hold(drawn: CompetitionBudgets) -> None:
    """Lock the budgets drawn on until the transaction ends; who asks next sees them as they are then."""
    LOCKED.later(**{kind: getattr(drawn, f"{kind}_id") for kind in BudgetKind.values})


def _replayed_or_refused(
    drawn: list[int], amount: Decimal, source: Place, target: Place, cause: str
) -> list[int]:
    """Why nothing was written under the lock: the same was written before, or the refusal that it is."""
    before = list(Transfer.objects.filter(budget__in=drawn, cause=cause).order_by("budget"))
    if any((line.source, line.target, line.amount) != (source, target, amount) for line in before):
        raise CauseTaken(cause)
    if before:
        return [line.pk for line in before]
    if source == Place.AVAILABLE:
        refuse_while_stopped()
    for budget in Budget.objects.filter(pk__in=drawn).order_by("pk"):
        if amount > budget.standing_in(source):
            raise NotEnough(budget, source, amount)
    raise NothingMoved(cause)


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a kept total and the ledger disagree."""

    what: str
    kept: Decimal
    recounted: Decimal

    def __str__(self) -> str:
        return f"{self.what}: kept {self.kept:.2f}, the ledger says {self.recounted:.2f}"


def recount() -> list[Difference]:
    """Add up the ledger and return every difference from the totals that budgets and awards keep.

    Each half is one statement, and so one snapshot: approvals going on meanwhile do no harm.
    """
    return [*_budgets_recounted(), *_awards_recounted()]


def _budgets_recounted() -> list[Difference]:
    moved = {
        f"ledger_{place}": Coalesce(Sum("transfers__amount", filter=Q(transfers__target=place)), Decimal(0))
        - Coalesce(Sum("transfers__amount", filter=Q(transfers__source=place)), Decimal(0))
        for place in COUNTED
    }
    rows = Budget.objects.annotate(**moved, promised=Coalesce(_promised(), Decimal(0))).order_by("code")
    return [difference for budget in rows for difference in _differences_of(budget)]


def _promised() -> Subquery:
    """The sum of the live awards that draw on the budget: what its transfers must leave allocated."""
    drawing = Q()
    for kind in DRAWN:
        drawing |= Q(**{kind: OuterRef("pk")})
    live = Award.objects.live().filter(drawing).order_by().annotate(budget=OuterRef("pk"))
    return Subquery(live.values("budget").annotate(sum=Sum("amount")).values("sum"))


def _differences_of(budget: Any) -> Iterator[Difference]:
    for place in COUNTED:
        if budget.standing_in(place) != (recounted := getattr(budget, f"ledger_{place}")):
            yield Difference(f"{budget.code}, {place}", budget.standing_in(place), recounted)
    allocated = sum((getattr(budget, f"ledger_{place}") for place in ALLOCATED), Decimal(0))
    if budget.promised != allocated:
        yield Difference(f"{budget.code}, live awards", budget.promised, allocated)


def _awards_recounted() -> list[Difference]:
    """A live award holds its amount in each budget it draws on, and in no other; an ended one nothing."""
    into = Case(When(transfers__target__in=ALLOCATED, then=F("transfers__amount")), default=Decimal(0))
    out_of = Case(When(transfers__source__in=ALLOCATED, then=F("transfers__amount")), default=Decimal(0))
    rows = (
        Award.objects.values_list("pk", "status", "amount", "transfers__budget", *DRAWN)
        .annotate(held=Sum(into) - Sum(out_of))
        .order_by("pk", "transfers__budget")
    )
    amounts: dict[int, Decimal] = {}
    held: dict[tuple[int, int], Decimal] = {}
    for award, status, amount, budget, *budgets, sum_held in rows:
        amounts[award] = amount if status in LIVE else Decimal(0)
        for wanted in filter(None, budgets):
            held.setdefault((award, wanted), Decimal(0))
        if budget is not None:
            held[award, budget] = sum_held
    codes = dict(Budget.objects.values_list("pk", "code"))
    return [
        Difference(f"award {award} in {codes[budget]}", amounts[award], found)
        for (award, budget), found in sorted(held.items())
        if found != amounts[award]
    ]
