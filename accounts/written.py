"""Rows written by statements that are composed once a process, for the few actions that many wait for.

Of what ``save`` does besides there is nothing that a table of ours needs: no signals, no parents, no file.
Where values are named, they are so by column ("award_id"); what may be null can be left out.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.db import models, transaction

from accounts import roundtrips
from accounts.prepared import GIVEN, Prepared

#: Fields whose values go to the database as they are; JSON alone is put into words first.
PLAIN = (
    models.BigAutoField,
    models.BooleanField,
    models.CharField,
    models.DateField,
    models.DateTimeField,
    models.DecimalField,
    models.IntegerField,
    models.TextField,
    models.UUIDField,
)


def insert(*rows: models.Model) -> None:
    """Write new rows of one model in one statement, and give them their ids."""
    model, names = type(rows[0]), _columns(type(rows[0]))
    values = [value for row in rows for value in _prepared(model, names, row.__dict__)]
    written = roundtrips.fetch(_insertion(model, names, len(rows), True).call(), values)
    for row, (pk,) in zip(rows, written, strict=True):
        row.pk = pk
        row._state.adding = False


def insert_numbered_later(*rows: models.Model) -> None:
    """Write new rows of one model, whose ids were taken before (``ids``, ``composed.NextId``)."""
    if rows:
        model = type(rows[0])
        names = (model._meta.pk.attname, *_columns(model))
        insert_later(model, *({name: row.__dict__[name] for name in names} for row in rows))
        for row in rows:
            row._state.adding = False


def insert_later(model: type[models.Model], *rows: Mapping[str, Any]) -> None:
    """Write new rows in one statement, whose ids nobody asks for (``roundtrips.later``)."""
    if rows:
        names = tuple(rows[0])
        values = [value for row in rows for value in _prepared(model, names, row)]
        roundtrips.later(_insertion(model, names, len(rows), False).call(), values)


def ids(model: type[models.Model], several: int) -> list[int]:
    """Take the ids of as many rows that are about to be written."""
    taken = "SELECT nextval(sequence) FROM pg_get_serial_sequence(%s, %s) AS sequence, generate_series(1, %s)"
    if not several:
        return []
    return [pk for (pk,) in roundtrips.fetch(taken, [model._meta.db_table, model._meta.pk.column, several])]


def update_later(row: models.Model, *names: str) -> None:
    """Write these fields of a row that is held (``roundtrips.later``)."""
    columns = tuple(row._meta.get_field(name).attname for name in names)
    values = _prepared(type(row), columns, {name: getattr(row, name) for name in columns})
    roundtrips.later(_change(type(row), columns).call(), [*values, row.pk])


def _prepared(model: type[models.Model], names: tuple[str, ...], values: Mapping[str, Any]) -> list:
    connection = transaction.get_connection() if any(fields := _fields(model, names)) else None
    return [
        field.get_db_prep_save(values[name], connection) if field else values[name]
        for name, field in zip(names, fields, strict=True)
    ]


@cache
def _columns(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields if not field.primary_key)


@cache
def _fields(model: type[models.Model], names: tuple[str, ...]) -> list[models.Field | None]:
    """The field that prepares each value; None where it goes as it is."""
    found: list[models.Field | None] = []
    for name in names:
        field = model._meta.get_field(name)
        kept = getattr(field, "target_field", field)
        if not isinstance(kept, (*PLAIN, models.JSONField)):
            raise TypeError(f"{model.__name__}.{name} is of no kind that is written so")
        found.append(None if isinstance(kept, PLAIN) else kept)
    return found


@cache
def _insertion(model: type[models.Model], names: tuple[str, ...], several: int, is_asked: bool) -> Prepared:
    columns = ", ".join(f'"{model._meta.get_field(name).column}"' for name in names)
    rows = ", ".join([f"({', '.join(['%s'] * len(names))})"] * several)
    asked = f' RETURNING "{model._meta.pk.column}"' if is_asked else ""
    sql = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES {rows}{asked}'
    return Prepared(sql, [GIVEN] * len(names) * several)


@cache
def _change(model: type[models.Model], names: tuple[str, ...]) -> Prepared:
    columns = ", ".join(f'"{model._meta.get_field(name).column}" = %s' for name in names)
    sql = f'UPDATE "{model._meta.db_table}" SET {columns} WHERE "{model._meta.pk.column}" = %s'
    return Prepared(sql, [GIVEN] * (len(names) + 1))
