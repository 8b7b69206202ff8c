"""What those who give applications out are told of the answers to them."""

from accounts.letters import Button, Facts, Placeholder, Values
from accounts.models import Notification, User
from accounts.office_notices import BECAUSE_STAFF
from accounts.wording import Example, Kind
from applications.assessment.offers import ASSESSMENT_ACCEPTED, ASSESSMENT_UNANSWERED
from applications.assessment_notices import (
    assessment_of,
    competition_of_assessment,
    latest_in,
    look_up_all,
    sees_assessment,
)
from applications.models import AssessmentStatus
from applications.notice_parts import COMPETITION, FACTS, PROJECT, REFERENCE, common, naming, page
from applications.workflow import ASSESSOR_READS


def accepted(notification: Notification) -> Values:
    return _values(notification, "Accepted by", "See who assesses it")


def unanswered(notification: Notification) -> Values:
    return _values(notification, "Not answered by", "Give it to somebody else")


def _values(notification: Notification, what: str, button: str) -> Values:
    assessment = assessment_of(notification)
    application, assessor = assessment.application, str(assessment.assessor)
    return {
        **common(application),
        "assessor": assessor,
        "facts": Facts((*naming(application), (what, assessor))),
        "application_button": Button(button, page("admin:applications_application_change", application.pk)),
    }


def is_accepted(notification: Notification) -> bool:
    assessment = assessment_of(notification)
    return assessment is not None and assessment.status in ASSESSOR_READS


def is_unanswered(notification: Notification) -> bool:
    assessment = assessment_of(notification)
    return assessment is not None and assessment.status == AssessmentStatus.EXPIRED


def latest_accepted(viewer: User, scope: str) -> list[Example]:
    return latest_in(ASSESSOR_READS, viewer, scope)


def latest_unanswered(viewer: User, scope: str) -> list[Example]:
    return latest_in({AssessmentStatus.EXPIRED}, viewer, scope)


def _kind(name: str, title: str, when: str, *, values, still_true, examples) -> Kind:
    return Kind(
        name=name,
        title=title,
        to="competition managers of its region",
        when=when,
        subject_word="assessment",
        placeholders=(
            REFERENCE,
            PROJECT,
            COMPETITION,
            Placeholder("assessor", "the assessor's name"),
            FACTS,
            Placeholder("application_button", "the link to the application in the office", is_block=True),
        ),
        values=values,
        examples=examples,
        because=BECAUSE_STAFF,
        still_true=still_true,
        may_read=sees_assessment,
        look_up_all=look_up_all,
        scope=competition_of_assessment,
        may_wait=True,
    )


KINDS = (
    _kind(
        ASSESSMENT_ACCEPTED,
        "An assessment was accepted",
        "at once, when an assessor accepts it",
        values=accepted,
        still_true=is_accepted,
        examples=latest_accepted,
    ),
    _kind(
        ASSESSMENT_UNANSWERED,
        "An assessor has not answered",
        "within a quarter of an hour, when the time to accept it is over",
        values=unanswered,
        still_true=is_unanswered,
        examples=latest_unanswered,
    ),
)
