"""How the office reads what Django writes in its own way: sums, days and moments as on every page."""

from collections.abc import Callable, Iterable
from functools import cache

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from accounts.admin.written import day, moment, pounds
from accounts.fields import is_pounds

#: What a list or a page names: a field, a method of its class, or a function of the row.
Shown = str | Callable


def in_words(model: type[models.Model], names: Iterable[Shown]) -> list[Shown]:
    """Put a column with the same heading and order in the place of each sum, day and moment."""
    return [_column(model, name) for name in names]


@cache
def _column(model: type[models.Model], name: Shown) -> Shown:
    if not isinstance(name, str):
        return name
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return name
    if is_pounds(field):
        return _written(field, pounds)
    if isinstance(field, models.DateTimeField):
        return _written(field, moment)
    return _written(field, day) if isinstance(field, models.DateField) else name


def _written(field, write: Callable) -> Callable:
    def shown(row):
        return write(getattr(row, field.name)) or None

    shown.__name__ = field.name
    shown.short_description = field.verbose_name  # type: ignore[attr-defined]
    shown.admin_order_field = field.name  # type: ignore[attr-defined]
    return shown


class InWords:
    """For a class of the admin whose fields nobody edits there."""

    def get_fields(self, request, obj=None):
        return in_words(self.model, super().get_fields(request, obj))  # type: ignore[attr-defined, misc]

    def get_readonly_fields(self, request, obj=None):
        """A form for several rows asks which of its fields are none of the form's."""
        shown = [one for one in self.get_fields(request, obj) if callable(one)]
        return [*super().get_readonly_fields(request, obj), *shown]  # type: ignore[misc]
