"""A ledger that does not add up stops approvals, in the service and in the database, until it does."""

from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F
from django.urls import reverse

from accounts.models import AuditEntry, User
from accounts.roles import Role
from applications.workflow import Status
from funding import deciding, ledger, ledger_check, movement
from funding.models import Allocation, Award, Budget, LedgerCheck, Transfer
from funding.places import Place
from tests import processes
from tests.databases import as_owner, disarmed
from tests.make import budgets, office, people
from tests.make.times import DAY, NOON

#: What is put into a total by hand, and taken from another, so that the sum stays what it was.
OFF_BY = Decimal("1000.00")


def spoil(budget: Budget, by: Decimal = OFF_BY) -> None:
    """Make a difference as only the tables' owner, or a fault of ours, could."""
    with transaction.atomic(), disarmed("funding_budget"):
        Budget.objects.filter(pk=budget.pk).update(available=F("available") - by, paid=F("paid") + by)


def mend(budget: Budget) -> None:
    spoil(budget, -OFF_BY)


@pytest.fixture
def proposed(db) -> Allocation:
    within = budgets.funded_competition()
    budgets.assessed(within, 9)
    return budgets.proposed(within)


def pot_of(proposed: Allocation) -> Budget:
    return proposed.competitions.get().budgets.pot


def approve(proposed: Allocation) -> Allocation:
    return deciding.approve(proposed, by=budgets.approver(), at=NOON + DAY)


def test_a_clean_recount_is_kept_and_stops_nothing(proposed):
    check = ledger_check.verify(at=NOON)

    assert (check.is_clean, check.differences, check.checked_at) == (True, [], NOON)
    assert approve(proposed).is_approved


def test_a_difference_stops_approvals_and_nothing_is_half_done(proposed):
    spoil(pot_of(proposed))

    check = ledger_check.verify(at=NOON)
    with pytest.raises(ledger.ApprovalsStopped) as refusal:
        approve(proposed)

    assert refusal.value.check == check
    code = pot_of(proposed).code
    assert check.differences == [
        f"{code}, available: kept 5999000.00, the ledger says 6000000.00",
        f"{code}, paid: kept 1000.00, the ledger says 0.00",
    ]
    assert not Award.objects.exists()
    assert not Transfer.objects.filter(target=Place.RESERVED).exists()


def test_only_a_clean_recount_lets_approvals_go_on(proposed):
    spoil(pot_of(proposed))
    ledger_check.verify(at=NOON)

    still = ledger_check.verify(at=NOON)
    mend(pot_of(proposed))
    with pytest.raises(ledger.ApprovalsStopped):
        approve(proposed)
    again = ledger_check.verify(at=NOON)

    assert (still.is_clean, again.is_clean) == (False, True)
    assert approve(proposed).is_approved


def test_money_that_was_promised_before_still_moves(db):
    award = budgets.award()
    spoil(award.budgets.pot)
    ledger_check.verify(at=NOON)

    moved = ledger.transfer(
        award,
        award.amount,
        source=Place.RESERVED,
        target=Place.COMMITTED,
        cause="accepted",
        by=None,
        at=NOON,
    )

    assert len(moved) == 3


def test_the_stop_and_its_end_are_in_the_audit_trail(proposed):
    ledger_check.verify(at=NOON)
    spoil(pot_of(proposed))
    ledger_check.verify(at=NOON)
    mend(pot_of(proposed))
    ledger_check.verify(by=(asked_by := budgets.fund_manager()), at=NOON)

    rows = AuditEntry.objects.filter(action="check ledger").order_by("pk")
    assert [row.after for row in rows] == [
        {"is_clean": True, "differences": 0},
        {"is_clean": False, "differences": 2},
        {"is_clean": True, "differences": 0},
    ]
    assert rows[2].by_id == asked_by.pk


@pytest.mark.parametrize(
    "statement", ["UPDATE funding_ledgercheck SET is_clean = true", "DELETE FROM funding_ledgercheck"]
)
def test_a_stop_cannot_be_taken_back_by_hand(proposed, statement):
    spoil(pot_of(proposed))
    ledger_check.verify(at=NOON)

    with pytest.raises(DatabaseError), transaction.atomic():
        as_owner(statement)
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerCheck.objects.create(checked_at=NOON, is_clean=True, differences=["something"])

    assert ledger.stop() is not None


def test_without_the_services_check_the_database_still_refuses(proposed, monkeypatch):
    spoil(pot_of(proposed))
    ledger_check.verify(at=NOON)
    monkeypatch.setattr(ledger, "refuse_while_stopped", lambda: None)
    monkeypatch.setattr(movement, "IS_NOT_STOPPED", "TRUE")

    with pytest.raises(IntegrityError, match="nothing is approved until it does"):
        approve(proposed)

    proposed.refresh_from_db()
    assert proposed.is_proposed


def test_without_either_the_money_would_be_approved(proposed, monkeypatch):
    """The negative control: were this refused, the tests above would prove nothing."""
    spoil(pot_of(proposed))
    ledger_check.verify(at=NOON)
    monkeypatch.setattr(ledger, "refuse_while_stopped", lambda: None)
    monkeypatch.setattr(movement, "IS_NOT_STOPPED", "TRUE")
    with connection.cursor() as cursor:
        # What the database keeps for COMMIT would be in the way.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    as_owner("ALTER TABLE funding_transfer DISABLE TRIGGER USER")

    assert approve(proposed).is_approved


