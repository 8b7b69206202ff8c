from datetime import UTC, datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django_filters import rest_framework as filters
from django_filters.fields import IsoDateTimeField

from accounts import clock
from accounts.api.filters import Ordering
from applications.models import Application, Competition, State, Strand
from applications.workflow import Status

#: Nothing here happened before or will happen after; further off, time zones overflow.
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class MomentFilter(filters.IsoDateTimeFilter):
    """A moment in ISO 8601, in UTC or with its offset."""

    field_class = IsoDateTimeField

    def __init__(self, **options):
        super().__init__(validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)], **options)


class CompetitionFilters(filters.FilterSet):
    region = filters.CharFilter("region__code", help_text="A region's code.")
    strand = filters.ChoiceFilter(choices=Strand.choices, help_text="The kind of competition.")
    round = filters.NumberFilter(min_value=1, max_value=99, help_text="The round's number.")
    state = filters.ChoiceFilter(
        method="in_state", choices=State.choices, help_text="What the competition is at this moment."
    )
    demonstration = filters.BooleanFilter("is_demonstration", help_text="Whether it is a demonstration copy.")
    ordering = Ordering("code", "title", "opens_at", "closes_at")

    class Meta:
        model = Competition
        fields = ()

    def in_state(self, queryset, name, state):
        return queryset.in_state(state, clock.now())


class ApplicationFilters(filters.FilterSet):
    # What is shown, never what is stored: a decision must not be found out by asking for it.
    status = filters.ChoiceFilter(
        "shown_status", choices=Status.choices, help_text="The status as it is shown to you."
    )
    competition = filters.CharFilter("competition__code", help_text="A competition's code.")
    submitted_from = MomentFilter(
        field_name="submitted_at", lookup_expr="gte", help_text="Submitted at this moment or later."
    )
    submitted_before = MomentFilter(
        field_name="submitted_at", lookup_expr="lt", help_text="Submitted before this moment."
    )
    ordering = Ordering(
        "reference", "status", "submitted_at", "grant_sought", "total_costs", status="shown_status"
    )

    class Meta:
        model = Application
        fields = ()
