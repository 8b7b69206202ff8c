"""A filter of a list by the days between which something was."""

from datetime import date, datetime, time, timedelta

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters

from accounts.london import moment_of


class Days(admin.FieldListFilter):
    """Two days, from and to, both counted in London's time; either may be left empty."""

    template = "admin/days_filter.html"

    def __init__(self, field, request, params, model, model_admin, field_path):
        self.names = f"{field_path}_from", f"{field_path}_to"
        super().__init__(field, request, params, model, model_admin, field_path)

    def expected_parameters(self):
        return list(self.names)

    def queryset(self, request, queryset):
        first, last = (self._day(name) for name in self.names)
        if first:
            queryset = queryset.filter(**{f"{self.field_path}__gte": _midnight(first)})
        if last:
            queryset = queryset.filter(**{f"{self.field_path}__lt": _midnight(last + timedelta(days=1))})
        return queryset

    def choices(self, changelist):
        """What the template needs: both boxes, and the rest of the address that they go with."""
        kept = [(name, one) for name, values in changelist.filter_params.items() for one in values]
        yield {
            "boxes": list(zip(("From", "To"), self.names, map(self._typed, self.names), strict=True)),
            "kept": [pair for pair in kept if pair[0] not in self.names]
            + ([("q", changelist.query)] if changelist.query else []),
        }

    def _typed(self, name: str) -> str:
        given = self.used_parameters.get(name) or ""
        return str(given[-1]) if isinstance(given, list) else str(given)

    def _day(self, name: str) -> date | None:
        if not (typed := self._typed(name).strip()):
            return None
        try:
            day = date.fromisoformat(typed)
        except ValueError as problem:
            raise IncorrectLookupParameters(problem) from problem
        # The ends of the calendar have no midnight in every zone.
        return min(max(day, date(1900, 1, 1)), date(9000, 1, 1))


def _midnight(day: date) -> datetime:
    return moment_of(datetime.combine(day, time()))
