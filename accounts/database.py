"""What the database's failures mean: whether the same may well succeed a little later."""

from django.db import DatabaseError, InterfaceError, OperationalError


def is_away_or_busy(failure: BaseException | None) -> bool:
    """Whether it could not be reached, went away, or had no time (a lock, a statement, a deadlock).

    A server that dies in the midst of a statement leaves a plain DatabaseError without a code.
    """
    if isinstance(failure, OperationalError | InterfaceError):
        return True
    return type(failure) is DatabaseError and getattr(failure.__cause__, "pgcode", "") is None
