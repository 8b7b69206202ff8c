"""What waits for assessors and competition managers, as the office's first page shows it."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count

from accounts import london
from accounts.models import User
from accounts.roles import Role, held_by
from accounts.waiting import Waiting
from applications.assessment import apart, declarations
from applications.models import Application, Assessment, Competition, Waiver
from applications.workflow import AssessmentStatus, Status

#: Named one by one; of more, the list tells.
NAMED = 12


def assessing(person: User, at: datetime) -> Iterable[Waiting]:
    owed = Assessment.objects.visible_to(person).owed_by(person).select_related("application__competition")
    found = list(owed.order_by("given_at", "pk")[: NAMED + 1])
    for assessment in found[:NAMED]:
        yield Waiting(
            says=f"{deed(assessment)} {assessment.application.reference}: {assessment.application.title}",
            route=page_of(assessment),
            of=assessment.pk,
            more="Offered to you" if assessment.is_offered else "Given to you",
            since=assessment.given_at,
        )
    if len(found) > NAMED:
        yield Waiting(
            says="See all that you have to assess", route="admin:applications_assessment_changelist"
        )


def keeping_a_profile(person: User, at: datetime) -> Iterable[Waiting]:
    """An assessor of whom something is missing is led to where they enter it."""
    if Role.ASSESSOR in held_by(person) and declarations.missing(person, london.day_of(at)):
        yield Waiting(
            says="Complete your assessor profile and declare your interests",
            route="admin:applications_assessorprofile_own",
            more="Nothing new is offered to you before",
        )


def page_of(assessment: Assessment) -> str:
    """The page on which its assessor does the next thing."""
    page = "offer" if assessment.is_offered else "score"
    return f"admin:applications_assessment_{page}"


def deed(assessment: Assessment) -> str:
    """What its assessor does when they open it."""
    if assessment.is_submitted:
        return "Read what you sent"
    names = {
        AssessmentStatus.PENDING: "Accept or decline",
        AssessmentStatus.OPEN: "Continue",
        AssessmentStatus.READY: "Check and submit",
    }
    return names.get(AssessmentStatus(assessment.status), "Score")


def assigning(person: User, at: datetime) -> Iterable[Waiting]:
    """One for each competition whose applications are short of assessors."""
    managed = Competition.objects.run_by(person, {Role.MANAGER})
    short = Application.objects.visible_to(person).filter(competition__in=managed.values("pk"))
    counted = (
        Application.objects.filter(pk__in=apart.short_of_assessors(short, at).values("pk"))
        .values("competition", "competition__code", "competition__closes_at")
        .annotate(number=Count("pk"))
        .order_by("competition__closes_at", "competition__code")
    )
    for row in counted:
        what = "1 application" if row["number"] == 1 else f"{row['number']:,} applications"
        yield Waiting(
            says=f"Give {what} to assessors",
            route="admin:applications_application_changelist",
            query=f"assessors=short&competition__id__exact={row['competition']}",
            more=row["competition__code"],
            since=row["competition__closes_at"],
        )


def replacing(person: User, at: datetime) -> Iterable[Waiting]:
    """One for each assessment that a conflict of interest has stopped since it was given."""
    found = list(apart.to_replace(person)[: NAMED + 1])
    for assessment in found[:NAMED]:
        application = assessment.application
        yield Waiting(
            says=f"Replace {assessment.assessor}, who has a conflict of interest in {application.reference}",
            route="admin:applications_assessment_replace",
            of=assessment.pk,
            more=application.competition.code,
            since=assessment.found_at,
        )
    if len(found) > NAMED:
        yield Waiting(
            says="See all conflicts of interest that were found",
            route="admin:applications_conflict_changelist",
        )


def deciding_waivers(person: User, at: datetime) -> Iterable[Waiting]:
    """One for each waiver that can still be decided."""
    managed = Competition.objects.run_by(person, {Role.MANAGER})
    waiting = (
        Waiver.objects.waiting()
        .filter(
            application__competition__in=managed.values("pk"),
            application__status=Status.DRAFT,
            application__competition__closes_at__gt=at,
        )
        .select_related("application__competition")
    )
    for waiver in waiting.order_by("asked_at", "pk")[:NAMED]:
        yield Waiting(
            says=f"Decide the waiver that {waiver.application.reference} asks for",
            route="admin:applications_waiver_change",
            of=waiver.pk,
            more=waiver.application.competition.code,
            since=waiver.asked_at,
        )
