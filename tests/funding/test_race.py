"""Approvals at once, from real processes, against one ceiling; some of them killed in mid-transaction.

What happens with each protection gone is in ``test_race_controls``.
"""

import time
from collections.abc import Callable
from random import Random

import pytest
from django.db import transaction

from accounts.models import User
from funding import awards, budget_changes, ledger, ledger_check
from funding.models import Allocation, Award, Budget, BudgetKind
from tests import processes, proving
from tests.funding import race_check, race_table, racing
from tests.funding.racing import APPROVALS, CEILING, FIT, GRANT, WITHOUT, Run, approve, rows
from tests.funding.test_ledger_check import mend, spoil
from tests.make import budgets
from tests.make.times import NOON
from tests.processes import Running

pytestmark = [pytest.mark.slow, pytest.mark.proves, pytest.mark.xdist_group("races")]

ROUNDS = proving.rounds(1)
KILLED_ROUNDS, KILLED = proving.rounds(2), proving.size(15, 200)


def of_one_approver(many: list[Allocation]) -> list[tuple[int, int]]:
    approver = budgets.approver()
    return [(one.pk, approver.pk) for one in many]


def spent(budget: Budget):
    budget.refresh_from_db()
    return budget.allocated


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_approvals_at_once_never_pass_the_ceiling(committed_database, record_property, turn):
    many, region = racing.proposals(APPROVALS)

    run = racing.race(approve, of_one_approver(many), hold=rows(Budget.objects.filter(pk=region.pk)))

    race_table.note(record_property, "approvals", run, approvals=len(many), over=race_check.pence_over())
    assert sorted(run.answers) == ["NotEnough"] * (APPROVALS - FIT) + ["approved"] * FIT
    assert run.waiters == APPROVALS
    assert spent(region) == FIT * GRANT <= CEILING
    assert race_check.faults() == []


def at(point: str) -> Callable[[int, int], str]:
    """An approval that waits at the gate when it has come to ``point``."""

    def before_its_money() -> None:
        reserve = awards.reserve
        awards.reserve = lambda *a, **k: (racing.pass_gate(), reserve(*a, **k))

    def under_the_budgets_lock() -> None:
        hold = ledger._hold
        ledger._hold = lambda drawn: (hold(drawn), racing.pass_gate())[0]

    def money_moved() -> None:
        reserve = awards.reserve
        awards.reserve = lambda *a, **k: (reserve(*a, **k), racing.pass_gate())

    def job(allocation_id: int, approver_id: int) -> str:
        if point == "all written":
            with transaction.atomic():
                answer = approve(allocation_id, approver_id)
                racing.pass_gate()
            return answer
        {
            "before its money": before_its_money,
            "under the budgets' lock": under_the_budgets_lock,
            "money moved": money_moved,
        }[point]()
        return approve(allocation_id, approver_id)

    return job


#: Where one process stands with the budgets in hand, and all who come later wait for them.
HOLDING = ("money moved", "under the budgets' lock", "all written")


@pytest.mark.parametrize("turn", range(KILLED_ROUNDS))
def test_killed_processes_leave_no_money_stuck_and_none_over(committed_database, record_property, turn):
    """A third is killed at a known point, with it whoever holds the budgets; a third at some moment after.

    Then all are tried once more.
    """
    many, region = racing.proposals(KILLED)
    pairs, dice, run = of_one_approver(many), Random(turn), Run()
    holding = HOLDING[turn % len(HOLDING)]

    with transaction.atomic():
        racing.shut_gate()
        running = [
            processes.start(at("before its money" if place % 2 else holding), *pair)
            for place, pair in enumerate(pairs)
        ]
        run.waiters = racing.wait_for(len(many))
        holders = [one for one in running[::2] if racing.is_at_the_gate(one)]
        first = [*holders, *(one for one in running[::3] if one not in holders)]
        racing.kill(first, run)
        in_the_midst_for_certain = run.in_the_midst
    later = [one for one in running[1::3] if one not in first]
    kill_at_random(later, dice, run)
    run.answers = [one.answer() for one in running]
    between = race_check.faults()
    again = [one.answer() for one in [processes.start(approve, *pair) for pair in pairs]]

    race_table.note(
        record_property, "approvals, processes killed", run, approvals=len(many), over=race_check.pence_over()
    )
    assert run.waiters == KILLED
    assert len(holders) == 1
    assert in_the_midst_for_certain == len(first) >= KILLED // 3
    assert run.answers.count(processes.KILLED) >= len(first)
    assert between == []
    assert set(again) <= {"approved", "AlreadyDecided", "NotEnough"}
    assert spent(region) == FIT * GRANT == Award.objects.count() * GRANT
    assert race_check.faults() == []


