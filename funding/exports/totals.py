"""What each budget holds against its ceiling: the programme's, the regions' and the pots' totals."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum, Value

from accounts.exports import workbook
from accounts.exports.columns import Column, Kind, worded
from accounts.models import User
from funding.models import LIVE, AwardShare, Budget, BudgetKind

NAMED = (
    Column("Code", F("code"), width=24),
    Column("Budget", F("name"), width=44),
    Column("Kind", worded("kind", BudgetKind), width=14),
    Column("Region", F("region__name"), width=22),
)
STANDING = (
    Column("Ceiling", F("ceiling"), Kind.MONEY),
    Column("Allocated", F("reserved") + F("committed") + F("paid"), Kind.MONEY),
    Column("Reserved", F("reserved"), Kind.MONEY),
    Column("Committed", F("committed"), Kind.MONEY),
    Column("Paid", F("paid"), Kind.MONEY),
    Column("Headroom", F("available"), Kind.MONEY),
)
COLUMNS = (*NAMED, *STANDING)

#: Of some rows of the funding report, beside how the whole budget stands; counted in Python.
IN_THE_ROWS = (
    Column("Live awards in this file", Value(0), Kind.COUNT, 22),
    Column("Their grant in this file", Value(Decimal()), Kind.MONEY, 22),
)
COLUMNS_OF_ROWS = (*NAMED, *IN_THE_ROWS, *STANDING)

#: The budgets that a row's award draws on.
DRAWN = tuple(f"award__budgets__{name}" for name in ("programme", "region", "pot", "part"))

IS_LIVE = Q(award__status__in=LIVE)
SUMS = {"awards": Count("award", distinct=True, filter=IS_LIVE), "grant": Sum("grant", filter=IS_LIVE)}


def rows(user: User) -> QuerySet[Budget]:
    """Return the budgets that ``user`` may see: the programme, its regions, the pots and their parts."""
    return Budget.objects.visible_to(user).in_order()


def of_rows(shares: QuerySet[AwardShare], user: User) -> Iterator[tuple[workbook.Value, ...]]:
    """Yield, under ``COLUMNS_OF_ROWS``, the budgets that these rows of the funding report draw on, of
    those that ``user`` may see, each with what the rows' live awards take from it."""
    awards: dict[int, int] = defaultdict(int)
    grants: dict[int, Decimal] = defaultdict(Decimal)
    for drawn in shares.order_by().values(*DRAWN).annotate(**SUMS):
        for pk in filter(None, (drawn[name] for name in DRAWN)):
            awards[pk] += drawn["awards"]
            grants[pk] += drawn["grant"] or Decimal()
    found = rows(user).filter(pk__in=grants)
    for pk, *values in found.annotate(**{one.name: one.value for one in COLUMNS}).values_list(
        "pk", *(one.name for one in COLUMNS)
    ):
        yield (*values[: len(NAMED)], awards[pk], grants[pk], *values[len(NAMED) :])


def live(shares: QuerySet[AwardShare]) -> dict[bool, dict[str, Any]]:
    """How many live awards the rows have and their grant, of the demonstration (True) and of the rest."""
    of = "award__application__competition__is_demonstration"
    return {found[of]: found for found in shares.order_by().values(of).annotate(**SUMS)}
