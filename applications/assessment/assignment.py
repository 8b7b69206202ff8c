"""Giving applications to assessors."""

import logging
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from accounts import audit, london, outbox
from accounts.formats import local_day
from accounts.models import User
from accounts.outbox import Post
from accounts.refusals import Refusal
from accounts.roles import Role
from applications import progress, workflow
from applications.assessment import conflicts, declarations, independence, offers, taken_back
from applications.assessment_notices import ASSESSMENT_GIVEN, ASSESSMENTS_GIVEN
from applications.desk import standing
from applications.models import (
    READERS,
    Application,
    Assessment,
    AssessorProfile,
    AssignmentPlan,
    Competition,
    Stage,
)
from applications.workflow import ENDED, AssessmentStatus, Status

logger = logging.getLogger(__name__)

#: Stages in which new assessments may still be given.
STAGES = frozenset({Stage.PUBLISHED, Stage.IN_ASSESSMENT})


class AssignmentRefused(Refusal):
    """The application cannot be given to this person; the message says why."""


class NotAManager(AssignmentRefused):
    """Only a competition manager of its region gives an application out."""


class NotAnAssessor(AssignmentRefused):
    """The person cannot assess there: not the role, not active, or a role that sees the others' marks."""


class OwnOrganisation(independence.OwnOrganisation, AssignmentRefused):
    """The assessor, or the manager, belongs to an organisation that takes part in the application."""


class NotReady(AssignmentRefused):
    """The assessor's declaration or agreement is missing."""

    def __init__(self, assessor: User, missing: list[str]):
        super().__init__(f"{assessor} {' and '.join(missing)}, so cannot be given work.")


class Full(AssignmentRefused):
    """The assessor has as many applications of the competition as they take on."""


class InConflict(conflicts.InConflict, AssignmentRefused):
    """Something ties the assessor to the application, and nobody has cleared it."""


class AlreadyGiven(AssignmentRefused):
    def __init__(self, assessment: Assessment):
        since = {
            AssessmentStatus.REJECTED: " and declined it. It cannot be given to the same person again",
            AssessmentStatus.EXPIRED: " and did not answer in time. It cannot be given to them again",
            AssessmentStatus.WITHDRAWN: " and it was taken back. It cannot be given to the same person again",
        }.get(AssessmentStatus(assessment.status), "")
        super().__init__(
            f"{assessment.assessor} was given this application on {local_day(assessment.given_at)}{since}."
        )
        self.assessment = assessment


class DecidedAgainst(AssignmentRefused):
    """The eligibility desk decided that it is out of scope or does not meet a rule."""


class NotReadyForAssessment(AssignmentRefused):
    """The application is a draft, its competition has not closed, or it is decided."""


@audit.action("give application to assessor")
def give(application: Application, assessor: User, *, by: User, at: datetime) -> Assessment:
    """Offer the application to an assessor and owe them the notification.

    The first assessment moves the application, and the competition's stage, to in assessment.
    Locks the application's row, so that two managers giving it at once take turns.

    Raises a kind of AssignmentRefused and writes nothing.
    """
    application = (
        Application.objects.select_for_update(of=("self",))
        .select_related("competition")
        .get(pk=application.pk)
    )
    if Role.MANAGER not in by.roles_in(application.competition.region_id):
        raise NotAManager(f"Only a {Role.MANAGER} may give applications to assessors.")
    _check_ready(application, at)
    if refusal := standing.refusal_to_give(application):
        raise DecidedAgainst(refusal)
    _check_independent(application, assessor, by, at)

    if application.status == Status.SUBMITTED:
        progress.advance(application.pk, workflow.ASSESS, by=by, at=at)
        Competition.objects.filter(pk=application.competition_id, stage=Stage.PUBLISHED).update(
            stage=Stage.IN_ASSESSMENT
        )
    assessment = Assessment.objects.create(
        application=application,
        assessor=assessor,
        given_by=by,
        given_at=at,
        answer_by=offers.answer_by(application.competition, at),
    )
    taken_back.take_up([assessment])
    audit.note(after={"application": application.reference, "assessor": assessor.pk})
    outbox.post(
        ASSESSMENT_GIVEN,
        to=assessor,
        subject_word="assessment",
        subject_id=assessment.pk,
        cause=f"assessment {assessment.pk} given",
        at=at,
    )
    logger.info("application given to an assessor", extra={"reference": application.reference})
    return assessment


