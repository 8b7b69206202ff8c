"""Giving applications to assessors."""

import logging
from datetime import datetime

from accounts import audit, outbox
from accounts.formats import local_day
from accounts.models import User
from accounts.refusals import Refusal
from accounts.roles import Role
from applications import independence, progress, workflow
from applications.assessment_notices import ASSESSMENT_GIVEN
from applications.models import READERS, Application, Assessment, Competition, Stage
from applications.workflow import AssessmentStatus, Status

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


class AlreadyGiven(AssignmentRefused):
    def __init__(self, assessment: Assessment):
        since = {
            AssessmentStatus.REJECTED: " and declined it. It cannot be given to the same person again",
            AssessmentStatus.WITHDRAWN: " and it was taken back. It cannot be given to the same person again",
        }.get(AssessmentStatus(assessment.status), "")
        super().__init__(
            f"{assessment.assessor} was given this application on {local_day(assessment.given_at)}{since}."
        )
        self.assessment = assessment


class NotReadyForAssessment(AssignmentRefused):
    """The application is a draft, its competition has not closed, or it is decided."""


@audit.action("give application to assessor")
def give(application: Application, assessor: User, *, by: User, at: datetime) -> Assessment:
    """Give the application to an assessor and owe them the notification.

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
    _check_independent(application, assessor, by)

    if application.status == Status.SUBMITTED:
        progress.advance(application.pk, workflow.ASSESS, by=by, at=at)
        Competition.objects.filter(pk=application.competition_id, stage=Stage.PUBLISHED).update(
            stage=Stage.IN_ASSESSMENT
        )
    assessment = Assessment.objects.create(
        application=application, assessor=assessor, given_by=by, given_at=at
    )
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


def _check_independent(application: Application, assessor: User, by: User) -> None:
    roles = assessor.roles_in(application.competition.region_id)
    if not assessor.is_active or Role.ASSESSOR not in roles:
        raise NotAnAssessor(f"{assessor} is not an assessor.")
    if assessor == by or roles & READERS:
        raise NotAnAssessor(f"{assessor} sees every assessor's marks, so cannot assess.")
    independence.check([assessor, by], [application.pk], by=by, refusal=OwnOrganisation)
    earlier = application.assessments.select_related("assessor").filter(assessor=assessor).first()
    if earlier:
        raise AlreadyGiven(earlier)
