"""Giving a submitted assessment back to its assessor, who changes it and submits it again."""

import logging
from collections.abc import Callable
from datetime import datetime

from accounts import audit, outbox
from accounts.models import NOTED, User
from accounts.refusals import Refusal
from accounts.roles import Role
from applications import word_count
from applications.assessment import conflicts, independence, turns, versions
from applications.models import Application, Assessment, AssessmentReopening, AssessmentStatus
from applications.workflow import Status

logger = logging.getLogger(__name__)

ASSESSMENT_REOPENED = "assessment_reopened"

#: Words allowed in the reason.
WORD_LIMIT = 100

#: Filled by the apps above: what has been built on the marks of an application, in a sentence; empty
#: where nothing has.
bound_by: list[Callable[[Application], str]] = []


class ReopeningRefused(Refusal):
    """The assessment stays submitted; the message says why."""


class NotAManager(ReopeningRefused):
    """Only a competition manager of its region reopens an assessment."""


class OwnOrganisation(independence.OwnOrganisation, ReopeningRefused):
    """The manager belongs to an organisation that takes part in the application."""


class InConflict(conflicts.InConflict, ReopeningRefused):
    """A conflict of interest that was found since keeps the assessor from the application."""


class NotSubmitted(ReopeningRefused):
    """There is nothing to reopen."""


class MarksExcluded(ReopeningRefused):
    """An exclusion of its marks waits or is in force, which is of what was submitted."""


class TooLate(ReopeningRefused):
    """Something was decided, or proposed, by its marks."""


class ReasonMissing(ReopeningRefused):
    """No reason, or too long a one."""


@audit.action("reopen assessment")
def reopen(assessment: Assessment, reason: str, *, by: User, at: datetime) -> Assessment:
    """Unlock what was submitted, keep it as a version, and tell its assessor why.

    From then on it counts no more, until it is submitted again.

    Raises a kind of ReopeningRefused and writes nothing.
    """
    assessment = turns.hold(assessment)
    _check(assessment, by)
    _check_reason(reason)
    conflicts.check(assessment.assessor, assessment.application, at=at, refusal=InConflict)
    kept = versions.keep(assessment)
    AssessmentReopening.objects.create(version=kept, reason=reason.strip(), made_by=by, made_at=at)
    assessment.status = AssessmentStatus.OPEN
    assessment.submitted_at = None
    assessment.note_save(by=by, at=at)
    assessment.save(update_fields=["status", "submitted_at", *NOTED])
    audit.note(
        before={
            "status": AssessmentStatus.SUBMITTED,
            "version": kept.number,
            "fingerprint": kept.fingerprint,
        },
        after={"status": AssessmentStatus.OPEN},
    )
    outbox.post(
        ASSESSMENT_REOPENED,
        to=assessment.assessor,
        subject_word="assessment",
        subject_id=assessment.pk,
        cause=f"assessment {assessment.pk} reopened: version {kept.number}",
        at=at,
    )
    logger.info("assessment reopened", extra={"assessment": assessment.pk})
    return assessment


def is_reopenable(assessment: Assessment, by: User) -> bool:
    """Whether ``reopen`` would take it with a reason."""
    try:
        _check(assessment, by)
    except ReopeningRefused:
        return False
    return True


def _check(assessment: Assessment, by: User) -> None:
    application = assessment.application
    if Role.MANAGER not in by.roles_in(application.competition.region_id):
        raise NotAManager(f"Only a {Role.MANAGER} may reopen an assessment.")
    if not assessment.is_submitted:
        status = assessment.get_status_display().lower()
        raise NotSubmitted(f"This assessment is {status}; only a submitted one is reopened.")
    if application.status != Status.IN_ASSESSMENT:
        status = application.get_status_display().lower()
        raise TooLate(f"This application is {status}; its assessments stay as they are.")
    for bound in bound_by:
        if why := bound(application):
            raise TooLate(why)
    if assessment.exclusions.waiting_or_in_force().exists():
        raise MarksExcluded(
            "Marks of this assessment are excluded, or that is proposed. Refuse or lift it first: other "
            "marks would stand where it was found."
        )
    independence.check([by], [application.pk], by=by, refusal=OwnOrganisation)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing("Enter why you reopen the assessment")
    words = word_count.count(reason)
    if words > WORD_LIMIT or len(reason) > word_count.most_letters(WORD_LIMIT):
        raise ReasonMissing(f"The reason must be {WORD_LIMIT} words or fewer; it has {words}")
