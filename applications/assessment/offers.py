"""An application offered to an assessor: accepted by them, or over when nobody has answered in time."""

import logging
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, time, timedelta

from accounts import audit, london, outbox, working_days
from accounts.formats import local_day
from accounts.models import NOTED, User
from accounts.refusals import Refusal
from accounts.roles import Role
from applications import audience
from applications.assessment import conflicts, declarations, declining, independence, turns
from applications.models import Assessment, AssessmentStatus, Competition
from applications.workflow import Status

logger = logging.getLogger(__name__)

ASSESSMENT_ACCEPTED, ASSESSMENT_UNANSWERED = "assessment_accepted", "assessment_unanswered"
#: Of several that one assessor accepted at once.
ASSESSMENTS_ACCEPTED = "assessments_accepted"
OFFERS_END_SOON, OFFERS_ENDED = "offers_end_soon", "offers_ended"

#: How long before an offer ends, at midnight, its assessor is reminded: at 9:00 on the last day to answer
#: and on the day before. The last one stands first.
BEFORE = (timedelta(hours=15), timedelta(hours=39))

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
def accept(
    assessment: Assessment, *, has_no_conflict: bool, tells: bool = True, by: User, at: datetime
) -> Assessment:
    """Take the assessment on, which opens the text of the application; whoever gives them out is told.

    has_no_conflict  that the assessor says so, having seen the summary
    tells            False where the caller goes on to ``tell_accepted`` of several

    Raises a kind of OfferRefused and writes nothing.
    """
    assessment = turns.hold(assessment)
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
    if tells:
        tell_accepted([assessment], at=at)
    return assessment


def tell_accepted(accepted: Iterable[Assessment], *, at: datetime) -> None:
    """Tell those who give applications out; of several in one competition once, with all of them."""
    by_competition: dict[int, list[Assessment]] = defaultdict(list)
    for one in accepted:
        by_competition[one.application.competition_id].append(one)
    for found in by_competition.values():
        if len(found) == 1:
            declining.tell_managers(found[0], ASSESSMENT_ACCEPTED, "accepted", at)
        else:
            _tell_of_several(found, at)


def _tell_of_several(accepted: list[Assessment], at: datetime) -> None:
    competition = accepted[0].application.competition
    ids = sorted(one.pk for one in accepted)
    posts = [
        outbox.Post(
            person,
            competition.pk,
            f"assessments {ids[0]} to {ids[-1]} accepted at {at:%Y-%m-%dT%H:%M:%S.%fZ}: person {person.pk}",
            {"assessments": ids},
        )
        for person in audience.staff_of(competition, Role.MANAGER).order_by("pk")
    ]
    outbox.post_all(ASSESSMENTS_ACCEPTED, posts, subject_word="competition", at=at)


@audit.action("expire offer")
def expire(assessment: Assessment, *, by: User | None = None, at: datetime) -> Assessment:
    """End an offer whose time is over and tell its assessor and whoever gives them out.

    What ends at one moment for one assessor in a competition is told them once.

    Raises NotOffered.
    """
    assessment = turns.hold(assessment)
    if not assessment.is_offered or not assessment.answer_by or at < assessment.answer_by:
        raise NotOffered("This offer was answered, or its time is not over.")
    assessment.ended_at = at
    _move(assessment, AssessmentStatus.EXPIRED, "ended_at", by=by, at=at)
    declining.tell_managers(assessment, ASSESSMENT_UNANSWERED, "not answered", at)
    outbox.post_all(OFFERS_ENDED, [_post(assessment, "ended")], subject_word="competition", at=at)
    return assessment


def remind(*, at: datetime) -> str:
    """Remind assessors of offers whose time is nearly over, once at each step; of what ends at one moment
    in a competition they are reminded together. Nobody is reminded of a step before the offer was made.

    Done twice it tells nobody twice.
    """
    soon = Assessment.objects.owed().filter(
        status=AssessmentStatus.PENDING,
        assessor__is_active=True,
        answer_by__gt=at,
        answer_by__lte=at + max(BEFORE),
    )
    posts = {}
    for offer in soon.select_related("application", "assessor").order_by("pk"):
        step = min(before for before in BEFORE if offer.answer_by - before <= at)
        if offer.given_at <= offer.answer_by - step:
            post = _post(offer, f"end in {step.total_seconds() / 3600:.0f} hours")
            posts[post.cause] = post
    posted = outbox.post_all(OFFERS_END_SOON, posts.values(), subject_word="competition", at=at)
    return f"{posted} assessors reminded of offers"


def _post(offer: Assessment, what: str) -> outbox.Post:
    """Of all that end with this one, for its assessor."""
    competition, answer_by = offer.application.competition_id, offer.answer_by
    cause = f"offers of competition {competition} until {answer_by:%Y-%m-%dT%H:%MZ} {what}"
    facts = {"assessor": offer.assessor_id, "answer_by": answer_by.isoformat()}
    return outbox.Post(offer.assessor, competition, f"{cause}: person {offer.assessor_id}", facts)


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


def _move(assessment: Assessment, status: AssessmentStatus, when: str, *, by: User | None, at: datetime):
    before, assessment.status = assessment.status, status
    assessment.note_save(by=by, at=at)
    assessment.save(update_fields=["status", when, *NOTED])
    audit.note(before={"status": before}, after={"status": status})
    logger.info("offer ended", extra={"assessment": assessment.pk, "status": status})
