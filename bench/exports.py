"""The funding report by COPY alone: the same query, through the database's driver and into nothing."""

from collections.abc import Callable, Iterator

from django.db import connection
from django.db.models import QuerySet

from bench.load import Worker
from funding.exports import funding_report


class Nowhere:
    """A file that counts what it is given and keeps none of it."""

    def __init__(self):
        self.size = 0

    def write(self, block: bytes) -> int:
        self.size += len(block)
        return len(block)


def plain(rows: QuerySet) -> str:
    """The report's query as it is, without what makes a text inert."""
    named = {column.name: column.value for column in funding_report.COLUMNS}
    sql, parameters = rows.annotate(**named).values_list(*named).query.sql_with_params()
    with connection.cursor() as cursor:
        return str(cursor.cursor.mogrify(sql, parameters).decode())


def copying(rows: QuerySet) -> Worker:
    """A worker that copies the report out over and over."""

    def deeds() -> Iterator[Callable[[], object]]:
        statement = plain(rows)
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            while True:
                yield lambda: cursor.cursor.copy_expert(
                    f"COPY ({statement}) TO STDOUT WITH (FORMAT csv)", Nowhere()
                )

    return deeds
