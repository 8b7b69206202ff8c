"""What each budget holds, as a second sheet and as a table on the page."""

from collections.abc import Iterable

from django.db.models import F

from funding.exports.columns import Column, Kind
from funding.models import Budget

COLUMNS = (
    Column("Budget", F("name"), width=44),
    Column("Kind", F("kind"), width=12),
    Column("Ceiling", F("ceiling"), Kind.MONEY),
    Column("Allocated", F("reserved") + F("committed") + F("paid"), Kind.MONEY),
    Column("Reserved", F("reserved"), Kind.MONEY),
    Column("Committed", F("committed"), Kind.MONEY),
    Column("Paid", F("paid"), Kind.MONEY),
    Column("Headroom", F("available"), Kind.MONEY),
)


def rows(budgets: Iterable[Budget]) -> list[tuple]:
    return [
        (
            budget.name,
            budget.get_kind_display(),
            budget.ceiling,
            budget.allocated,
            budget.reserved,
            budget.committed,
            budget.paid,
            budget.available,
        )
        for budget in budgets
    ]
