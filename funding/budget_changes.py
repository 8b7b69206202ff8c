"""Ceilings of open budgets, and money of one pot for another: one person proposes, another decides.

Nothing moves until it is approved; then the ledger moves it under one cause, in all budgets or in none.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from accounts import audit, formats, money, outbox
from accounts.models import User
from accounts.refusals import Refusal
from accounts.roles import Role
from funding import duties, ledger
from funding.ledger import NotEnough
from funding.models import Budget, BudgetChange, BudgetKind, ChangeState, CompetitionBudgets
from funding.places import Place
from funding.verdicts import ReasonRefused, within_length

PROPOSED, DECIDED = "budget_change_proposed", "budget_change_decided"

logger = logging.getLogger(__name__)


class ChangeRefused(Refusal):
    """It cannot be proposed or decided; the text says why. ``field`` is the form's that it is about."""

    def __init__(self, message: str, field: str = ""):
        self.field = field
        super().__init__(message)


class ChangeDecided(Refusal):
    def __init__(self, change: BudgetChange):
        word = change.get_state_display().lower()
        super().__init__(
            f"This was {word} at {formats.local_time(change.decided_at)} by {change.decided_by}."
        )


class OwnProposal(Refusal):
    """The one who proposed it may not decide it."""

    def __init__(self) -> None:
        super().__init__("You proposed this. Another person has to decide it.")


#: The regions a budget is money of; none where it is the programme's.
Regions = Mapping[int, frozenset[int]]


def regions_of(budgets: Iterable[Budget]) -> Regions:
    """The regions that each budget is money of: its own, or those of whatever draws on the pot."""
    budgets = list(budgets)
    found: dict[int, set[int]] = {one.pk: {one.region_id} - {None} for one in budgets}  # type: ignore[arg-type]
    pots = [one.pk for one in budgets if one.kind == BudgetKind.POT]
    rows = CompetitionBudgets.objects.filter(pot__in=pots) if pots else CompetitionBudgets.objects.none()
    for pot, region in rows.values_list("pot", "competition__region"):
        found[pot].add(region)
    return {pk: frozenset(regions) for pk, regions in found.items()}


def roles_for(person: User, budgets: Iterable[Budget], regions: Regions | None = None) -> frozenset[Role]:
    """The roles that this person holds for all that the budgets are money of.

    Where one is of no region, as the programme's is, those held for the whole programme.
    """
    budgets = list(budgets)
    known = regions_of(budgets) if regions is None else regions
    of_each = [known[budget.pk] for budget in budgets]
    return person.roles_in_all(frozenset().union(*of_each) if all(of_each) else frozenset())


def budgets_of(change: BudgetChange) -> list[Budget]:
    return [change.budget] if change.into is None else [change.budget, change.into]


def siblings(pot: Budget) -> list[Budget]:
    """The pots that its money may go to: those that a competition of the same region draws on."""
    if pot.kind != BudgetKind.POT:
        return []
    drawn = CompetitionBudgets.objects.filter(pot=pot)
    beside = CompetitionBudgets.objects.filter(
        region__in=drawn.values("region"), programme__in=drawn.values("programme")
    )
    return list(Budget.objects.filter(pk__in=beside.values("pot")).exclude(pk=pot.pk).order_by("code"))


@audit.action("propose ceiling")
def propose_ceiling(budget: Budget, ceiling: Decimal, reason: str, *, by: User, at: datetime) -> BudgetChange:
    """Propose that the budget's ceiling be ``ceiling`` pounds. Nothing moves.

    Raises RoleMissing, ReasonRefused, ChangeRefused, and NotEnough below what is allocated.
    """
    ceiling = money.exact(ceiling)
    budget = _locked([budget])[budget.pk]
    duties.check(duties.PROPOSE, roles=roles_for(by, [budget]))
    if budget.kind == BudgetKind.PART:
        raise ChangeRefused("A part of a pot is what its competition announced: it stays as it is.")
    _check_ceiling(budget, ceiling)
    made = _proposed(budget, None, ceiling, reason, by=by, at=at)
    audit.note(before={"ceiling": str(budget.ceiling)}, after={"ceiling": str(ceiling)})
    return made


@audit.action("propose move between pots")
def propose_move(
    pot: Budget, into: Budget, amount: Decimal, reason: str, *, by: User, at: datetime
) -> BudgetChange:
    """Propose that ``amount`` pounds of one pot become another's, of the same region. Nothing moves.

    Raises as ``propose_ceiling``; NotEnough where the pot has less available.
    """
    amount = money.exact(amount)
    locked = _locked([pot, into])
    pot, into = locked[pot.pk], locked[into.pk]
    duties.check(duties.PROPOSE, roles=roles_for(by, [pot, into]))
    if into not in siblings(pot):
        raise ChangeRefused("Money moves between two pots of one region.", "into")
    if amount <= 0:
        raise ChangeRefused("Enter how much would move.", "amount")
    if amount > pot.available:
        raise NotEnough(pot, Place.AVAILABLE, amount)
    made = _proposed(pot, into, amount, reason, by=by, at=at)
    audit.note(after={"from": pot.code, "to": into.code, "amount": str(amount)})
    return made