def _check_ready(application: Application, at: datetime) -> None:
    competition = application.competition
    if application.status not in (Status.SUBMITTED, Status.IN_ASSESSMENT):
        raise NotReadyForAssessment(
            f"This application is {application.get_status_display().lower()}; it cannot be given out."
        )
    if competition.closes_at is None or at < competition.closes_at:
        raise NotReadyForAssessment(
            "The competition has not closed yet. Applications are given out after the close."
        )
    if competition.stage not in STAGES:
        raise NotReadyForAssessment(
            f"The competition is at the stage {competition.get_stage_display().lower()}; assessment is over."
        )


def _check_independent(application: Application, assessor: User, by: User, at: datetime) -> None:
    roles = assessor.roles_in(application.competition.region_id)
    if not assessor.is_active or Role.ASSESSOR not in roles:
        raise NotAnAssessor(f"{assessor} is not an assessor.")
    if assessor == by or roles & READERS:
        raise NotAnAssessor(f"{assessor} sees every assessor's marks, so cannot assess.")
    independence.check([assessor, by], [application.pk], by=by, refusal=OwnOrganisation)
    had = application.assessments.exclude(ended_with_application=True).filter(assessor=assessor)
    earlier = had.select_related("assessor").first()
    if earlier:
        raise AlreadyGiven(earlier)
    if missing := declarations.missing(assessor, london.day_of(at)):
        raise NotReady(assessor, missing)
    conflicts.check(assessor, application, at=at, refusal=InConflict)
    _check_capacity(application, assessor)


def _check_capacity(application: Application, assessor: User) -> None:
    """By all that they have in its competition, as the plan of the whole counts it."""
    capacity = AssessorProfile.objects.values_list("capacity", flat=True).get(person=assessor)
    held = Assessment.objects.filter(assessor=assessor, application__competition=application.competition_id)
    if held.exclude(status__in=ENDED).count() >= capacity:
        raise Full(
            f"{assessor} takes on {capacity} {'application' if capacity == 1 else 'applications'} of a "
            "competition and has as many. They can raise that on their profile."
        )


def possible_assessors(region_id: int):
    """Active holders of the role there who see nobody else's marks."""
    people = User.objects.holding(Role.ASSESSOR, {region_id})
    for role in sorted(READERS):
        people = people.exclude(pk__in=User.objects.holding(role, {region_id}).values("pk"))
    return people


def give_together(
    pairs: Iterable[tuple[Application, int]], plan: AssignmentPlan, *, by: User, at: datetime
) -> list[Assessment]:
    """Give many applications out in few statements, as a plan shows them, and tell each assessor once.

    pairs  locked applications, read with their competition, and the ids of assessors that were
           found to be free, ready and without a conflict under the same lock

    Raises a kind of AssignmentRefused and writes nothing.
    """
    pairs = list(pairs)
    applications = {application.pk: application for application, _ in pairs}
    independence.check([by], applications, by=by, refusal=OwnOrganisation)
    for application in applications.values():
        _check_ready(application, at)
        if application.status == Status.SUBMITTED:
            progress.move_on(application, workflow.ASSESS, by=by, at=at)
    given = Assessment.objects.bulk_create(
        [
            Assessment(
                application=application,
                assessor_id=assessor,
                given_by=by,
                given_at=at,
                answer_by=offers.answer_by(plan.competition, at),
            )
            for application, assessor in pairs
        ]
    )
    taken_back.take_up(given)
    Competition.objects.filter(pk=plan.competition_id, stage=Stage.PUBLISHED).update(
        stage=Stage.IN_ASSESSMENT
    )
    counts = Counter(assessor for _, assessor in pairs)
    people = User.objects.in_bulk(counts)
    outbox.post_all(
        ASSESSMENTS_GIVEN,
        (
            Post(people[pk], plan.pk, cause=f"plan {plan.pk}: person {pk}", facts={"given": count})
            for pk, count in counts.items()
        ),
        subject_word="plan",
        at=at,
    )
    logger.info("applications given out by a plan", extra={"plan": plan.pk, "given": len(given)})
    return given
