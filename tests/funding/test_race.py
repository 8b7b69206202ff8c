"""Approvals at once, from real processes, against one ceiling; and the same with each protection gone.

The parent holds the contested budget's row until every process waits for it, so that all of
them truly meet there: the test fails when nobody waited.
"""

import time
from decimal import Decimal

import pytest
from django.db import connection, transaction

from accounts.models import User
from funding import allocation, ledger
from funding.models import Allocation, Award, Budget, BudgetKind, CompetitionBudgets
from tests import processes
from tests.make import budgets, competitions
from tests.make.times import DAY, NOON

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("races")]

APPROVALS = 24
GRANT = Decimal("10000.00")
#: Room for seven and all but a penny of the eighth.
CEILING = Decimal("79999.99")
FIT = 7


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
        cursor.execute("SET lock_timeout = '90s'; SET statement_timeout = '90s'")


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


def wait_for(number: int, seconds: int = 40) -> int:
    """The most processes seen waiting for a lock in this database, looking until ``number`` do."""
    most, until = 0, time.monotonic() + seconds
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
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE funding_budget DROP CONSTRAINT budget_is_never_overspent")


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


def test_approvals_at_once_never_pass_the_ceiling(committed_database):
    many, region = rounds(APPROVALS)

    answers, waiters = race(approve, many, region)

    assert sorted(answers) == ["NotEnough"] * (APPROVALS - FIT) + ["approved"] * FIT
    assert waiters == APPROVALS
    assert spent(region) == FIT * GRANT <= CEILING
    assert Award.objects.count() == FIT
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
    approvers = [budgets.approver() for _ in range(20)]

    with transaction.atomic():
        Allocation.objects.select_for_update().get(pk=proposed.pk)
        running = [processes.start(approve, proposed.pk, approver.pk) for approver in approvers]
        waiters = wait_for(20)
    answers = [one.answer() for one in running]

    assert waiters == 20
    assert sorted(answers) == ["AlreadyDecided"] * 19 + ["approved"]
    assert spent(region) == GRANT


def test_a_ceiling_lowered_during_approvals_is_never_passed(committed_database):
    many, region = rounds(10)

    def lower() -> str:
        be_patient()
        ledger.set_ceiling(region, 3 * GRANT, by=None, at=NOON, cause="lowered in a race")
        return "lowered"

    def job(allocation_id: int, approver_id: int) -> str:
        return lower() if allocation_id == many[0].pk else approve(allocation_id, approver_id)

    answers, _ = race(job, many, region)

    region.refresh_from_db()
    assert region.allocated <= region.ceiling
    assert answers.count("approved") * GRANT == region.allocated
    assert ledger.recount() == []
