"""Which budgets, awards, allocations, reports and information requests belong to a region's cases."""

from collections.abc import Set

from django.db.models import Q, QuerySet

from accounts.models import reach
from funding.models import (
    Allocation,
    Award,
    AwardEnding,
    Budget,
    BudgetChange,
    InformationRequest,
    MfaRecord,
    Offer,
    ProgrammeReport,
)


def register() -> None:
    reach.subjects["budget"] = budgets
    reach.subjects["budget change"] = budget_changes
    reach.subjects["award"] = awards
    reach.subjects["award ending"] = award_endings
    reach.subjects["offer"] = offers
    reach.subjects["assistance"] = assistance
    reach.subjects["allocation"] = allocations
    reach.subjects["programme report"] = reports
    reach.subjects["information request"] = information_requests


def budgets(regions: Set[int]) -> QuerySet:
    return Budget.objects.filter(region__in=regions).values("pk")


def budget_changes(regions: Set[int]) -> QuerySet:
    return BudgetChange.objects.filter(budget__region__in=regions).values("pk")


def awards(regions: Set[int]) -> QuerySet:
    return Award.objects.filter(application__competition__region__in=regions).values("pk")


def award_endings(regions: Set[int]) -> QuerySet:
    return AwardEnding.objects.filter(award__application__competition__region__in=regions).values("pk")


def offers(regions: Set[int]) -> QuerySet:
    return Offer.objects.filter(award__application__competition__region__in=regions).values("pk")


def assistance(regions: Set[int]) -> QuerySet:
    competition = "share__award__application__competition"
    return MfaRecord.objects.filter(**{f"{competition}__region__in": regions}).values("pk")


def allocations(regions: Set[int]) -> QuerySet:
    """Those that are about these regions alone, as ``visible_to`` shows them."""
    return Allocation.objects.within(regions).values("pk")


def reports(regions: Set[int]) -> QuerySet:
    there = Q(region__in=regions) | Q(competition__region__in=regions)
    return ProgrammeReport.objects.filter(there).values("pk")


def information_requests(regions: Set[int]) -> QuerySet:
    there = Q(region__in=regions) | Q(competition__region__in=regions)
    return InformationRequest.objects.filter(there).values("pk")
