"""What each budget holds against its ceiling: the programme's, the regions' and the pots' totals."""

from django.db.models import F, QuerySet

from accounts.exports.columns import Column, Kind, worded
from accounts.models import User
from funding.models import Budget, BudgetKind

COLUMNS = (
    Column("Code", F("code"), width=24),
    Column("Budget", F("name"), width=44),
    Column("Kind", worded("kind", BudgetKind), width=14),
    Column("Region", F("region__name"), width=22),
    Column("Ceiling", F("ceiling"), Kind.MONEY),
    Column("Allocated", F("reserved") + F("committed") + F("paid"), Kind.MONEY),
    Column("Reserved", F("reserved"), Kind.MONEY),
    Column("Committed", F("committed"), Kind.MONEY),
    Column("Paid", F("paid"), Kind.MONEY),
    Column("Headroom", F("available"), Kind.MONEY),
)


def rows(user: User) -> QuerySet[Budget]:
    """Return the budgets that ``user`` may see: the programme, its regions, the pots and their parts."""
    return Budget.objects.visible_to(user).in_order()
