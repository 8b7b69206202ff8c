"""What assessors are told where an organisation leaves an application that they assess."""

from accounts.letters import Button, Facts, Placeholder, Values
from accounts.models import Notification, User
from accounts.wording import Example, Kind
from applications.assessment_notices import (
    BECAUSE_ASSESSOR,
    assessment_of,
    competition_of_assessment,
    latest_assessments,
    latest_in,
    look_up_all,
    sees_assessment,
)
from applications.leaving import ASSESSED_LEAD_LEFT, ASSESSED_PARTICIPANT_LEFT
from applications.leaving_notices import FOLLOWS, departure_of, follows
from applications.models import Assessment, AssessmentStatus, Departure
from applications.notice_parts import COMPETITION, FACTS, PROJECT, REFERENCE, common, naming, page
from applications.retraction_notices import is_withdrawn, was_to_assess


def lead_left(notification: Notification) -> Values:
    application = assessment_of(notification).application
    left = Departure.objects.filter(participant__application=application).order_by("-pk").first()
    rows = (("Left", left.participant.name),) if left else ()
    return {**common(application), "facts": Facts((*naming(application), *rows))}


def participant_left(notification: Notification) -> Values:
    assessment, departure = assessment_of(notification), notification.looked_up(departure_of)
    application = assessment.application
    return {
        **common(application),
        "what_follows": follows(departure),
        "facts": Facts((*naming(application), ("Left", departure.participant.name))),
        "assessment_button": Button("Go to your assessment", _page_of(assessment)),
    }


def _page_of(assessment: Assessment) -> str:
    name = "offer" if assessment.is_offered else "score"
    return page(f"admin:applications_assessment_{name}", assessment.pk)


def latest_withdrawn(viewer: User, scope: str) -> list[Example]:
    return latest_in({AssessmentStatus.WITHDRAWN}, viewer, scope)


def latest_left(viewer: User, scope: str) -> list[Example]:
    """Assessments of applications that somebody left, with that departure."""
    found = {one.subject_id: one for one in latest_assessments(viewer, scope)}
    rows = Departure.objects.filter(participant__application__assessments__in=found)
    pairs = rows.order_by("pk").values_list("participant__application__assessments", "pk")
    last = dict(pairs)
    return [Example(pk, one.label, {"departure": last[pk]}) for pk, one in found.items() if pk in last]


KINDS = (
    Kind(
        name=ASSESSED_LEAD_LEFT,
        title="An application you assess ended when its lead left",
        to="its assessors who have not submitted their assessment",
        when="at once, when the office records that its lead left and nobody takes the lead",
        subject_word="assessment",
        placeholders=(REFERENCE, PROJECT, COMPETITION, FACTS),
        values=lead_left,
        examples=latest_assessments,
        because=BECAUSE_ASSESSOR,
        still_true=is_withdrawn,
        may_read=was_to_assess,
        look_up_all=look_up_all,
        scope=competition_of_assessment,
        may_wait=True,
    ),
    Kind(
        name=ASSESSED_PARTICIPANT_LEFT,
        title="An organisation left an application you assess",
        to="its assessors, to whom it is offered or who have it",
        when="at once, when the office records that one left and the application goes on",
        subject_word="assessment",
        placeholders=(
            REFERENCE,
            PROJECT,
            COMPETITION,
            FACTS,
            FOLLOWS,
            Placeholder("assessment_button", "the link to their assessment", is_block=True),
        ),
        values=participant_left,
        examples=latest_left,
        because=BECAUSE_ASSESSOR,
        still_true=sees_assessment,
        may_read=sees_assessment,
        look_up_all=look_up_all,
        scope=competition_of_assessment,
        may_wait=True,
    ),
)
