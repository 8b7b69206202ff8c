"""Time for a file, and one moment: it may take longer than a page, and is as long as it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from accounts import clock

#: A slow reader's time counts, since the database waits for it in the middle of its statement.
LIMIT = "10min"


@contextmanager
def unhurried() -> Iterator[None]:
    """A transaction whose statements may take ``LIMIT`` instead of what the role allows a page, and that may
    wait as long between them: a workbook is put together while the database waits."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = %s", [LIMIT])
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = %s", [LIMIT])
        yield


@contextmanager
def of_one_moment() -> Iterator[datetime]:
    """The same, where every statement sees the database as it stands at the moment that is yielded.

    Within a transaction under way it is as that one is: its first statement has settled it.
    """
    is_first = not connection.in_atomic_block
    with transaction.atomic():
        if is_first:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        with unhurried():
            yield clock.of_transaction()
