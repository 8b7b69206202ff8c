"""An application offered to an assessor: accepted by them, or over when nobody has answered in time."""

import logging
from datetime import datetime, time, timedelta

from accounts import audit, london, working_days
from accounts.formats import local_day
from accounts.models import NOTED, User
from accounts.refusals import Refusal
from accounts.roles import Role
from applications.assessment import conflicts, declarations, declining, independence
from applications.models import Assessment, AssessmentStatus, Competition
from applications.workflow import Status

logger = logging.getLogger(__name__)

ASSESSMENT_ACCEPTED, ASSESSMENT_UNANSWERED = "assessment_accepted", "assessment_unanswered"

#: So many are ended in one run of the job; the next sees to the rest.
AT_ONCE = 500


class OfferRefused(Refusal):
    """The offer is not accepted; the message says why."""


class NotOffered(OfferRefused):
    """It is not this person's to accept, was answered already, or is no longer being assessed."""


class TooLate(OfferRefused):
    """The time to answer is over."""


class ConflictNotDenied(OfferRefused):
    """The assessor has not said that they have no conflict of interest."""


class NotReady(OfferRefused):
    """The assessor's declaration or agreement has lapsed or was changed since the offer was made."""


class InConflict(conflicts.InConflict, OfferRefused):
    """Something ties the assessor to the application."""

    def told_to(self, person) -> str:
        return (
            "The programme office has to look at this application first, because of a conflict of interest."
        )


class OwnOrganisation(independence.OwnOrganisation, OfferRefused):
    """The assessor belongs to an organisation that takes part in the application."""


def answer_by(competition: Competition, at: datetime) -> datetime:
    """Return the first moment at which an offer made at ``at`` stands no more.

    The assessor has the competition's number of working days and answers by the end of the last: of
    five, what is offered on a Monday stands to midnight of the next Monday.
    """
    last = working_days.after(london.day_of(at), competition.answer_days)
    return london.moment_of(datetime.combine(last + timedelta(days=1), time()))


@audit.action("accept assessment")
def accept(assessment: Assessment, *, has_no_conflict: bool, by: User, at: datetime) -> Assessment:
    """Take the assessment on, which opens the text of the application; whoever gives them out is told.

    has_no_conflict  that the assessor says so, having seen the summary

    Raises a kind of OfferRefused and writes nothing.
    """
    assessment = _locked(assessment)
    application = assessment.application
    is_assessor = Role.ASSESSOR in by.roles_in(application.competition.region_id)
    if assessment.assessor_id != by.pk or not is_assessor or application.status != Status.IN_ASSESSMENT:
        raise NotOffered("This application is not offered to you.")
    if not assessment.is_offered:
        raise NotOffered(f"This assessment is {assessment.get_status_display().lower()} already.")
    if assessment.answer_by and at >= assessment.answer_by:
        raise TooLate("The time to answer is over. The programme office may offer it to somebody else.")
    if not has_no_conflict:
        raise ConflictNotDenied("Confirm that you have no conflict of interest, or decline")
    independence.check([by], [application.pk], by=by, refusal=OwnOrganisation)
    if declarations.missing(by, london.day_of(at)):
        raise NotReady("Renew your declaration and accept the agreement on your profile, then accept this.")
    conflicts.check(by, application, at=at, refusal=InConflict)
    assessment.accepted_at = at
    _move(assessment, AssessmentStatus.ACCEPTED, "accepted_at", by=by, at=at)
    declining.tell_managers(assessment, ASSESSMENT_ACCEPTED, "accepted", at)
    return assessment


@audit.action("expire offer")
def expire(assessment: Assessment, *, by: User | None = None, at: datetime) -> Assessment:
    """End an offer whose time is over and tell whoever gives them out. Raises NotOffered."""
    assessment = _locked(assessment)
    if not assessment.is_offered or not assessment.answer_by or at < assessment.answer_by:
        raise NotOffered("This offer was answered, or its time is not over.")
    assessment.ended_at = at
    _move(assessment, AssessmentStatus.EXPIRED, "ended_at", by=by, at=at)
    declining.tell_managers(assessment, ASSESSMENT_UNANSWERED, "not answered", at)
    return assessment


def expire_due(*, at: datetime) -> str:
    """End every offer whose time is over; one that is answered meanwhile is left."""
    ended = 0
    for assessment in Assessment.objects.not_answered_by(at).order_by("answer_by", "pk")[:AT_ONCE]:
        try:
            expire(assessment, at=at)
        except NotOffered:
            continue
        ended += 1
    return f"{ended} offers were not answered in time" if ended else "Every offer has time left"


def by_when(assessment: Assessment) -> str:
    """The last day on which it may be accepted, in words; "" where there is none."""
    if assessment.answer_by is None:
        return ""
    return local_day(assessment.answer_by - timedelta(seconds=1))


def _locked(assessment: Assessment) -> Assessment:
    return (
        Assessment.objects.select_for_update(of=("self",))
        .select_related("application__competition", "assessor")
        .get(pk=assessment.pk)
    )


def _move(assessment: Assessment, status: AssessmentStatus, when: str, *, by: User | None, at: datetime):
    before, assessment.status = assessment.status, status
    assessment.note_save(by=by, at=at)
    assessment.save(update_fields=["status", when, *NOTED])
    audit.note(before={"status": before}, after={"status": status})
    logger.info("offer ended", extra={"assessment": assessment.pk, "status": status})
