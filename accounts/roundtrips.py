"""Fewer ways to the database and back, for the few actions that many wait for.

Each way costs more than most statements do. Inside of ``fewer`` a statement whose answer nobody needs
waits for the next one, and the two are sent as one text: in the order in which they were written, each
seeing what those before it did, as if they had been sent one by one. What one of them is refused for is
raised where the next was sent.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import transaction


class _Waiting:
    """What waits for the next statement; Django asks it to send each."""

    def __init__(self, cursor) -> None:
        self.cursor = cursor
        self.texts: list[str] = []
        self.values: list[Any] = []

    def __call__(self, execute, sql, values, many, context):
        if not self.texts:
            return execute(sql, values, many, context)
        if many:
            self.send()
            return execute(sql, values, many, context)
        # Without values Django takes the text as it is, a "%" too.
        texts = [*self.texts, sql if values is not None else sql.replace("%", "%%")]
        values = [*self.values, *(values or ())]
        self.clear()
        return execute("; ".join(texts), values, many, context)

    def send(self) -> None:
        if self.texts:
            text, values = "; ".join(self.texts), self.values
            self.clear()
            self.cursor.execute(text, values)

    def clear(self) -> None:
        self.texts, self.values = [], []


@contextmanager
def fewer() -> Iterator[None]:
    """Let what is sent ``later`` wait for the next statement, at most until the end of the block.

    Only in a transaction: a failure gives up what still waits, as it gives up all that was sent.
    """
    connection = transaction.get_connection()
    if _of(connection) is not None:
        yield
        return
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("statements wait for each other in a transaction alone")
    with connection.cursor() as cursor:
        waiting = _Waiting(cursor)
        with connection.execute_wrapper(waiting):
            yield
            waiting.send()


def fetch(sql: str, values: Sequence[Any]) -> list[tuple]:
    """Send a statement, after what waits for it, and return the rows that it finds."""
    connection = transaction.get_connection()
    if (waiting := _of(connection)) is not None:
        waiting.cursor.execute(sql, values)
        return waiting.cursor.fetchall()
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def later(sql: str, values: Sequence[Any]) -> None:
    """Send a statement, whose answer nobody needs, with the next one; outside of ``fewer`` at once."""
    connection = transaction.get_connection()
    if (waiting := _of(connection)) is None:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
    else:
        waiting.texts.append(sql)
        waiting.values.extend(values)


def _of(connection) -> _Waiting | None:
    return next((one for one in connection.execute_wrappers if isinstance(one, _Waiting)), None)
