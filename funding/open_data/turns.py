"""One publication, withdrawal or change of an embargo after the other."""

from django.db import connection

#: The advisory lock that they take; it is held to the end of the transaction.
PUBLISHING_LOCK = 1204_0360


def take() -> None:
    """Wait until whoever has the turn is done. What is read after this is what holds until the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLISHING_LOCK])
