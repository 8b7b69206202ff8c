from datetime import UTC, datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django_filters import rest_framework as filters
from django_filters.fields import IsoDateTimeField

from accounts.api.filters import CodeFilter, Ordering, TextFilter, TruthFilter, WholeNumberFilter
from accounts.views.arrival import arrived_at
from applications.models import Application, Competition, State, Strand
from applications.workflow import Status

#: Nothing here happened before or will happen after; further off, time zones overflow.
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)

COMPETITION_CODE, REFERENCE = "[A-Za-z0-9._&-]{1,30}", "[A-Z0-9-]{1,12}"
REGION_CODE = "[A-Za-z0-9._&-]{1,10}"


class MomentFilter(filters.IsoDateTimeFilter):
    """A moment in ISO 8601, in UTC or with its offset."""

    field_class = IsoDateTimeField

    def __init__(self, **options):
        super().__init__(validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)], **options)


class CompetitionFilters(filters.FilterSet):
    region = CodeFilter("region__code", REGION_CODE, help_text="A region's code.")
    strand = filters.ChoiceFilter(choices=Strand.choices, help_text="The kind of competition.")
    round = WholeNumberFilter("round", least=1, most=99, help_text="The round's number.")
    state = filters.ChoiceFilter(
        method="in_state", choices=State.choices, help_text="What the competition is at this moment."
    )
    words = TextFilter(
        method="with_words",
        longest=100,
        help_text="Words that its texts have: all of them, either side of `or`, none after a minus.",
    )
    theme = TextFilter(method="on_theme", longest=60, help_text="One of its themes.")
    place = CodeFilter(
        "region__code",
        REGION_CODE,
        method="in_place",
        help_text="A region's code, or the ONS code of a local authority area.",
    )
    demonstration = TruthFilter("is_demonstration", help_text="Whether it is a demonstration copy.")
    ordering = Ordering("code", "title", "opens_at", "closes_at")

    class Meta:
        model = Competition
        fields = ()

    def in_state(self, queryset, name, state):
        return queryset.in_state(state, arrived_at(self.request))

    def with_words(self, queryset, name, words):
        return queryset.matching(words)

    def on_theme(self, queryset, name, theme):
        return queryset.on_theme(theme)

    def in_place(self, queryset, name, code):
        return queryset.in_place(code)


class ApplicationFilters(filters.FilterSet):
    # What is shown, never what is stored: a decision must not be found out by asking for it.
    status = filters.ChoiceFilter(
        "shown_status", choices=Status.choices, help_text="The status as it is shown to you."
    )
    competition = CodeFilter("competition__code", COMPETITION_CODE, help_text="A competition's code.")
    submitted_from = MomentFilter(
        field_name="submitted_at",
        lookup_expr="gte",
        help_text="Submitted at this moment or later; from 2000 on.",
    )
    submitted_before = MomentFilter(
        field_name="submitted_at", lookup_expr="lt", help_text="Submitted before this moment; until 2100."
    )
    ordering = Ordering(
        "reference", "status", "submitted_at", "grant_sought", "total_costs", status="shown_status"
    )

    class Meta:
        model = Application
        fields = ()