@audit.action("approve budget change")
def approve(change: BudgetChange, answer: str = "", *, by: User, at: datetime) -> BudgetChange:
    """Approve it and move the money: all of it, or nothing is done.

    Locks the proposal and then its budgets, in the order of their ids, as awards do.

    Raises RoleMissing, OwnProposal, ChangeDecided, ApprovalsStopped, and NotEnough where a ceiling would
    fall below what is reserved, committed and paid by now.
    """
    change = _to_decide(change, by)
    budgets = _locked(budgets_of(change))
    ledger.refuse_while_stopped()
    _decided(change, ChangeState.APPROVED, answer, by=by, at=at)
    budget, cause = budgets[change.budget_id], f"{change} approved"
    if change.into_id is None:
        if change.amount == budget.ceiling:
            raise ChangeRefused(f"The ceiling is {formats.pounds(change.amount)} already. Refuse it.")
        ledger.set_ceiling(budget, change.amount, by=by, at=at, cause=cause, change=change)
    else:
        into = budgets[change.into_id]
        # First what is taken: a refusal names the pot that has not enough.
        ledger.set_ceiling(budget, budget.ceiling - change.amount, by=by, at=at, cause=cause, change=change)
        ledger.set_ceiling(into, into.ceiling + change.amount, by=by, at=at, cause=cause, change=change)
    logger.info("budget change approved", extra={"change": change.pk})
    return change


@audit.action("refuse budget change")
def refuse(change: BudgetChange, answer: str, *, by: User, at: datetime) -> BudgetChange:
    """Refuse it with a reason. Raises RoleMissing, OwnProposal, ChangeDecided and ReasonRefused."""
    change = _to_decide(change, by)
    if not answer.strip():
        raise ReasonRefused("Give the reason for refusing it.")
    _decided(change, ChangeState.REFUSED, answer, by=by, at=at)
    logger.info("budget change refused", extra={"change": change.pk})
    return change


def may_decide(change: BudgetChange, person: User, regions: Regions | None = None) -> bool:
    roles = roles_for(person, budgets_of(change), regions)
    return change.is_waiting and change.proposed_by_id != person.pk and bool(roles & duties.DECIDE)


def _locked(budgets: Iterable[Budget]) -> dict[int, Budget]:
    """The budgets by their ids, held until the transaction ends. All lock them in the same order."""
    ids = [budget.pk for budget in budgets]
    rows = Budget.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True)
    return {budget.pk: budget for budget in rows}


def _check_ceiling(budget: Budget, ceiling: Decimal) -> None:
    if ceiling < 0:
        raise ChangeRefused("A ceiling is never below nought.", "ceiling")
    if ceiling == budget.ceiling:
        raise ChangeRefused(f"The ceiling is {formats.pounds(ceiling)} already.", "ceiling")
    if ceiling < budget.allocated:
        raise NotEnough(budget, Place.AVAILABLE, budget.ceiling - ceiling)


def _proposed(
    budget: Budget, into: Budget | None, amount: Decimal, reason: str, *, by: User, at: datetime
) -> BudgetChange:
    """Under the budget's lock, so that two proposals for one budget are counted one after the other."""
    reason = within_length(reason)
    if not reason:
        raise ReasonRefused("Give the reason for this change.")
    if budget.changes.waiting().exists():
        raise ChangeRefused("A change of this budget waits for its decision. One waits at a time.")
    made = BudgetChange.objects.create(
        budget=budget, into=into, amount=amount, reason=reason, proposed_by=by, proposed_at=at
    )
    audit.note(subject=made, after={"budget": budget.code}, reason=reason)
    # Whoever holds the role for one region alone may hold it for too little.
    regions = regions_of(budgets_of(made))
    every = frozenset().union(*regions.values())
    for person in User.objects.holding(Role.APPROVER, every).order_by("pk"):
        if may_decide(made, person, regions):
            _tell(PROPOSED, made, person, at)
    return made


def _to_decide(change: BudgetChange, by: User) -> BudgetChange:
    rows = BudgetChange.objects.select_related("budget", "into", "proposed_by", "decided_by")
    change = rows.select_for_update(of=("self",)).get(pk=change.pk)
    duties.check(duties.DECIDE, roles=roles_for(by, budgets_of(change)))
    if change.proposed_by_id == by.pk:
        raise OwnProposal
    if not change.is_waiting:
        raise ChangeDecided(change)
    return change


def _decided(change: BudgetChange, state: ChangeState, answer: str, *, by: User, at: datetime) -> None:
    change.state, change.answer, change.decided_by, change.decided_at = state, within_length(answer), by, at
    change.save(update_fields=["state", "answer", "decided_by", "decided_at"])
    audit.note(before={"state": ChangeState.PROPOSED}, after={"state": state}, reason=change.answer)
    _tell(DECIDED, change, change.proposed_by, at)


def _tell(kind: str, change: BudgetChange, person: User, at: datetime) -> None:
    outbox.post(
        kind,
        to=person,
        subject_word="budget change",
        subject_id=change.pk,
        cause=f"{kind} {change.pk}: person {person.pk}",
        at=at,
    )
