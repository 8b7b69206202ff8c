"""When the database would not let a button wait any longer."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError

#: PostgreSQL's codes for a lock not had in time, a statement cut off, a deadlock, and two who crossed.
GAVE_UP = frozenset({"55P03", "57014", "40P01", "40001"})

TRY_AGAIN = "Somebody else is working with the same budgets or applications. Nothing has changed. Try again."
#: In seconds; longer than anybody may wait for a lock.
RETRY_AFTER = 10


class TryAgain(Exception):
    """The database gave up waiting; the transaction is undone and the same button may be pressed again."""


@contextmanager
def in_time() -> Iterator[None]:
    """Raises TryAgain where a lock or a statement inside took too long. Stands around whole transactions."""
    try:
        yield
    except OperationalError as problem:
        if getattr(problem.__cause__, "pgcode", None) not in GAVE_UP:
            raise
        raise TryAgain from problem
