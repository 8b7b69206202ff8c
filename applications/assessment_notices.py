"""What assessors are told of the applications they were given."""

from collections.abc import Sequence, Set

from accounts.letters import Button, Facts, Placeholder, Values
from accounts.models import Notification, User
from accounts.office_notices import BECAUSE_STAFF
from accounts.wording import OFFERED, Example, Kind
from applications.assessment import declining
from applications.assessment.reopening import ASSESSMENT_REOPENED
from applications.models import Assessment, AssessmentReopening, AssessmentStatus
from applications.notice_parts import COMPETITION, FACTS, PROJECT, REFERENCE, called, common, naming, page

ASSESSMENT_GIVEN = "assessment_given"

#: Told in ``plan_notices``: many of them at once.
ASSESSMENTS_GIVEN = "assessments_given"

BECAUSE_ASSESSOR = "You get this email because you are an assessor on Launchpad."


def assessment_of(notification: Notification) -> Assessment | None:
    """The assessment, or None where it was taken back."""
    return notification.looked_up(_assessment)


def _assessment(notification: Notification) -> Assessment | None:
    rows = Assessment.objects.select_related("application__competition")
    return rows.filter(pk=notification.subject_id).first()


def _is_visible(notification: Notification) -> bool:
    visible = Assessment.objects.visible_to(notification.recipient)
    return visible.filter(pk=notification.subject_id).exists()


def look_up_all(notifications: Sequence[Notification]) -> None:
    """A manager gives twenty applications out in one go, and one summary tells of them all."""
    ids = {one.subject_id for one in notifications}
    found = Assessment.objects.select_related("application__competition", "assessor").in_bulk(ids)
    readers = {one.recipient_id: one.recipient for one in notifications}
    visible = {
        pk: set(Assessment.objects.visible_to(reader).filter(pk__in=ids).values_list("pk", flat=True))
        for pk, reader in readers.items()
    }
    for one in notifications:
        one.keep(_assessment, found.get(one.subject_id))
        one.keep(_is_visible, one.subject_id in visible[one.recipient_id])


def assessment_given(notification: Notification) -> Values:
    assessment = assessment_of(notification)
    address = page("admin:applications_assessment_offer", assessment.pk)
    return {
        **common(assessment.application),
        "facts": Facts(naming(assessment.application)),
        "scoring_button": Button("See the summary and answer", address),
    }


def assessment_declined(notification: Notification) -> Values:
    assessment = assessment_of(notification)
    application = assessment.application
    said = (("What they added", assessment.end_comment),) if assessment.end_comment else ()
    reason = str(assessment.get_decline_reason_display())
    declined = (("Declined by", str(assessment.assessor)), ("Why", reason), *said)
    return {
        **common(application),
        "assessor": str(assessment.assessor),
        "facts": Facts((*naming(application), *declined)),
        "application_button": Button(
            "Give it to somebody else", page("admin:applications_application_change", application.pk)
        ),
    }


def assessment_reopened(notification: Notification) -> Values:
    assessment = assessment_of(notification)
    reopening = (
        AssessmentReopening.objects.filter(version__assessment=assessment).order_by("-made_at").first()
    )
    why = (("Why", reopening.reason),) if reopening else ()
    return {
        **common(assessment.application),
        "facts": Facts((*naming(assessment.application), *why)),
        "scoring_button": Button(
            "Change it and submit it again", page("admin:applications_assessment_score", assessment.pk)
        ),
    }


def is_declined(notification: Notification) -> bool:
    assessment = assessment_of(notification)
    return assessment is not None and assessment.status == AssessmentStatus.REJECTED


def assessment_is_open(notification: Notification) -> bool:
    """Nobody is invited to what was taken back or is done."""
    assessment = assessment_of(notification)
    return assessment is not None and (assessment.is_offered or assessment.is_scorable)


def sees_assessment(notification: Notification) -> bool:
    return notification.looked_up(_is_visible)


def competition_of_assessment(notification: Notification) -> str:
    return assessment_of(notification).application.competition.code


def latest_assessments(viewer: User, scope: str) -> list[Example]:
    return _latest(Assessment.objects.visible_to(viewer), scope)


def latest_declined(viewer: User, scope: str) -> list[Example]:
    return latest_in({AssessmentStatus.REJECTED}, viewer, scope)


def latest_in(statuses: Set[str], viewer: User, scope: str) -> list[Example]:
    return _latest(Assessment.objects.visible_to(viewer).filter(status__in=statuses), scope)


def _latest(assessments, scope: str) -> list[Example]:
    visible = assessments.select_related("application", "assessor")
    of_scope = visible.filter(application__competition__code=scope) if scope else visible
    rows = of_scope.order_by("-given_at", "-pk")[:OFFERED]
    return [Example(row.pk, f"{called(row.application)}: {row.assessor}") for row in rows]


KINDS = (
    Kind(
        name=ASSESSMENT_GIVEN,
        title="An application to assess",
        to="the assessor",
        when="when a competition manager gives them the application",
        subject_word="assessment",
        placeholders=(
            REFERENCE,
            PROJECT,
            COMPETITION,
            FACTS,
            Placeholder(
                "scoring_button", "the link to the page on which they answer", is_block=True, is_required=True
            ),
        ),
        values=assessment_given,
        examples=latest_assessments,
        because=BECAUSE_ASSESSOR,
        still_true=assessment_is_open,
        may_read=sees_assessment,
        look_up_all=look_up_all,
        scope=competition_of_assessment,
        may_wait=True,
    ),
    Kind(
        name=ASSESSMENT_REOPENED,
        title="An assessment was reopened",
        to="its assessor",
        when="at once, when a competition manager reopens what they had submitted",
        subject_word="assessment",
        placeholders=(
            REFERENCE,
            PROJECT,
            COMPETITION,
            FACTS,
            Placeholder("scoring_button", "the link to the scoring page", is_block=True, is_required=True),
        ),
        values=assessment_reopened,
        examples=latest_assessments,
        because=BECAUSE_ASSESSOR,
        still_true=assessment_is_open,
        may_read=sees_assessment,
        look_up_all=look_up_all,
        scope=competition_of_assessment,
        may_wait=True,
    ),
    Kind(
        name=declining.ASSESSMENT_DECLINED,
        title="An assessment was declined",
        to="competition managers of its region",
        when="at once, when an assessor declines it",
        subject_word="assessment",
        placeholders=(
            REFERENCE,
            PROJECT,
            COMPETITION,
            Placeholder("assessor", "the assessor's name"),
            FACTS,
            Placeholder("application_button", "the link to the application in the office", is_block=True),
        ),
        values=assessment_declined,
        examples=latest_declined,
        because=BECAUSE_STAFF,
        still_true=is_declined,
        may_read=sees_assessment,
        look_up_all=look_up_all,
        scope=competition_of_assessment,
        may_wait=True,
    ),
)
