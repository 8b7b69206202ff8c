"""What those who give applications out are told of the answers to them."""

from accounts.letters import Button, Facts, Placeholder, Values
from accounts.models import Notification, User
from accounts.office_notices import BECAUSE_STAFF
from accounts.wording import OFFERED, Example, Kind
from applications.assessment.offers import (
    ASSESSMENT_ACCEPTED,
    ASSESSMENT_UNANSWERED,
    ASSESSMENTS_ACCEPTED,
)
from applications.assessment_notices import (
    assessment_of,
    competition_of_assessment,
    latest_in,
    look_up_all,
    sees_assessment,
)
from applications.due_notices import code_of_competition, competition_about
from applications.models import Assessment, AssessmentStatus
from applications.notice_parts import COMPETITION, FACTS, PROJECT, REFERENCE, called, common, naming, page
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


def _several(notification: Notification) -> list[Assessment]:
    """Those that its reader may see and that somebody still has."""
    visible = Assessment.objects.visible_to(notification.recipient).filter(status__in=ASSESSOR_READS)
    rows = visible.filter(pk__in=notification.facts.get("assessments", ()))
    return list(rows.select_related("application", "assessor").order_by("application__reference", "pk"))


def several_accepted(notification: Notification) -> Values:
    found = notification.looked_up(_several)
    board = page("admin:applications_competition_board", notification.subject_id)
    return {
        "competition": str(notification.looked_up(competition_about)),
        "assessor": str(found[0].assessor) if found else "An assessor",
        "number": "1 application" if len(found) == 1 else f"{len(found)} applications",
        "facts": Facts(
            tuple((one.application.reference, one.application.title or "not named yet") for one in found)
        ),
        "board_button": Button("See the progress of assessment", board),
    }


def sees_several(notification: Notification) -> bool:
    return bool(notification.looked_up(_several))


def latest_several(viewer: User, scope: str) -> list[Example]:
    """Each of one assessment: that is enough to see the words."""
    rows = Assessment.objects.visible_to(viewer).filter(status__in=ASSESSOR_READS)
    if scope:
        rows = rows.filter(application__competition__code=scope)
    rows = rows.select_related("application__competition", "assessor").order_by("-given_at", "-pk")[:OFFERED]
    return [
        Example(
            row.application.competition_id,
            f"{called(row.application)}: {row.assessor}",
            {"assessments": [row.pk]},
        )
        for row in rows
    ]


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
    Kind(
        name=ASSESSMENTS_ACCEPTED,
        title="Several assessments were accepted",
        to="competition managers of its region",
        when="at once, when an assessor accepts several of one competition together",
        subject_word="competition",
        placeholders=(
            COMPETITION,
            Placeholder("assessor", "the assessor's name"),
            Placeholder("number", "how many applications it is about, in words"),
            Placeholder("facts", "a table of the applications", is_block=True),
            Placeholder("board_button", "the link to the progress of assessment", is_block=True),
        ),
        values=several_accepted,
        examples=latest_several,
        because=BECAUSE_STAFF,
        still_true=sees_several,
        may_read=sees_several,
        scope=code_of_competition,
        may_wait=True,
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
