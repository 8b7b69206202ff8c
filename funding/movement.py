"""The movement of an award's money: written in every budget that it draws on by one statement, or in none.

The statement looks under the budgets' lock, which is asked for in the same breath, so that nobody waits
longer than it takes the database to do both.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache

from accounts import roundtrips
from accounts.models import User
from accounts.prepared import GIVEN, Prepared
from funding.models import Award
from funding.places import Place

#: What must be so in each budget. The controls of the races take one after another of these away.
HAS_ENOUGH = "budget.{source} >= %s"
IS_NEW = "NOT EXISTS (SELECT FROM funding_transfer WHERE budget_id = budget.id AND cause = %s)"
#: Asked where new money is promised: a recount that finds a difference waits for the same lock.
IS_NOT_STOPPED = "COALESCE((SELECT is_clean FROM funding_ledgercheck ORDER BY id DESC LIMIT 1), TRUE)"

#: In the order of the ids in which budgets are locked; the trigger of the ledger moves their sums.
WRITE = """
    WITH standing AS (
        SELECT budget.id, {allowed} AS is_allowed FROM funding_budget AS budget WHERE budget.id = ANY(%s)
    )
    INSERT INTO funding_transfer (budget_id, award_id, source, target, amount, cause, made_by_id, made_at)
    SELECT id, %s, %s, %s, %s, %s, %s, %s FROM standing
    WHERE (SELECT bool_and(is_allowed) FROM standing)
    ORDER BY id RETURNING id
"""


def write(
    award: Award,
    budgets: Sequence[int],
    amount: Decimal,
    *,
    source: Place,
    target: Place,
    cause: str,
    by: User | None,
    at: datetime,
) -> list[int]:
    """Write the transfers and return their ids; none where one of the budgets does not allow it.

    budgets  the ids of those drawn on, which the transaction holds
    """
    conditions = [HAS_ENOUGH.format(source=source.value), IS_NEW]
    if source == Place.AVAILABLE:
        conditions.append(IS_NOT_STOPPED)
    values = [amount, cause, list(budgets)]
    values += [award.pk, source.value, target.value, amount, cause, by.pk if by else None, at]
    statement = _prepared(WRITE.format(allowed=" AND ".join(conditions)), len(values))
    return [pk for (pk,) in roundtrips.fetch(statement.call(), values)]


@cache
def _prepared(sql: str, several: int) -> Prepared:
    return Prepared(sql, [GIVEN] * several)