def kill_at_random(victims: list[Running], dice: Random, run: Run) -> None:
    for one in victims:
        time.sleep(dice.uniform(0, 0.02))
        racing.kill([one], run)


def test_one_allocation_approved_by_many_at_once_is_approved_once(committed_database, record_property):
    [proposed], region = racing.proposals(1)
    pairs = [(proposed.pk, budgets.approver().pk) for _ in range(APPROVALS)]

    run = racing.race(approve, pairs, hold=rows(Allocation.objects.filter(pk=proposed.pk)))

    race_table.note(
        record_property, "one allocation, many approvers", run, approvals=len(pairs),
        over=race_check.pence_over(),
    )  # fmt: skip
    assert run.waiters == APPROVALS
    assert sorted(run.answers) == ["AlreadyDecided"] * (APPROVALS - 1) + ["approved"]
    assert spent(region) == GRANT
    assert race_check.faults() == []


def test_a_ceiling_lowered_during_approvals_is_never_passed(committed_database, record_property):
    """A lower ceiling that one person proposed is approved by another in the midst of awards."""
    many, region = racing.proposals(FIT + 3)
    change = budgets.proposed_ceiling(region, FIT // 2 * GRANT)

    def job(allocation_id: int, approver_id: int) -> str:
        if allocation_id != many[0].pk:
            return approve(allocation_id, approver_id)
        racing.get_ready()
        budget_changes.approve(change, by=User.objects.get(pk=approver_id), at=NOON)
        return "lowered"

    run = racing.race(job, of_one_approver(many), hold=rows(Budget.objects.filter(pk=region.pk)))

    race_table.note(
        record_property, "approvals, the ceiling lowered", run, approvals=len(many) - 1,
        over=race_check.pence_over(),
    )  # fmt: skip
    region.refresh_from_db()
    assert run.waiters == len(many)
    assert region.allocated <= region.ceiling
    assert run.answers.count("approved") * GRANT == region.allocated
    assert race_check.faults() == []


def test_a_difference_found_among_approvals_stops_the_rest(committed_database, record_property):
    """Half of them wait for the budgets before the recount does, half come after it, one when it is over.

    PostgreSQL promises those who wait for a row no order, so the recount may come last of those
    in the race: what it saw is all that was promised, and whoever begins later is refused.
    """
    many, region = racing.proposals(WITHOUT + 1)
    pairs, run, programme = of_one_approver(many), Run(), Budget.objects.get(kind=BudgetKind.PROGRAMME)
    *pairs, later = pairs
    spoil(programme)

    with transaction.atomic():
        rows(Budget.objects.filter(pk=region.pk))()
        before = [processes.start(approve, *pair) for pair in pairs[: WITHOUT // 2]]
        assert racing.wait_for(len(before)) == len(before)
        recounting = processes.start(recount)
        assert racing.wait_for(len(before) + 1) == len(before) + 1
        after = [processes.start(approve, *pair) for pair in pairs[WITHOUT // 2 :]]
        run.waiters = racing.wait_for(WITHOUT + 1) - 1
    promised_when_stopped = recounting.answer()
    run.answers = [one.answer() for one in before + after]
    late_answer = processes.start(approve, *later).answer()
    mend(programme)

    race_table.note(
        record_property, "approvals, a difference found meanwhile", run, approvals=len(many),
        over=race_check.pence_over(),
    )  # fmt: skip
    assert run.waiters == WITHOUT
    assert set(run.answers) <= {"approved", "NotEnough", "ApprovalsStopped"}
    assert late_answer == "ApprovalsStopped"
    assert Award.objects.count() == promised_when_stopped == run.answers.count("approved")
    assert race_check.faults() == []


@transaction.atomic
def recount() -> int:
    """Find the difference, and say how many awards there were when it stopped approvals."""
    racing.get_ready()
    assert not ledger_check.verify(at=NOON).is_clean
    return Award.objects.count()