def test_the_command_stops_approvals_and_lets_them_go_on(proposed, capsys):
    spoil(pot_of(proposed))
    with pytest.raises(CommandError, match=r"1 more.*Approvals are stopped"):
        call_command("verify_ledger")
    assert ledger.stop() is not None

    mend(pot_of(proposed))
    call_command("verify_ledger")

    assert ledger.stop() is None


def test_the_timetable_says_what_was_found(proposed):
    assert ledger_check.on_schedule(at=NOON) == "Every total is what its transfers make it"
    spoil(pot_of(proposed))
    assert ledger_check.on_schedule(at=NOON).startswith("Approvals are stopped: ")


@pytest.mark.parametrize("address", ["allocation", "sheet", "allocations", "budgets", "checks"])
def test_staff_see_on_every_page_of_money_what_differs(proposed, address):
    spoil(pot_of(proposed))
    ledger_check.verify(at=NOON)
    addresses = {
        "allocation": reverse("admin:funding_allocation_change", args=[proposed.pk]),
        "sheet": reverse("admin:funding_panel_sheet", args=[proposed.competitions.get().code]),
        "allocations": reverse("admin:funding_allocation_changelist"),
        "budgets": reverse("admin:funding_budget_changelist"),
        "checks": reverse("admin:funding_ledgercheck_changelist"),
    }
    client = office.sign_in(people.user(Role.AUDITOR))

    page = client.get(addresses[address]).content.decode()
    mend(pot_of(proposed))
    ledger_check.verify(at=NOON)
    after = client.get(addresses[address]).content.decode()

    assert "Approvals are stopped: the ledger does not add up" in page
    assert "available: kept 5999000.00, the ledger says 6000000.00" in page
    assert "Approvals are stopped" not in after


def test_the_approve_button_says_why_not(proposed):
    spoil(pot_of(proposed))
    ledger_check.verify(at=NOON)
    client = office.sign_in(budgets.approver())

    page = client.post(reverse("admin:funding_allocation_approve", args=[proposed.pk]))

    assert page.status_code == 409
    assert "<li>Approvals are stopped: the ledger does not add up.</li>" in page.content.decode()


def test_the_button_counts_again(proposed):
    spoil(pot_of(proposed))
    client = office.sign_in(budgets.fund_manager())
    address = reverse("admin:funding_ledgercheck_recount")

    stopped = client.post(address, follow=True).content.decode()
    mend(pot_of(proposed))
    clean = client.post(address, follow=True).content.decode()

    assert "The ledger does not add up. Approvals are stopped." in stopped
    assert "The ledger adds up: every total is what its transfers make it." in clean
    assert [check.is_clean for check in LedgerCheck.objects.order_by("pk")] == [False, True]


def test_an_application_of_a_stopped_round_stays_in_assessment(proposed):
    spoil(pot_of(proposed))
    ledger_check.verify(at=NOON)

    with pytest.raises(ledger.ApprovalsStopped):
        approve(proposed)

    line = proposed.lines.get()
    line.application.refresh_from_db()
    assert line.application.status == Status.IN_ASSESSMENT


def approve_there(allocation_id: int, approver_id: int) -> str:
    deciding.approve(
        Allocation.objects.get(pk=allocation_id), by=User.objects.get(pk=approver_id), at=NOON + DAY
    )
    return "approved"


def approve_without_the_check_under_the_lock(allocation_id: int, approver_id: int) -> str:
    """Only look at the beginning, as a page would, and leave the lock to itself."""
    early = ledger.refuse_while_stopped
    movement.IS_NOT_STOPPED = "TRUE"
    ledger.refuse_while_stopped = lambda: None
    deciding.ledger.refuse_while_stopped = lambda: None
    early()
    return approve_there(allocation_id, approver_id)


def while_a_recount_holds_the_budgets(job, proposed: Allocation) -> str:
    """Let an approval come as far as the budgets' lock before the recount that holds it says stop."""
    approver = budgets.approver()
    with transaction.atomic():
        list(Budget.objects.order_by("pk").select_for_update(no_key=True))
        running = processes.start(job, proposed.pk, approver.pk)
        assert waits_for_a_lock()
        LedgerCheck.objects.create(checked_at=NOON, is_clean=False, differences=["the pot is short"])
    return running.answer()


def waits_for_a_lock() -> bool:
    for _ in range(400):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT pg_sleep(0.02), count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[1]:
                return True
    return False


@pytest.mark.slow
def test_an_approval_that_waits_while_the_stop_is_written_is_refused(committed_database):
    within = budgets.funded_competition()
    budgets.assessed(within, 9)

    answer = while_a_recount_holds_the_budgets(approve_there, budgets.proposed(within))

    assert answer == "ApprovalsStopped"
    assert not Award.objects.exists()


@pytest.mark.slow
def test_without_the_check_under_the_lock_it_would_be_approved(committed_database):
    """The negative control, with the database's own refusal out of the way too."""
    within = budgets.funded_competition()
    budgets.assessed(within, 9)
    made = budgets.proposed(within)
    as_owner("ALTER TABLE funding_transfer DISABLE TRIGGER USER")

    answer = while_a_recount_holds_the_budgets(approve_without_the_check_under_the_lock, made)

    assert answer == "approved"
