"""Ids known before the rows are written, so that rows of many tables can name each other."""

from dataclasses import dataclass

from django.db import connection, models


class Interrupted(Exception):
    """Somebody else took ids of the same table meanwhile."""


@dataclass(frozen=True, slots=True)
class Ids:
    """A run of ids, ``each`` of them for every number from nought on.

    What is not used leaves a gap, and a gap in ids harms nobody.
    """

    first: int
    each: int = 1

    def of(self, number: int, place: int = 0) -> int:
        if place >= self.each:
            raise IndexError(f"only {self.each} ids are kept for each")
        return self.first + number * self.each + place

    def number_of(self, pk: int) -> int:
        return (pk - self.first) // self.each


def reserve(model: type[models.Model], count: int, each: int = 1) -> Ids:
    """Draw ``count * each`` ids that follow one another from the table's own sequence."""
    wanted = count * each
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(id), max(id) FROM ("
            " SELECT nextval(pg_get_serial_sequence(%s, 'id')) AS id FROM generate_series(1, %s)) AS drawn",
            [model._meta.db_table, max(wanted, 1)],
        )
        first, last = cursor.fetchone()
    if last - first + 1 != max(wanted, 1):
        raise Interrupted(f"ids of {model._meta.db_table} were taken by somebody else: try again")
    return Ids(first, each)
