"""What people are told when an application is taken back, by those who wrote it or from its assessor."""

from datetime import datetime

from django.db.models import Max

from accounts import formats
from accounts.letters import Button, Facts, Placeholder, Values
from accounts.models import Notification, User
from accounts.roles import Role
from accounts.wording import Example, Kind
from applications.assessment.declining import ASSESSMENT_TAKEN_BACK
from applications.assessment_notices import (
    BECAUSE_ASSESSOR,
    assessment_of,
    competition_of_assessment,
    latest_assessments,
    look_up_all,
)
from applications.models import Application, AssessmentStatus
from applications.notice_parts import (
    BECAUSE_EDITOR,
    COMPETITION,
    FACTS,
    PROJECT,
    REFERENCE,
    TO_EDITORS,
    application_of,
    common,
    competition_of,
    latest,
    naming,
    page,
    sees_application,
)

APPLICATION_REOPENED = "application_reopened"
APPLICATION_WITHDRAWN = "application_withdrawn"
ASSESSMENT_WITHDRAWN = "assessment_withdrawn"


def reopened(notification: Notification) -> Values:
    application = application_of(notification)
    return {
        **common(application),
        "who": _who(notification),
        "close": formats.local_time(application.competition.closes_at),
        "facts": Facts((*naming(application), ("Reopened", formats.local_time(notification.happened_at)))),
        "application_button": Button(
            "Go to the application", page("applications:detail", application.reference)
        ),
    }


def _who(notification: Notification) -> str:
    """Whose deed it was, as a sentence begins."""
    by = notification.facts.get("by")
    if by == notification.recipient_id:
        return "You"
    person = User.objects.filter(pk=by).first()
    return str(person) if person else "Somebody of your organisation"


def is_reopened(notification: Notification) -> bool:
    """Nobody is warned of what has been submitted again; reopened once more, it is told anew."""
    application = application_of(notification)
    last = application.status_changes.aggregate(at=Max("made_at"))["at"]
    return application.is_draft and last in (None, notification.happened_at)


def withdrawn(notification: Notification) -> Values:
    application = application_of(notification)
    at = notification.facts.get("withdrawn_at")
    when = datetime.fromisoformat(at) if at else notification.happened_at
    rows = (*naming(application), ("Withdrawn", formats.local_time(when)))
    return {**common(application), "facts": Facts(rows)}


def assessment_withdrawn(notification: Notification) -> Values:
    application = assessment_of(notification).application
    return {**common(application), "facts": Facts(naming(application))}


def is_withdrawn(notification: Notification) -> bool:
    assessment = assessment_of(notification)
    return assessment is not None and assessment.status == AssessmentStatus.WITHDRAWN


def was_to_assess(notification: Notification) -> bool:
    """Whether its reader assesses for that region and had been given this: what was withdrawn is closed
    to its assessors, and that it was they may know."""
    assessment, person = assessment_of(notification), notification.recipient
    if assessment is None or assessment.assessor_id != person.pk:
        return False
    return Role.ASSESSOR in person.roles_in(assessment.application.competition.region_id)


def latest_changed(viewer: User, scope: str) -> list[Example]:
    """Each with the moment of its last change, as if that had been this one."""
    found = latest(Application.objects.visible_to(viewer), scope, "-started_at")
    rows = Application.objects.filter(pk__in=[one.subject_id for one in found])
    changed = rows.values_list("pk", "started_at", "started_by").annotate(last=Max("status_changes__made_at"))
    facts = {pk: {"at": (last or began).isoformat(), "by": by} for pk, began, by, last in changed}
    return [Example(one.subject_id, one.label, facts[one.subject_id]) for one in found]


KINDS = (
    Kind(
        name=APPLICATION_REOPENED,
        title="Reopened: it must be submitted again",
        to=TO_EDITORS,
        when="at once, when one of them reopens it to change it",
        subject_word="application",
        placeholders=(
            REFERENCE,
            PROJECT,
            COMPETITION,
            FACTS,
            Placeholder(
                "who", "who reopened it, as a sentence begins: “You”, or a name", invented="Ada King"
            ),
            Placeholder("close", "the moment at which the competition closes", is_required=True),
            Placeholder("application_button", "the link to the application", is_block=True, is_required=True),
        ),
        values=reopened,
        examples=latest_changed,
        because=BECAUSE_EDITOR,
        still_true=is_reopened,
        may_read=sees_application,
        scope=competition_of,
        required_by="It is not an entry any more until somebody submits it again.",
    ),
    Kind(
        name=APPLICATION_WITHDRAWN,
        title="Application withdrawn",
        to=TO_EDITORS,
        when="at once, when one of them withdraws it",
        subject_word="application",
        placeholders=(REFERENCE, PROJECT, COMPETITION, FACTS),
        values=withdrawn,
        examples=latest_changed,
        because=BECAUSE_EDITOR,
        may_read=sees_application,
        scope=competition_of,
        required_by="It cannot be brought back, and those who wrote it must know.",
    ),
    Kind(
        name=ASSESSMENT_WITHDRAWN,
        title="An application you assess was withdrawn",
        to="its assessors who have not submitted their assessment",
        when="when its applicant withdraws it",
        subject_word="assessment",
        placeholders=(REFERENCE, PROJECT, COMPETITION, FACTS),
        values=assessment_withdrawn,
        examples=latest_assessments,
        because=BECAUSE_ASSESSOR,
        still_true=is_withdrawn,
        may_read=was_to_assess,
        look_up_all=look_up_all,
        scope=competition_of_assessment,
        may_wait=True,
    ),
    Kind(
        name=ASSESSMENT_TAKEN_BACK,
        title="An application is not yours to assess any more",
        to="its assessor, who had been told of it",
        when="when a competition manager takes the assessment back, or finds its application ineligible",
        subject_word="assessment",
        placeholders=(REFERENCE, PROJECT, COMPETITION, FACTS),
        values=assessment_withdrawn,
        examples=latest_assessments,
        because=BECAUSE_ASSESSOR,
        still_true=is_withdrawn,
        may_read=was_to_assess,
        look_up_all=look_up_all,
        scope=competition_of_assessment,
        may_wait=True,
    ),
)
