"""Queries whose SQL is composed once a process, for the few actions that many wait for.

Django composes a query anew each time it is asked, which takes longer than the database takes to answer
it. Here a queryset is written as anywhere else, with a ``Given`` in each place of a value that is known
only when it is asked; what is composed of it is kept, and what comes back are rows of the model::

    HELD = Composed(lambda: Budget.objects.filter(pk=Given("budget")).select_for_update())
    HELD.get(budget=17)
"""

from collections.abc import Callable
from functools import cache
from typing import Any, Generic, TypeVar

from django.db import models, transaction
from django.db.models.expressions import Expression, Func
from django.db.models.query import get_related_populators

from accounts import roundtrips
from accounts.prepared import GIVEN, Prepared

Row = TypeVar("Row", bound=models.Model)


class Given(Expression):
    """The place of a value that is named when the query is asked."""

    def __init__(self, name: str, output_field: models.Field | None = None):
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler, connection):
        return "%s", [self]


class NextId(Func):
    """The id that the model's next row is written with, taken for it; a gap where none is written."""

    template = "nextval(pg_get_serial_sequence(%(expressions)s))"
    output_field = models.BigIntegerField()

    def __init__(self, model: type[models.Model]):
        super().__init__(models.Value(model._meta.db_table), models.Value(model._meta.pk.column))


class Composed(Generic[Row]):
    """A query for rows of a model: ``only``, ``annotate`` and ``select_related`` work, ``values`` does not.

    rows   makes the queryset; it is called once, and must not depend on when
    share  the rows are held by their key alone, for which Django has no word: they may be read and
           held by others meanwhile, and neither go nor change their key
    """

    def __init__(self, rows: Callable[[], models.QuerySet[Row]], *, share: bool = False):
        self.rows = rows
        self.share = share

    def all(self, **given: Any) -> list[Row]:
        text = _text(self.rows, self.share)
        text.check()
        found = roundtrips.fetch(*text.filled(given))
        return [text.row(values) for values in text.converted(found)]

    def later(self, **given: Any) -> None:
        """Hold the rows, which nobody looks at (``roundtrips.later``)."""
        text = _text(self.rows, self.share)
        text.check()
        roundtrips.later(*text.filled(given))

    def get(self, **given: Any) -> Row:
        """The only one; raises the model's ``DoesNotExist`` where there is none."""
        if (row := self.first(**given)) is None:
            raise _text(self.rows, self.share).model.DoesNotExist
        return row

    def first(self, **given: Any) -> Row | None:
        return next(iter(self.all(**given)), None)


class _Text:
    """The SQL of a queryset with its values in order, and how to make a row of the model of what it finds."""

    def __init__(self, queryset: models.QuerySet, share: bool):
        compiler = queryset.query.get_compiler(queryset.db)
        sql, values = compiler.as_sql()
        self.given = [value.name for value in values if isinstance(value, Given)]
        said = [GIVEN if isinstance(value, Given) else value for value in values]
        self.prepared = Prepared(sql + (" FOR KEY SHARE" if share else ""), said)
        self.locks = queryset.query.select_for_update or share
        self.model, self.db = queryset.model, queryset.db
        places = compiler.klass_info["select_fields"]
        self.own = slice(places[0], places[-1] + 1)
        self.names = [column[0].target.attname for column in compiler.select[self.own]]
        self.related = get_related_populators(compiler.klass_info, compiler.select, self.db)  # type: ignore[call-arg]
        self.annotated = compiler.annotation_col_map
        self.compiler = compiler
        self.converters = compiler.get_converters([column[0] for column in compiler.select])

    def check(self) -> None:
        if self.locks and not transaction.get_connection().in_atomic_block:
            raise transaction.TransactionManagementError("rows are locked in a transaction alone")

    def filled(self, given: dict[str, Any]) -> tuple[str, list]:
        return self.prepared.call(), [given[name] for name in self.given]

    def converted(self, rows: list[tuple]):
        return self.compiler.apply_converters(rows, self.converters) if self.converters else rows

    def row(self, found) -> Any:
        row = self.model.from_db(self.db, self.names, found[self.own])
        for populator in self.related:
            populator.populate(found, row)
        for name, place in self.annotated.items():
            setattr(row, name, found[place])
        return row


def forget() -> None:
    """Compose every query anew when it is next asked."""
    _text.cache_clear()


@cache
def _text(rows: Callable[[], models.QuerySet], share: bool) -> _Text:
    return _Text(rows(), share)
