"""Model fields that the whole house shares."""

from django.db import models


def pounds(label: str | None = None, **options) -> models.DecimalField:
    """A sum in pounds sterling, to the penny: ``numeric(14, 2)`` in PostgreSQL.

    A function, not a field subclass: sums of mixed subclasses make Django ask for an output type.
    """
    return models.DecimalField(label, max_digits=14, decimal_places=2, **options)


def is_pounds(field) -> bool:
    """Whether a model's field is a sum made by ``pounds``."""
    is_decimal = isinstance(field, models.DecimalField)
    return is_decimal and (field.max_digits, field.decimal_places) == (14, 2)


def percent(label: str | None = None, **options) -> models.DecimalField:
    """A percentage with two decimal places, 0 to 100."""
    return models.DecimalField(label, max_digits=5, decimal_places=2, **options)
