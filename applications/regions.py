"""What a region's cases have to do with: the organisations in them; what notifications are about, by name."""

from collections.abc import Iterable, Set

from django.db.models import QuerySet

from accounts import inbox
from accounts.models import User, reach
from applications.assessment import inviting
from applications.models import Application, Assessment, AssessorInvitation, Competition, Participant


def register() -> None:
    reach.organisations.append(organisations)
    reach.subjects["application"] = applications
    reach.subjects["assessment"] = assessments
    reach.subjects["competition"] = competitions
    reach.subjects[inviting.SUBJECT] = assessor_invitations
    inbox.names["application"] = names_of_applications
    inbox.names["assessment"] = names_of_assessments
    inbox.names["competition"] = names_of_competitions


def applications(regions: Set[int]) -> QuerySet:
    return Application.objects.in_office(regions).values("pk")


def assessments(regions: Set[int]) -> QuerySet:
    return Assessment.objects.filter(application__competition__region__in=regions).values("pk")


def competitions(regions: Set[int]) -> QuerySet:
    return Competition.objects.filter(region__in=regions).values("pk")


def assessor_invitations(regions: Set[int]) -> QuerySet:
    return AssessorInvitation.objects.filter(region__in=regions).values("pk")


def organisations(regions: Set[int]) -> QuerySet:
    return Participant.objects.filter(application__in=applications(regions)).values("organisation")


def names_of_applications(person: User, ids: Iterable[int]) -> dict[int, str]:
    rows = Application.objects.visible_to(person).filter(pk__in=ids)
    return {row.pk: f"{row.reference}, {row.title or 'not named yet'}" for row in rows}


def names_of_assessments(person: User, ids: Iterable[int]) -> dict[int, str]:
    rows = Assessment.objects.visible_to(person).filter(pk__in=ids).select_related("application")
    return {row.pk: f"{row.application.reference}, {row.application.title}" for row in rows}


def names_of_competitions(person: User, ids: Iterable[int]) -> dict[int, str]:
    """A competition is no secret; one that is being set up is told of to nobody."""
    return {row.pk: str(row) for row in Competition.objects.filter(pk__in=ids)}
