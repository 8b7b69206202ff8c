"""Filters that are named one by one. A name or value that means nothing is refused, not ignored."""

from django import forms
from django.core.validators import RegexValidator
from django.db.models import F
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ValidationError

#: Names every list understands beside its filters.
PAGING = ("page", "page_size")


class NamedFilters(filters.DjangoFilterBackend):
    """Applies a list's FilterSet; a single object takes no parameters at all."""

    def filter_queryset(self, request, queryset, view):
        known = () if view.detail else (*view.filterset_class.base_filters, *PAGING)
        refuse_unknown(request.query_params, known)
        return queryset if view.detail else super().filter_queryset(request, queryset, view)


def refuse_unknown(parameters, known) -> None:
    """Raises ValidationError for a parameter that is unknown, given twice or given without a value."""
    choice = f"Known are: {', '.join(known)}." if known else "There are none."
    faults = {}
    for name, values in parameters.lists():
        if name not in known:
            faults[name] = [f"There is no such parameter here. {choice}"]
        elif len(values) > 1:
            faults[name] = ["Give this parameter once."]
        elif not values[0].strip():
            faults[name] = ["Give a value, or leave this parameter out."]
    if faults:
        raise ValidationError(faults)


class CodeFilter(filters.CharFilter):
    """A code of our own, by a regular expression without anchors; what cannot be one is refused."""

    def __init__(self, field_name: str, pattern: str, *, help_text: str, method: str | None = None):
        validator = RegexValidator(rf"\A{pattern}\Z", "There is no such code.")
        super().__init__(field_name, method=method, validators=[validator], help_text=help_text)
        _describe(self, type="string", pattern=f"^{pattern}$", description=help_text)


class TextFilter(filters.CharFilter):
    """Text in any script, up to ``longest`` letters and signs; what no keyboard types is refused."""

    def __init__(self, *, method: str, longest: int, help_text: str):
        unseen = r"\x00-\x1f\x7f-\x9f"
        pattern = rf"[^\s{unseen}][^{unseen}]{{0,{longest - 1}}}"
        validator = RegexValidator(rf"\A{pattern}\Z", f"Give up to {longest} letters and signs.")
        super().__init__(method=method, validators=[validator], help_text=help_text)
        _describe(self, type="string", pattern=f"^{pattern}$", description=help_text)


class TruthFilter(filters.TypedChoiceFilter):
    """``true`` or ``false``, and nothing that might be taken for one of them."""

    def __init__(self, field_name: str, *, help_text: str):
        choices = [("true", "true"), ("false", "false")]
        super().__init__(field_name, choices=choices, coerce=lambda text: text == "true", help_text=help_text)
        _describe(self, type="boolean", description=help_text)


class WholeNumberFilter(filters.NumberFilter):
    """A whole number from ``least`` to ``most``; ``1.5`` is none."""

    field_class = forms.IntegerField

    def __init__(self, field_name: str, *, least: int, most: int, help_text: str):
        super().__init__(field_name, min_value=least, max_value=most, help_text=help_text)
        _describe(self, type="integer", minimum=least, maximum=most, description=help_text)

    def get_max_validator(self) -> None:
        """The limit is ours; the one that a NumberFilter has of its own is for decimals."""


def _describe(filter_: filters.Filter, **schema) -> None:
    """Say in the OpenAPI schema what the filter takes."""
    extend_schema_field(schema)(filter_)


class Ordering(filters.ChoiceFilter):
    """Order by one listed field, ``-field`` for descending, and by id where rows are equal.

    Rows without a value come last both ways. Without the parameter the first listed order holds.
    """

    def __init__(self, *orders: str, **columns: str):
        """orders   names in the address, the default first
        columns  the column of a name that is called otherwise in the database
        """
        self.columns = columns
        self.default = orders[0]
        names = [name for order in orders for name in _both_ways(order)]
        super().__init__(
            choices=[(name, name) for name in names],
            empty_label=None,
            label="Ordering",
            help_text=f"How the list is ordered; {self.default} if not given.",
        )

    def filter(self, queryset, value):
        order = value or self.default
        name = order.lstrip("-")
        column = F(self.columns.get(name, name))
        if order.startswith("-"):
            return queryset.order_by(column.desc(nulls_last=True), "-pk")
        return queryset.order_by(column.asc(nulls_last=True), "pk")


def _both_ways(order: str) -> tuple[str, str]:
    name = order.lstrip("-")
    return name, f"-{name}"
