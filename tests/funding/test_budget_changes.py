"""Ceilings and moves between pots: one person proposes, another decides, and the ledger moves the money."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Notification
from accounts.roles import Role
from funding import budget_changes, duties, ledger, ledger_check, to_do
from funding.ledger import NotEnough
from funding.models import Budget, BudgetChange, BudgetKind, ChangeState, Transfer
from funding.places import Place
from funding.verdicts import ReasonRefused
from tests.funding.test_ledger_check import spoil
from tests.make import budgets, competitions, people
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

LOWER = Decimal("60000.00")


def reread(budget: Budget) -> Budget:
    return Budget.objects.get(pk=budget.pk)


def moved(amount: str = "30000.00", **options) -> tuple[BudgetChange, Budget, Budget]:
    first, second = budgets.pots_of_one_region()
    made = budget_changes.propose_move(
        first, second, Decimal(amount), "Round 2.", by=budgets.fund_manager(), at=NOON
    )
    return made, first, second


def checked() -> None:
    """Run at once what the database checks at the end of a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def test_a_ceiling_is_proposed_and_nothing_moves_until_another_person_approves():
    pot, approver = budgets.budget(ceiling="100000.00"), budgets.approver()

    change = budgets.proposed_ceiling(pot, LOWER)
    before = reread(pot).ceiling
    budget_changes.approve(change, by=approver, at=NOON + DAY)
    checked()

    now, transfer = reread(pot), Transfer.objects.get(change=change)
    assert (before, now.ceiling, now.available) == (Decimal("100000.00"), LOWER, LOWER)
    assert (transfer.source, transfer.target, transfer.amount) == (
        "available",
        "outside",
        Decimal("40000.00"),
    )
    assert (transfer.made_by, transfer.cause) == (approver, f"budget change {change.pk} approved")
    assert ledger.recount() == []


@pytest.mark.parametrize("kind", [BudgetKind.PROGRAMME, BudgetKind.REGION, BudgetKind.POT])
def test_a_ceiling_is_raised_the_same_way(kind):
    region = competitions.region() if kind == BudgetKind.REGION else None
    raised = budgets.with_ceiling(budgets.budget(kind, "100.00", region), "250.50")

    assert (raised.ceiling, raised.available) == (Decimal("250.50"), Decimal("250.50"))
    assert ledger.recount() == []


def test_money_moves_from_one_pot_to_another_under_one_cause():
    change, first, second = moved()

    budget_changes.approve(change, by=budgets.approver(), at=NOON)
    checked()

    assert (reread(first).ceiling, reread(second).ceiling) == (Decimal("70000.00"), Decimal("80000.00"))
    assert change.transfers.count() == 2
    assert set(change.transfers.values_list("cause", flat=True)) == {f"budget change {change.pk} approved"}
    assert ledger.recount() == []


def test_a_refused_change_moves_nothing_and_has_its_reason():
    pot = budgets.budget(ceiling="100000.00")
    change = budgets.proposed_ceiling(pot, LOWER)

    with pytest.raises(ReasonRefused):
        budget_changes.refuse(change, " ", by=budgets.approver(), at=NOON)
    refused = budget_changes.refuse(change, "Not now.", by=budgets.approver(), at=NOON)

    assert (refused.state, refused.answer) == (ChangeState.REFUSED, "Not now.")
    assert reread(pot).ceiling == Decimal("100000.00")


def test_whoever_proposed_does_not_decide_though_they_hold_both_roles():
    both = people.user(Role.FUNDS, Role.APPROVER)
    pot = budgets.budget()
    change = budget_changes.propose_ceiling(pot, LOWER, "The round.", by=both, at=NOON)

    for decide in (budget_changes.approve, budget_changes.refuse):
        with pytest.raises(budget_changes.OwnProposal):
            decide(change, "Mine.", by=both, at=NOON)

    assert not budget_changes.may_decide(change, both)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.FUNDS}))
def test_only_a_fund_manager_proposes(role):
    with pytest.raises(duties.RoleMissing):
        budget_changes.propose_ceiling(budgets.budget(), LOWER, "Why.", by=people.user(role), at=NOON)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.APPROVER}))
def test_only_an_approver_decides(role):
    change = budgets.proposed_ceiling(budgets.budget(), LOWER)

    with pytest.raises(duties.RoleMissing):
        budget_changes.approve(change, by=people.user(role), at=NOON)


