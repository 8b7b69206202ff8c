"""Time for a file: it may take longer than a page, and is as long as it is."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

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
