"""The one clock: the database's. Edges read it first thing and pass it on as ``at``.

Outside a deployment it can be set, by a row that every process obeys (``accounts.clock_setting``).
Nothing else of ours asks what time it is.
"""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection

#: One row: the real moment, and how far the clock that is set runs ahead of it; null where none is.
READ = "SELECT {moment}, (SELECT ahead FROM accounts_clocksetting)"
#: In a deployment a row that came there all the same changes nothing.
READ_DEPLOYED = "SELECT {moment}, NULL::interval"


def now() -> datetime:
    """Return the present moment, aware, in UTC. It moves on inside a transaction."""
    moment, ahead = _read("clock_timestamp()")
    return moment + (ahead or timedelta())


def of_transaction() -> datetime:
    """Return the moment at which the transaction began: what a snapshot of the database is as of."""
    moment, ahead = _read("transaction_timestamp()")
    return moment + (ahead or timedelta())


def real() -> datetime:
    """Return the real moment, whatever the clock is set to."""
    return _read("clock_timestamp()")[0]


def of_this_machine() -> datetime:
    """Return this machine's own moment, without asking the database: for how long somebody stays signed in.

    Sessions go by the framework's clock, which is this one, whatever ours is set to.
    """
    return datetime.now(UTC)


def if_set() -> datetime | None:
    """Return the present moment where the clock is set, and None where it is the real one."""
    moment, ahead = _read("clock_timestamp()")
    return None if ahead is None else moment + ahead


def difference() -> timedelta:
    """Return how far this machine's clock is ahead of the database's.

    Their moments are compared at the middle of the question's way there and back.
    """
    sent = datetime.now(UTC)
    theirs = real()
    return sent + (datetime.now(UTC) - sent) / 2 - theirs


def _read(moment: str) -> tuple[datetime, timedelta | None]:
    with connection.cursor() as cursor:
        cursor.execute((READ_DEPLOYED if settings.DEPLOYED else READ).format(moment=moment))
        return cursor.fetchone()
