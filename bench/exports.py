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


def copying(rows: QuerySet) -> Worker:
    """A worker that copies the report out over and over."""
    columns = funding_report.COLUMNS
    named = {column.name: column.value for column in columns}
    sql, parameters = rows.annotate(**named).values_list(*named).query.sql_with_params()

    def deeds() -> Iterator[Callable[[], object]]:
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            statement = cursor.cursor.mogrify(sql, parameters).decode()
            while True:
                yield lambda: cursor.cursor.copy_expert(
                    f"COPY ({statement}) TO STDOUT WITH (FORMAT csv)", Nowhere()
                )

    return deeds
