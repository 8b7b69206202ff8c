"""Checking the ledger: a difference stops approvals, and a clean recount lets them go on."""

import logging
from datetime import datetime

from django.db import connection

from accounts import audit
from accounts.models import User
from funding import ledger
from funding.models import Budget, LedgerCheck

logger = logging.getLogger(__name__)

#: The advisory lock that keeps one recount from overtaking another.
CHECK_LOCK = 1204_0100


@audit.action("check ledger")
def verify(*, by: User | None = None, at: datetime) -> LedgerCheck:
    """Recount the ledger and keep what was found; ``by`` is None where the timetable asks.

    Where something differs, or differed the last time, it counts a second time with every budget
    locked: approvals under way come to their end first, and those that come later see the answer.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHECK_LOCK])
    found = []
    if ledger.recount() or ledger.stop() is not None:
        list(Budget.objects.order_by("pk").select_for_update(no_key=True))
        found = [str(difference) for difference in ledger.recount()]
    check = LedgerCheck.objects.create(checked_at=at, checked_by=by, is_clean=not found, differences=found)
    audit.note(after={"is_clean": check.is_clean, "differences": len(found)})
    if found:
        logger.error("ledger does not add up", extra={"check": check.pk, "differences": len(found)})
    return check


def on_schedule(*, at: datetime) -> str:
    check = verify(at=at)
    if check.is_clean:
        return "Every total is what its transfers make it"
    return f"Approvals are stopped: {check.differences[0]}"
