"""What a region's cases have to do with: the organisations in them, and what notifications are about."""

from collections.abc import Set

from django.db.models import QuerySet

from accounts.models import reach
from applications.models import Application, Assessment, Competition, Participant


def register() -> None:
    reach.organisations.append(organisations)
    reach.subjects["application"] = applications
    reach.subjects["assessment"] = assessments
    reach.subjects["competition"] = competitions


def applications(regions: Set[int]) -> QuerySet:
    return Application.objects.in_office(regions).values("pk")


def assessments(regions: Set[int]) -> QuerySet:
    return Assessment.objects.filter(application__competition__region__in=regions).values("pk")


def competitions(regions: Set[int]) -> QuerySet:
    return Competition.objects.filter(region__in=regions).values("pk")


def organisations(regions: Set[int]) -> QuerySet:
    return Participant.objects.filter(application__in=applications(regions)).values("organisation")
