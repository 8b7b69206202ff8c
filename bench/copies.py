"""Copies of rows that are there, by the thousand: what a measurement uses up.

Written through the same constraints and triggers as everything else.
"""

from collections.abc import Iterable, Mapping

from django.db import connection, models


def take_time() -> None:
    """Let the statements of the transaction under way run for as long as it takes to lay in a supply."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")


def of_rows(model: type[models.Model], pairs: Iterable[tuple[int, int]], parent: str, **instead: str) -> None:
    """Copy the rows whose ``parent`` is the first of a pair, for the second of the pair.

    parent   the column that points at what was copied before
    instead  SQL for columns that are not copied as they are
    """
    originals, copies = _columns(pairs)
    values = {name: f'original."{name}"' for name in _names(model)} | {parent: "given.copy"} | instead
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{model._meta.db_table}" ({_listed(values)}) SELECT {", ".join(values.values())}'
            f' FROM "{model._meta.db_table}" AS original'
            " JOIN unnest(%s::bigint[], %s::bigint[]) AS given (original, copy)"
            f' ON original."{parent}" = given.original ORDER BY given.copy, original.id',
            [originals, copies],
        )


def of_one(
    model: type[models.Model], originals: list[int], named: Mapping[str, tuple[str, list]], **instead: str
) -> list[int]:
    """Copy each of ``originals`` and return the ids of the copies, in the same order.

    named    by column: the SQL type and a value for each copy
    instead  SQL for columns that are the same in all copies
    """
    given = ", ".join(["original", *named])
    arrays = ", ".join(["%s::bigint[]", *(f"%s::{kind}[]" for kind, _ in named.values())])
    values = {name: f'original."{name}"' for name in _names(model)}
    values |= {name: f'given."{name}"' for name in named} | instead
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ({_listed(values)}) SELECT {", ".join(values.values())}'
            f' FROM unnest({arrays}) WITH ORDINALITY AS given ({given}, place) JOIN "{table}" AS original'
            " ON original.id = given.original ORDER BY given.place RETURNING id",
            [originals, *(list(column) for _, column in named.values())],
        )
        return sorted(row[0] for row in cursor.fetchall())


def matched(
    model: type[models.Model], pairs: Iterable[tuple[int, int]], parent: str, by: str
) -> list[tuple[int, int]]:
    """The ids of originals and copies among the children of pairs, told by a column that both share."""
    originals, copies = _columns(pairs)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT original.id, copy.id FROM "{table}" AS original'
            f' JOIN unnest(%s::bigint[], %s::bigint[]) AS given (original, copy) ON original."{parent}"'
            f' = given.original JOIN "{table}" AS copy ON copy."{parent}" = given.copy'
            f' AND copy."{by}" = original."{by}" ORDER BY copy.id',
            [originals, copies],
        )
        return cursor.fetchall()


def _names(model: type[models.Model]) -> list[str]:
    return [field.column for field in model._meta.concrete_fields if not field.primary_key]


def _listed(values: Mapping[str, str]) -> str:
    return ", ".join(f'"{name}"' for name in values)


def _columns(pairs: Iterable[tuple[int, int]]) -> tuple[list[int], list[int]]:
    pairs = list(pairs)
    return [original for original, _ in pairs], [copy for _, copy in pairs]
