from django_filters import rest_framework as filters

from accounts.api.filters import Ordering
from funding.models import Allocation, AllocationState, Award, AwardStatus, Budget, BudgetKind


class AwardFilters(filters.FilterSet):
    status = filters.ChoiceFilter(choices=AwardStatus.choices, help_text="Where the award stands.")
    competition = filters.CharFilter("application__competition__code", help_text="A competition's code.")
    application = filters.CharFilter("application__reference", help_text="An application's reference.")
    ordering = Ordering("made_at", "amount")

    class Meta:
        model = Award
        fields = ()


class BudgetFilters(filters.FilterSet):
    kind = filters.ChoiceFilter(choices=BudgetKind.choices, help_text="What the budget is for.")
    region = filters.CharFilter("region__code", help_text="A region's code.")
    ordering = Ordering("code", "name", "ceiling", "available")

    class Meta:
        model = Budget
        fields = ()


class AllocationFilters(filters.FilterSet):
    state = filters.ChoiceFilter(choices=AllocationState.choices, help_text="What became of it.")
    competition = filters.CharFilter("competitions__code", help_text="A competition's code.")
    ordering = Ordering("proposed_at")

    class Meta:
        model = Allocation
        fields = ()
