from django_filters import rest_framework as filters

from accounts.api.filters import CodeFilter, Ordering
from accounts.models import OwedState
from applications.api.filters import COMPETITION_CODE, REFERENCE, REGION_CODE
from funding.models import (
    Allocation,
    AllocationState,
    Award,
    AwardStatus,
    Budget,
    BudgetKind,
    InformationRequest,
    Occasion,
    Offer,
    OfferState,
    ProgrammeReport,
    RequestKind,
    RequestState,
)


class AwardFilters(filters.FilterSet):
    status = filters.ChoiceFilter(choices=AwardStatus.choices, help_text="Where the award stands.")
    competition = CodeFilter(
        "application__competition__code", COMPETITION_CODE, help_text="A competition's code."
    )
    application = CodeFilter("application__reference", REFERENCE, help_text="An application's reference.")
    ordering = Ordering("made_at", "amount")

    class Meta:
        model = Award
        fields = ()


class BudgetFilters(filters.FilterSet):
    kind = filters.ChoiceFilter(choices=BudgetKind.choices, help_text="What the budget is for.")
    region = CodeFilter("region__code", REGION_CODE, help_text="A region's code.")
    ordering = Ordering("code", "name", "ceiling", "available")

    class Meta:
        model = Budget
        fields = ()


class AllocationFilters(filters.FilterSet):
    state = filters.ChoiceFilter(choices=AllocationState.choices, help_text="What became of it.")
    competition = CodeFilter("competitions__code", COMPETITION_CODE, help_text="A competition's code.")
    ordering = Ordering("proposed_at")

    class Meta:
        model = Allocation
        fields = ()


class OfferFilters(filters.FilterSet):
    state = filters.ChoiceFilter(choices=OfferState.choices, help_text="Whether it waits, or how it ended.")
    competition = CodeFilter(
        "award__application__competition__code", COMPETITION_CODE, help_text="A competition's code."
    )
    application = CodeFilter(
        "award__application__reference", REFERENCE, help_text="An application's reference."
    )
    ordering = Ordering("issued_at", "expires_at")

    class Meta:
        model = Offer
        fields = ()


class ReportFilters(filters.FilterSet):
    state = filters.ChoiceFilter(choices=OwedState.choices, help_text="Whether it waits, or how it ended.")
    occasion = filters.ChoiceFilter(choices=Occasion.choices, help_text="Why it is compiled.")
    competition = CodeFilter("competition__code", COMPETITION_CODE, help_text="A competition's code.")
    region = CodeFilter("region__code", REGION_CODE, help_text="A region's code.")
    ordering = Ordering("requested_at")

    class Meta:
        model = ProgrammeReport
        fields = ()


class InformationRequestFilters(filters.FilterSet):
    state = filters.ChoiceFilter(
        choices=RequestState.choices, help_text="Whether it is open, or how it ended."
    )
    kind = filters.ChoiceFilter(choices=RequestKind.choices, help_text="Under what it is asked.")
    competition = CodeFilter("competition__code", COMPETITION_CODE, help_text="A competition's code.")
    region = CodeFilter("region__code", REGION_CODE, help_text="A region's code.")
    ordering = Ordering("due_on", "received_on")

    class Meta:
        model = InformationRequest
        fields = ()
