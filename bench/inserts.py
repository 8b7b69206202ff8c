"""INSERT statements, written out once from the models: a column that is added later gets its default."""

from functools import cache

from django.db import connection, models


@cache
def into(model: type[models.Model], names: str) -> str:
    """Return an INSERT of one row with a placeholder for each of ``names`` (columns, in that order)."""
    return f"{_head(model, names)} VALUES ({', '.join(_values(model, names))}) RETURNING id"


@cache
def of_many(model: type[models.Model], names: str, given: str) -> str:
    """Return an INSERT of the rows that ``given``, a FROM clause, has; it names all columns of ``names``."""
    values = [f'given."{value}"' if place is not None else value for place, value in _placed(model, names)]
    return f"{_head(model, names)} SELECT {', '.join(values)} FROM {given}"


def _head(model: type[models.Model], names: str) -> str:
    columns = [*names.split(), *_defaults(model, names)]
    listed = ", ".join(f'"{column}"' for column in columns)
    return f'INSERT INTO "{model._meta.db_table}" ({listed})'


def _values(model: type[models.Model], names: str) -> list[str]:
    return ["%s"] * len(names.split()) + list(_defaults(model, names).values())


def _placed(model: type[models.Model], names: str) -> list[tuple[int | None, str]]:
    named: list[tuple[int | None, str]] = list(enumerate(names.split()))
    return named + [(None, default) for default in _defaults(model, names).values()]


@cache
def _defaults(model: type[models.Model], names: str) -> dict[str, str]:
    """Columns that are not named, each with its default as SQL. Those that may be null stay away."""
    found = {}
    with connection.cursor() as cursor:
        for field in model._meta.concrete_fields:
            value = field.get_db_prep_save(field.get_default(), connection)
            if field.column not in names.split() and not field.primary_key and value is not None:
                found[field.column] = cursor.cursor.mogrify("%s", [value]).decode().replace("%", "%%")
    return found
