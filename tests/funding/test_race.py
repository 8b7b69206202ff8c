"""Approvals at once, from real processes, against one ceiling; and the same with each protection gone.

The parent holds the contested budget's row until every process waits for it, so that all of
them truly meet there: the test fails when nobody waited.
"""

import time
from decimal import Decimal
from random import Random

import pytest
from django.db import connection, transaction

from accounts.models import User
from funding import allocation, ledger
from funding.models import Allocation, Award, Budget, BudgetKind, CompetitionBudgets
from tests import processes, proving
from tests.databases import as_owner
from tests.make import budgets, competitions
from tests.make.times import DAY, NOON

pytestmark = [pytest.mark.slow, pytest.mark.proves, pytest.mark.xdist_group("races")]

APPROVALS = proving.size(24, 200)
ROUNDS = proving.size(1, 25)
GRANT = Decimal("10000.00")
FIT = proving.size(7, 60)
#: Room for as many as fit and all but a penny of one more.
CEILING = (FIT + 1) * GRANT - Decimal("0.01")
#: Seconds that the last may need to come to the lock where all the others wait.
PATIENCE = proving.size(40, 600)


def rounds(number: int) -> tuple[list[Allocation], Budget]:
    """As many proposed allocations as named, of one application each, that share one region's budget."""
    region = competitions.region()
    programme = budgets.budget(BudgetKind.PROGRAMME, "15000000.00")
    shared = budgets.budget(BudgetKind.REGION, CEILING, region)
    proposer = budgets.fund_manager()
    made = []
    for _ in range(number):
        within = competitions.closed_competition(pot_sharing="alone")
        budgets.drawn(within, programme=programme, region=shared)
        budgets.assessed(within, 9, grant=GRANT)
        made.append(budgets.proposed(within, by=proposer))
    return made, shared


def be_patient() -> None:
    """Wait longer than a page would: here the lock is held until everybody has come."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{2 * PATIENCE}s'; SET statement_timeout = '{2 * PATIENCE}s'")


def approve(allocation_id: int, approver_id: int) -> str:
    be_patient()
    proposed = Allocation.objects.get(pk=allocation_id)
    allocation.approve(proposed, by=User.objects.get(pk=approver_id), at=NOON + DAY)
    return "approved"


def race(job, many: list[Allocation], contested: Budget) -> tuple[list[str], int]:
    """Start everybody against a budget that is held, let go when all wait; return answers and waiters."""
    approver = budgets.approver()
    with transaction.atomic():
        Budget.objects.select_for_update().get(pk=contested.pk)
        running = [processes.start(job, one.pk, approver.pk) for one in many]
        waiters = wait_for(len(many))
    return [one.answer() for one in running], waiters


def wait_for(number: int) -> int:
    """The most processes seen waiting for a lock in this database, looking until ``number`` do."""
    most, until = 0, time.monotonic() + PATIENCE
    while most < number and time.monotonic() < until:
        with connection.cursor() as cursor:
            # Within a transaction the view stands still, unless it is told to look again.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            most = max(most, cursor.fetchone()[0])
        time.sleep(0.05)
    return most


def without_check() -> None:
    """Take the database's last word away, in this throw-away database."""
    as_owner("ALTER TABLE funding_budget DROP CONSTRAINT budget_is_never_overspent")


def approve_without_lock(allocation_id: int, approver_id: int) -> str:
    """Approve with the budgets only read: what the ledger saw may be old when it writes."""

    be_patient()

    def only_read(drawn: CompetitionBudgets) -> list[Budget]:
        found = list(Budget.objects.filter(pk__in=drawn.budget_ids).order_by("pk"))
        # Meet where the lock would have been taken.
        list(Budget.objects.filter(pk__in=drawn.budget_ids).select_for_update(no_key=True))
        return found

    ledger._locked = only_read
    return approve(allocation_id, approver_id)


def spent(budget: Budget) -> Decimal:
    budget.refresh_from_db()
    return budget.allocated


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_approvals_at_once_never_pass_the_ceiling(committed_database, turn):
    many, region = rounds(APPROVALS)

    answers, waiters = race(approve, many, region)

    assert sorted(answers) == ["NotEnough"] * (APPROVALS - FIT) + ["approved"] * FIT
    assert waiters == APPROVALS
    assert spent(region) == FIT * GRANT <= CEILING
    assert Award.objects.count() == FIT
    assert ledger.recount() == []


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_killed_processes_leave_no_money_stuck_and_none_over(committed_database, turn):
    """A third is killed while it waits, a third at some moment after; then all are tried once more."""
    many, region = rounds(APPROVALS)
    approver, dice = budgets.approver(), Random(turn)

    with transaction.atomic():
        Budget.objects.select_for_update().get(pk=region.pk)
        running = [processes.start(approve, one.pk, approver.pk) for one in many]
        waiters = wait_for(len(many))
        for one in running[::3]:
            one.kill()
    for one in running[1::3]:
        time.sleep(dice.uniform(0, 0.02))
        one.kill()
    answers = [one.answer() for one in running]
    first = spent(region)
    again = [processes.run(approve, one.pk, approver.pk) for one in many]

    assert waiters == APPROVALS
    assert answers.count(processes.KILLED) >= len(running[::3])
    assert first <= CEILING
    assert set(again) <= {"approved", "AlreadyDecided", "NotEnough"}
    assert spent(region) == FIT * GRANT == Award.objects.count() * GRANT
    assert ledger.recount() == []


def test_without_the_databases_check_the_lock_still_holds(committed_database):
    many, region = rounds(FIT + 3)
    without_check()

    answers, waiters = race(approve, many, region)

    assert waiters == len(many)
    assert answers.count("approved") == FIT
    assert spent(region) <= CEILING


def test_without_the_lock_the_databases_check_still_holds(committed_database):
    many, region = rounds(FIT + 3)

    answers, waiters = race(approve_without_lock, many, region)

    assert waiters == len(many)
    assert answers.count("approved") == FIT
    assert answers.count("IntegrityError") == 3
    assert spent(region) <= CEILING


def test_without_either_the_money_is_overspent(committed_database):
    """The negative control: were this green, the tests above would prove nothing."""
    many, region = rounds(FIT + 3)
    without_check()

    answers, waiters = race(approve_without_lock, many, region)

    assert waiters == len(many)
    assert answers.count("approved") == FIT + 3
    assert spent(region) > CEILING


def test_one_allocation_approved_by_many_at_once_is_approved_once(committed_database):
    [proposed], region = rounds(1)
    approvers = [budgets.approver() for _ in range(APPROVALS)]

    with transaction.atomic():
        Allocation.objects.select_for_update().get(pk=proposed.pk)
        running = [processes.start(approve, proposed.pk, approver.pk) for approver in approvers]
        waiters = wait_for(APPROVALS)
    answers = [one.answer() for one in running]

    assert waiters == APPROVALS
    assert sorted(answers) == ["AlreadyDecided"] * (APPROVALS - 1) + ["approved"]
    assert spent(region) == GRANT


def test_a_ceiling_lowered_during_approvals_is_never_passed(committed_database):
    many, region = rounds(FIT + 3)

    def lower() -> str:
        be_patient()
        ledger.set_ceiling(region, FIT // 2 * GRANT, by=None, at=NOON, cause="lowered in a race")
        return "lowered"

    def job(allocation_id: int, approver_id: int) -> str:
        return lower() if allocation_id == many[0].pk else approve(allocation_id, approver_id)

    answers, _ = race(job, many, region)

    region.refresh_from_db()
    assert region.allocated <= region.ceiling
    assert answers.count("approved") * GRANT == region.allocated
    assert ledger.recount() == []
