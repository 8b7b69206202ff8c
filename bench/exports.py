"""The funding report by COPY alone: the same query, through the database's driver and into nothing."""

import os
from collections.abc import Callable, Iterator

from django.db import connection
from django.db.models import QuerySet

from bench.load import Worker
from funding.exports import funding_report


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
        with connection.cursor() as cursor, open(os.devnull, "wb") as nowhere:
            cursor.execute("SET statement_timeout = 0")
            while True:
                yield lambda: cursor.cursor.copy_expert(
                    f"COPY ({statement}) TO STDOUT WITH (FORMAT csv)", nowhere
                )

    return deeds
