"""A line on hold that is decided while its allocation's release begins: it waits, and is refused then.

Otherwise it would be told with the others, seen by nobody in the rehearsal and without feedback.
"""

import pytest
from django.db import transaction

from accounts.models import User
from funding import deciding, line_decisions, release
from funding.models import AllocationLine, Verdict
from tests import processes
from tests.funding import racing
from tests.make import budgets
from tests.make.times import DAY, NOON

pytestmark = [pytest.mark.slow, pytest.mark.proves, pytest.mark.xdist_group("races")]


def reject(line_id: int, approver_id: int) -> str:
    racing.get_ready()
    line, approver = AllocationLine.objects.get(pk=line_id), User.objects.get(pk=approver_id)
    line_decisions.decide(line, Verdict.REJECT, "Answered, and not enough.", by=approver, at=NOON + 2 * DAY)
    return "rejected"


def reject_without_the_lock(line_id: int, approver_id: int) -> str:
    line_decisions.ALLOCATION.later = lambda **given: None
    return reject(line_id, approver_id)


@pytest.fixture
def on_hold(committed_database) -> AllocationLine:
    """The second of two lines, whose round is concluded."""
    within, approver = budgets.funded_competition(), budgets.approver()
    budgets.assessed(within, 9)
    budgets.assessed(within, 8)
    made = budgets.proposed(within)
    first, second = made.lines.order_by("position")
    line_decisions.decide(first, Verdict.FUND, by=approver, at=NOON + DAY)
    line_decisions.decide(second, Verdict.HOLD, "A question is open.", by=approver, at=NOON + DAY)
    deciding.conclude(made, by=approver, at=NOON + DAY)
    return second


def test_it_waits_for_the_release_and_is_refused(on_hold):
    approver = budgets.approver()
    with transaction.atomic():
        release.release(on_hold.allocation, by=budgets.fund_manager(), at=NOON + 2 * DAY)
        deciding_it = processes.start(reject, on_hold.pk, approver.pk)
        assert racing.wait_for(1) == 1

    assert deciding_it.answer() == "VerdictRefused"


def test_without_the_lock_it_would_be_told_with_the_others(on_hold):
    """The negative control: it is decided while the release that it would be a part of begins."""
    approver = budgets.approver()
    with transaction.atomic():
        release.release(on_hold.allocation, by=budgets.fund_manager(), at=NOON + 2 * DAY)
        assert processes.start(reject_without_the_lock, on_hold.pk, approver.pk).answer() == "rejected"

    assert on_hold.application in release.untold(on_hold.allocation)
