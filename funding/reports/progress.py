"""How far a report is, written while its figures are read from one snapshot; whether it is still wanted."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from django.db import connection

from accounts.models import ENDS
from funding.models import ProgrammeReport


class Cancelled(Exception):
    """Somebody wants it no longer, or it has come to an end without its worker."""


@contextmanager
def of(report: ProgrammeReport) -> Iterator[Callable[[int], None]]:
    """Give what is called with the number of parts done; that raises Cancelled where the row has ended.

    On a connection of its own: the snapshot is read only, and nothing written beside it is seen
    before it ends.
    """
    with closing(connection.copy()) as own:

        def reached(done: int) -> None:
            with own.cursor() as cursor:
                cursor.execute(
                    f"UPDATE {ProgrammeReport._meta.db_table} SET parts_done = %s"
                    " WHERE id = %s AND tries = %s RETURNING state",
                    [done, report.pk, report.tries],
                )
                if (row := cursor.fetchone()) and row[0] in ENDS:
                    raise Cancelled

        yield reached
