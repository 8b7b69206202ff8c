"""The one clock: the database's. Edges read it first thing and pass it on as ``at``."""

from datetime import datetime

from django.db import connection


def now() -> datetime:
    """Return the database's present moment, aware, in UTC.

    ``clock_timestamp()`` moves on inside a transaction; ``now()`` would stand still at its start.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]
