"""A ceiling that is lowered against an award that draws on it: whoever comes second has not enough left.

Each protection is taken away in turn; the last test has none left and must be caught.
"""

import pytest
from django.db import models

from accounts.models import User
from funding import budget_changes
from funding.models import Allocation, Budget, BudgetChange
from tests.funding import race_check, racing
from tests.funding.racing import GRANT, Run, approve, rows
from tests.funding.test_race_controls import drop_the_check, locks_on, without
from tests.make import budgets
from tests.make.times import DAY, NOON

pytestmark = [pytest.mark.slow, pytest.mark.proves, pytest.mark.xdist_group("races")]


def job(model: type[models.Model], pk: int, approver_id: int) -> str:
    if model is Allocation:
        return approve(pk, approver_id)
    racing.get_ready()
    change = BudgetChange.objects.get(pk=pk)
    budget_changes.approve(change, by=User.objects.get(pk=approver_id), at=NOON + DAY)
    return "lowered"


def raced(*taken) -> tuple[Run, Budget]:
    """Room for the award alone; the lower ceiling leaves none for it.

    Without the lock both have looked when they come to the row, whose sums they are about to move.
    """
    [proposed], region = racing.proposals(1, ceiling=GRANT)
    change = budgets.proposed_ceiling(region, GRANT - 1)
    approver = budgets.approver()
    both = [(Allocation, proposed.pk, approver.pk), (BudgetChange, change.pk, approver.pk)]
    run = racing.race(without(*taken, job=job), both, hold=rows(Budget.objects.filter(pk=region.pk)))
    assert run.waiters == len(both)
    region.refresh_from_db()
    return run, region


def test_one_of_the_two_is_refused(committed_database):
    run, region = raced()

    assert sorted(run.answers) in (["NotEnough", "approved"], ["NotEnough", "lowered"])
    assert (region.ceiling, region.allocated) in [(GRANT, GRANT), (GRANT - 1, 0)]
    assert race_check.faults() == []


def test_without_the_lock_the_databases_check_holds(committed_database):
    run, region = raced(locks_on(Budget))

    assert sorted(run.answers) in (["IntegrityError", "approved"], ["IntegrityError", "lowered"])
    assert region.allocated <= region.ceiling
    assert race_check.faults() == []


def test_without_the_lock_and_the_check_it_is_caught(committed_database):
    drop_the_check()

    run, region = raced(locks_on(Budget))

    assert sorted(run.answers) == ["approved", "lowered"]
    assert region.allocated > region.ceiling
    assert race_check.faults() != []
