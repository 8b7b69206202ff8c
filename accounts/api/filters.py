"""Filters that are named one by one. A name or value that means nothing is refused, not ignored."""

from django.db.models import F
from django_filters import rest_framework as filters
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
    """Raises ValidationError for a parameter that is unknown or given twice."""
    choice = f"Known are: {', '.join(known)}." if known else "There are none."
    faults = {}
    for name, values in parameters.lists():
        if name not in known:
            faults[name] = [f"There is no such parameter here. {choice}"]
        elif len(values) > 1:
            faults[name] = ["Give this parameter once."]
    if faults:
        raise ValidationError(faults)


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
