"""The lock of a competition: shared by whoever enters it, alone by whoever closes it or moves its close."""

from django.db import connection

#: The first of the two numbers of the advisory lock; the second is the competition's id.
COMPETITION_LOCK = 1204


def share(competition_id: int) -> None:
    """Wait for whoever holds it alone, then keep them out until the transaction ends."""
    _take("pg_advisory_xact_lock_shared", competition_id)


def hold_alone(competition_id: int) -> None:
    """Wait for everybody who is entering, then keep all others out until the transaction ends."""
    _take("pg_advisory_xact_lock", competition_id)


def _take(function: str, competition_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [COMPETITION_LOCK, competition_id])