def test_a_regions_people_change_what_is_their_regions_alone():
    home, other = competitions.region(), competitions.region("TV", "Tees Valley")
    programme, shared = budgets.budget(BudgetKind.PROGRAMME), budgets.budget()
    own = budgets.budget(BudgetKind.REGION, region=home)
    for region in (home, other):
        within = competitions.closed_competition(region=region, pot=shared.code)
        budgets.drawn(within, programme=programme, pot=shared)
    person = people.user(Role.FUNDS, region=home)

    budget_changes.propose_ceiling(own, LOWER, "Why.", by=person, at=NOON)

    for budget in (programme, shared):
        with pytest.raises(duties.RoleMissing):
            budget_changes.propose_ceiling(budget, LOWER, "Why.", by=person, at=NOON)
    found = budget_changes.regions_of([programme, shared, own])
    assert found == {programme.pk: frozenset(), shared.pk: {home.pk, other.pk}, own.pk: {home.pk}}


def test_a_ceiling_below_what_is_allocated_is_neither_proposed_nor_approved():
    within = budgets.funded_competition(ceiling="100000.00")
    pot = within.budgets.pot
    change = budgets.proposed_ceiling(pot, LOWER)
    budgets.award(within, "60000.01")

    with pytest.raises(NotEnough):
        budget_changes.approve(change, by=budgets.approver(), at=NOON)
    budget_changes.refuse(change, "It is taken.", by=budgets.approver(), at=NOON)
    with pytest.raises(NotEnough):
        budgets.proposed_ceiling(pot, LOWER)

    assert reread(pot).ceiling == Decimal("100000.00")
    assert budgets.with_ceiling(pot, "60000.01").available == 0


def test_more_than_a_pot_has_available_is_not_moved():
    with pytest.raises(NotEnough):
        moved("100000.01")


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_change_has_its_reason(reason):
    with pytest.raises(ReasonRefused):
        budget_changes.propose_ceiling(budgets.budget(), LOWER, reason, by=budgets.fund_manager(), at=NOON)


def test_what_is_no_change_is_not_proposed():
    pot, manager = budgets.budget(ceiling=LOWER), budgets.fund_manager()
    part = budgets.budget(BudgetKind.PART, LOWER)

    for budget, ceiling in ((pot, LOWER), (pot, Decimal("-1")), (part, Decimal("1.00"))):
        with pytest.raises(budget_changes.ChangeRefused):
            budget_changes.propose_ceiling(budget, ceiling, "Why.", by=manager, at=NOON)
    for into in (pot, part, budgets.budget()):
        with pytest.raises(budget_changes.ChangeRefused):
            budget_changes.propose_move(pot, into, Decimal("1.00"), "Why.", by=manager, at=NOON)


def test_one_change_of_a_budget_waits_at_a_time():
    pot = budgets.budget()
    budgets.proposed_ceiling(pot, LOWER)

    with pytest.raises(budget_changes.ChangeRefused, match="waits at a time"):
        budgets.proposed_ceiling(pot, LOWER + 1)


def test_what_was_decided_is_not_decided_again():
    pot = budgets.budget()
    change = budgets.proposed_ceiling(pot, LOWER)
    budget_changes.approve(change, by=budgets.approver(), at=NOON)

    for decide in (budget_changes.approve, budget_changes.refuse):
        with pytest.raises(budget_changes.ChangeDecided):
            decide(change, "Again.", by=budgets.approver(), at=NOON)

    assert Transfer.objects.filter(change=change).count() == 1


def test_nothing_is_approved_while_the_ledger_does_not_add_up():
    pot = budgets.budget()
    change = budgets.proposed_ceiling(pot, LOWER)
    spoil(pot)
    ledger_check.verify(at=NOON)

    with pytest.raises(ledger.ApprovalsStopped):
        budget_changes.approve(change, by=budgets.approver(), at=NOON)


@pytest.mark.tells("budget_change_proposed", "budget_change_decided")
def test_approvers_are_told_that_it_waits_and_its_proposer_how_it_was_decided_each_once():
    home = competitions.region()
    own = budgets.budget(BudgetKind.REGION, region=home)
    proposer, first = people.user(Role.FUNDS, Role.APPROVER), budgets.approver()
    of_region = people.user(Role.APPROVER, region=home)
    people.user(Role.APPROVER, region=competitions.region("TV", "Tees Valley"))

    change = budget_changes.propose_ceiling(own, LOWER, "Why.", by=proposer, at=NOON)
    waiting = set(Notification.objects.values_list("kind", "recipient", "subject_id"))
    budget_changes.approve(change, by=first, at=NOON)

    told = {("budget_change_proposed", person.pk, change.pk) for person in (first, of_region)}
    assert waiting == told
    decided = ("budget_change_decided", proposer.pk, change.pk)
    assert set(Notification.objects.values_list("kind", "recipient", "subject_id")) == told | {decided}


