"""Rows of one table, gathered and then written by COPY."""

import json
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

from django.db import connection, models

NULL = "\\N"


def _text(value: str) -> str:
    """Escape what COPY would read as something else: a backslash, and what parts fields and rows."""
    escaped = value.replace("\\", "\\\\").replace("\n", "\\n")
    return escaped.replace("\t", "\\t").replace("\r", "\\r")


AS_TEXT: dict[type, Callable[[Any], str]] = {
    str: _text,
    int: str,
    bool: lambda value: "t" if value else "f",
    Decimal: str,
    date: date.isoformat,
    datetime: datetime.isoformat,
    type(None): lambda value: NULL,
    dict: lambda value: _text(json.dumps(value)),
    list: lambda value: _text(json.dumps(value)),
}


def as_text(value: Any) -> str:
    kind = type(value)
    if kind in AS_TEXT:
        return AS_TEXT[kind](value)
    return _text(str(value))  # a choice is the text it stands for


class Rows:
    """Rows of ``model``, of which only the fields in ``names`` vary; the others keep their defaults.

    A field that has no default and may not be null has to be named, so that a column which is
    added to the product is missed here at once.
    """

    def __init__(self, model: type[models.Model], names: str):
        named = names.split()
        fields = {field.attname: field for field in model._meta.concrete_fields}
        others = {
            name: field.get_db_prep_save(field.get_default(), connection)
            for name, field in fields.items()
            if name not in named and not field.primary_key
        }
        missing = [name for name, value in others.items() if value is None and not fields[name].null]
        if missing:
            raise TypeError(f"{model.__name__} needs {', '.join(missing)}")
        self.table = model._meta.db_table
        self.columns = [fields[name].column for name in (*named, *others)]
        self.width = len(named)
        self.rest = "".join(f"\t{as_text(_plain(value))}" for value in others.values()) + "\n"
        self.lines: list[str] = []

    def add(self, *values: Any) -> None:
        """Take one row: a value for each field that was named, in that order."""
        if len(values) != self.width:
            raise TypeError(f"{self.table}: {len(values)} values for {self.width} fields")
        self.lines.append("\t".join([as_text(value) for value in values]) + self.rest)

    def __len__(self) -> int:
        return len(self.lines)

    def write(self) -> int:
        """Copy what was gathered into the table and forget it; return how many rows went."""
        written = len(self.lines)
        if written:
            copy_in(self.table, self.columns, self.lines)
            self.lines.clear()
        return written


def copy_in(table: str, columns: Iterable[str], lines: Iterable[str]) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(f'COPY "{table}" ({names}) FROM STDIN', StringIO("".join(lines)))


def _plain(value: Any) -> Any:
    """A default as it is stored: what the adapter would wrap, unwrapped."""
    return getattr(value, "adapted", value)
