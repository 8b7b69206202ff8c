"""The course of a race for money: rounds to decide, a line where all meet, and kills in mid-transaction.

Whoever starts a race holds a row, or a gate, that every process must pass. It is let go when all of
them wait there, so that they truly meet; how many waited is counted.
"""

import os
import signal
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import QuerySet

from accounts.models import User
from funding import deciding
from funding.models import Allocation, Budget, BudgetKind
from tests import processes, proving
from tests.make import budgets, competitions
from tests.make.times import DAY, NOON
from tests.processes import Running

APPROVALS = proving.size(24, 200)
#: At once where a protection is taken away.
WITHOUT = proving.size(9, 200)
GRANT = Decimal("10000.00")
FIT = proving.size(7, 60)
#: Room for as many as fit and all but a penny of one more.
CEILING = (FIT + 1) * GRANT - Decimal("0.01")
#: Seconds that the last may need to come to the lock where all the others wait.
PATIENCE = proving.size(90, 600)
#: The advisory lock that stands where a lock was taken away: shared by all, held by whoever starts.
GATE = 1204_0999

Hold = Callable[[], object]


@dataclass(slots=True)
class Run:
    """What came of a race: what each process answered, how many waited, and who was killed in the midst."""

    answers: list[str] = field(default_factory=list)
    waiters: int = 0
    #: Processes, or servers.
    killed: int = 0
    #: How many transactions were open, with something in them, when what carried them was killed.
    in_the_midst: int = 0


def proposals(
    number: int, *, sizes: Sequence[int] = (), ceiling: Decimal = CEILING
) -> tuple[list[Allocation], Budget]:
    """As many proposed allocations as named that share one region's budget.

    sizes  how many applications each has; one where nothing is said
    """
    region = competitions.region()
    programme = budgets.budget(BudgetKind.PROGRAMME, "15000000.00")
    shared = budgets.budget(BudgetKind.REGION, ceiling, region)
    proposer = budgets.fund_manager()
    made = []
    for size in sizes or [1] * number:
        within = competitions.closed_competition(pot_sharing="alone")
        budgets.drawn(within, programme=programme, region=shared)
        for _ in range(size):
            budgets.assessed(within, 9, grant=GRANT)
        made.append(budgets.proposed(within, by=proposer))
    return made, shared


def get_ready() -> None:
    """Wait longer than a page would, until everybody has come, and be known to the server by our number."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SET lock_timeout = '{2 * PATIENCE}s'; SET statement_timeout = '{2 * PATIENCE}s';"
            f" SET idle_in_transaction_session_timeout = 0; SET application_name = 'race {os.getpid()}'"
        )


def approve(allocation_id: int, approver_id: int) -> str:
    get_ready()
    proposed = Allocation.objects.get(pk=allocation_id)
    deciding.approve(proposed, by=User.objects.get(pk=approver_id), at=NOON + DAY)
    return "approved"


def rows(held: QuerySet) -> Hold:
    """Hold these rows against everybody."""
    return lambda: list(held.select_for_update().values_list("pk"))


def shut_gate() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [GATE])


def pass_gate() -> None:
    """Wait until the gate is open; it stays open for whoever comes later."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [GATE])


def race(job: Callable, many: Iterable[tuple], *, hold: Hold) -> Run:
    """Start a process for each of ``many`` against what is held, let go when all wait."""
    run = Run()
    with transaction.atomic():
        hold()
        running = [processes.start(job, *arguments) for arguments in many]
        run.waiters = wait_for(len(running))
    run.answers = [one.answer() for one in running]
    return run


def wait_for(number: int, within: float = PATIENCE) -> int:
    """The most processes seen waiting for a lock in this database, looking until ``number`` do."""
    most, until = 0, time.monotonic() + within
    while most < number and time.monotonic() < until:
        [[waiting]] = _activity("count(*)", "wait_event_type = 'Lock'")
        most = max(most, waiting)
        time.sleep(0.05)
    return most


def open_transactions() -> int:
    """How many others have a transaction open with something in it."""
    [[found]] = _activity("count(*)", "backend_xid IS NOT NULL AND pid <> pg_backend_pid()")
    return found


def kill(victims: Sequence[Running], run: Run) -> None:
    """End those that still run, at once (SIGKILL), and count them."""
    for one in victims:
        if one.process.exitcode is None:
            run.killed += 1
            run.in_the_midst += _killed_in_the_midst(one)


def is_at_the_gate(one: Running) -> bool:
    return bool(_activity("1", f"{_of(one)} AND wait_event = 'advisory'"))


def _killed_in_the_midst(one: Running) -> bool:
    """End the process; whether its transaction was open then, with something in it.

    It is stopped first and its last statement left to end, so that no COMMIT can come from it
    between the look and the kill.
    """
    os.kill(one.process.pid, signal.SIGSTOP)
    until = time.monotonic() + 5
    while (state := _state(one)) == "active" and time.monotonic() < until:
        time.sleep(0.002)
    one.kill()
    return state in ("waiting", "idle in transaction")


def _state(one: Running) -> str:
    """What the server does for the process: nothing, wait for a lock, work, or stand in its transaction."""
    found = _activity("state, wait_event_type, backend_xid IS NOT NULL", _of(one))
    if not found:
        return ""
    state, waits_for, has_written = found[0]
    if state == "active":
        return "waiting" if waits_for == "Lock" and has_written else "active"
    return state if has_written else ""


def _of(one: Running) -> str:
    return f"application_name = 'race {one.process.pid}'"


def _activity(columns: str, which: str) -> list[tuple]:
    with connection.cursor() as cursor:
        # Within a transaction the view stands still, unless it is told to look again.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            f"SELECT {columns} FROM pg_stat_activity WHERE datname = current_database() AND {which}"
        )
        return cursor.fetchall()