def test_it_waits_on_the_first_page_of_those_who_may_decide():
    home = competitions.region()
    own, programme = budgets.budget(BudgetKind.REGION, region=home), budgets.budget(BudgetKind.PROGRAMME)
    change, other = budgets.proposed_ceiling(own, LOWER), budgets.proposed_ceiling(programme, LOWER)
    both = people.user(Role.APPROVER, Role.FUNDS)

    def waiting(person) -> list[int]:
        return [one.of for one in to_do.changing(person, NOON)]

    assert waiting(both) == [change.pk, other.pk]
    assert waiting(people.user(Role.APPROVER, region=home)) == [change.pk]
    assert waiting(change.proposed_by) == []
    budget_changes.refuse(other, "No.", by=both, at=NOON)
    assert waiting(budgets.approver()) == [change.pk]


class TestTheDatabase:
    """What the services refuse is refused there too, whoever asks."""

    def test_takes_no_decision_of_the_one_who_proposed(self):
        change = budgets.proposed_ceiling(budgets.budget(), LOWER)

        with pytest.raises(IntegrityError, match="second_person"):
            BudgetChange.objects.filter(pk=change.pk).update(
                state=ChangeState.REFUSED, decided_by=change.proposed_by, decided_at=NOON, answer="No."
            )

    @pytest.mark.parametrize("amount", ["0.01", "39999.99", "40000.00"])
    def test_takes_no_money_from_outside_or_back_without_an_approved_change(self, amount):
        pot = budgets.budget(ceiling="100000.00")
        change = budgets.proposed_ceiling(pot, LOWER)

        for named in (None, change):
            with pytest.raises(IntegrityError), transaction.atomic():
                give_back(pot, amount, named)

    def test_takes_no_money_from_outside_in_the_name_of_an_award(self):
        award = budgets.award()

        with pytest.raises(IntegrityError, match="by an approved budget change alone"), transaction.atomic():
            Transfer.objects.create(
                budget=award.budgets.pot, award=award, source=Place.OUTSIDE, target=Place.AVAILABLE,
                amount=Decimal("1.00"), cause="more for an award", made_at=NOON,
            )  # fmt: skip

    def test_takes_of_an_approved_change_only_what_it_says_and_once(self):
        pot, other = budgets.budget(ceiling="100000.00"), budgets.budget(ceiling="100000.00")
        change = budgets.proposed_ceiling(pot, LOWER)
        BudgetChange.objects.filter(pk=change.pk).update(
            state=ChangeState.APPROVED, decided_by=budgets.approver(), decided_at=NOON
        )

        for budget, amount in ((pot, "39999.99"), (other, "40000.00")):
            with pytest.raises(IntegrityError, match="not what budget change"), transaction.atomic():
                give_back(budget, amount, change)
        give_back(pot, "40000.00", change)
        with pytest.raises(IntegrityError, match="not what budget change"), transaction.atomic():
            give_back(pot, "40000.00", change)

    def test_takes_no_approval_that_moves_nothing(self):
        change, *_ = moved()
        approval = {"state": ChangeState.APPROVED, "decided_by": budgets.approver(), "decided_at": NOON}

        with pytest.raises(IntegrityError, match="has moved nothing"), transaction.atomic():
            BudgetChange.objects.filter(pk=change.pk).update(**approval)
            checked()

    @pytest.mark.parametrize("field", ["amount", "reason", "state"])
    def test_keeps_what_was_proposed_and_decided(self, field):
        change = budget_changes.refuse(
            budgets.proposed_ceiling(budgets.budget(), LOWER), "No.", by=budgets.approver(), at=NOON
        )
        new = {"amount": Decimal("1.00"), "reason": "Another.", "state": ChangeState.APPROVED}[field]

        with pytest.raises(IntegrityError, match="stays as it was proposed"), transaction.atomic():
            BudgetChange.objects.filter(pk=change.pk).update(**{field: new})

    def test_takes_no_change_that_begins_decided_or_of_budgets_that_do_not_fit(self):
        (first, _second), part = budgets.pots_of_one_region(), budgets.budget(BudgetKind.PART)
        asked = {"amount": Decimal("1.00"), "reason": "Why.", "proposed_at": NOON}
        asked["proposed_by"] = budgets.fund_manager()
        decided = {"state": ChangeState.APPROVED, "decided_by": budgets.approver(), "decided_at": NOON}

        for wrong in (
            {"budget": first, **decided},
            {"budget": part},
            {"budget": first, "into": budgets.budget()},
            {"budget": first, "into": first},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                BudgetChange.objects.create(**asked, **wrong)


def give_back(budget: Budget, amount: str, change: BudgetChange | None) -> None:
    Transfer.objects.create(
        budget=budget, change=change, source=Place.AVAILABLE, target=Place.OUTSIDE, amount=Decimal(amount),
        cause=f"given back {amount} for {change}", made_at=NOON,
    )  # fmt: skip
