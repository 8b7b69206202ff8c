"""Assessments that end without a result: declined by the assessor, or taken back by a manager."""

import logging
from datetime import datetime

from accounts import audit, outbox
from accounts.models import NOTED, User
from accounts.refusals import Refusal
from accounts.roles import Role
from applications import audience, word_count
from applications.assessment import conflicts, turns
from applications.models import Assessment, AssessmentStatus
from applications.workflow import DeclineReason

logger = logging.getLogger(__name__)

ASSESSMENT_DECLINED, ASSESSMENT_TAKEN_BACK = "assessment_declined", "assessment_taken_back"

#: Words allowed in the comment and in the manager's reason.
WORD_LIMIT = 100


class EndingRefused(Refusal):
    """The assessment goes on as it is; the message says why."""


class NotTheAssessor(EndingRefused):
    """Only the assessor it is given to declines an assessment."""


class NotAManager(EndingRefused):
    """Only a competition manager of its region takes an assessment back."""


class AlreadyOver(EndingRefused):
    """It is submitted, declined or taken back."""

    def __init__(self, assessment: Assessment):
        status = assessment.get_status_display().lower()
        super().__init__(f"This assessment is {status}; nothing can be changed about that.")


class ReasonMissing(EndingRefused):
    """No reason, or none of those there are."""


class TooLong(EndingRefused):
    def __init__(self, name: str, words: int):
        super().__init__(f"{name} must be {WORD_LIMIT} words or fewer; it has {words}")


@audit.action("decline assessment")
def decline(assessment: Assessment, reason: str, comment: str = "", *, by: User, at: datetime) -> Assessment:
    """End the assessment for a reason of the assessor's, and tell whoever gives them out.

    The saved marks stay, and never count. A conflict of interest keeps the two apart for good.

    Raises a kind of EndingRefused and writes nothing.
    """
    assessment = turns.hold(assessment)
    is_assessor = Role.ASSESSOR in by.roles_in(assessment.application.competition.region_id)
    if assessment.assessor_id != by.pk or not is_assessor:
        raise NotTheAssessor("Only the assessor it is given to can decline an assessment.")
    if not (assessment.is_offered or assessment.is_scorable):
        raise AlreadyOver(assessment)
    if reason not in DeclineReason.values:
        raise ReasonMissing("Select why you cannot assess this application")
    _check_length("The comment", comment)
    assessment.decline_reason = reason
    ended = _ended(assessment, AssessmentStatus.REJECTED, comment, by=by, at=at)
    if reason == DeclineReason.CONFLICT:
        conflicts.declare(ended, by=by, at=at)
    tell_managers(ended, ASSESSMENT_DECLINED, "declined", at)
    return ended


def tell_managers(assessment: Assessment, kind: str, word: str, at: datetime) -> None:
    """Tell those who give applications out there what became of one."""
    for person in audience.staff_of(assessment.application.competition, Role.MANAGER).order_by("pk"):
        outbox.post(
            kind,
            to=person,
            subject_word="assessment",
            subject_id=assessment.pk,
            cause=f"assessment {assessment.pk} {word}: person {person.pk}",
            at=at,
        )


@audit.action("withdraw assessment")
def take_back(assessment: Assessment, reason: str, *, by: User, at: datetime) -> Assessment:
    """End an assessment that somebody still owes and tell them; the reason is read by staff alone.

    Raises a kind of EndingRefused and writes nothing.
    """
    assessment = turns.hold(assessment)
    if Role.MANAGER not in by.roles_in(assessment.application.competition.region_id):
        raise NotAManager(f"Only a {Role.MANAGER} may take an assessment back.")
    if not assessment.is_owed:
        raise AlreadyOver(assessment)
    if not reason.strip():
        raise ReasonMissing("Enter why you take the assessment back")
    _check_length("The reason", reason)
    # One that was only prepared has not been heard of.
    was_given = assessment.status != AssessmentStatus.CREATED
    ended = _ended(assessment, AssessmentStatus.WITHDRAWN, reason, by=by, at=at)
    if was_given:
        outbox.post(
            ASSESSMENT_TAKEN_BACK,
            to=ended.assessor,
            subject_word="assessment",
            subject_id=ended.pk,
            cause=f"assessment {ended.pk} taken back",
            at=at,
        )
    return ended


def _check_length(name: str, text: str) -> None:
    words = word_count.count(text)
    if words > WORD_LIMIT or len(text) > word_count.most_letters(WORD_LIMIT):
        raise TooLong(name, words)


def _ended(
    assessment: Assessment, status: AssessmentStatus, comment: str, *, by: User, at: datetime
) -> Assessment:
    before = assessment.status
    assessment.status = status
    assessment.end_comment = comment.strip()
    assessment.ended_at = at
    assessment.note_save(by=by, at=at)
    assessment.save(update_fields=["status", "decline_reason", "end_comment", "ended_at", *NOTED])
    audit.note(before={"status": before}, after={"status": status, "reason": assessment.decline_reason})
    logger.info("assessment ended without a result", extra={"assessment": assessment.pk})
    return assessment
