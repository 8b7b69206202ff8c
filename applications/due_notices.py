"""What assessors are told of when their assessments are due."""

from accounts import formats
from accounts.letters import Button, Facts, Placeholder, Values
from accounts.models import Notification, User
from accounts.wording import OFFERED, Example, Kind
from applications.assessment.due import ASSESSMENT_DUE_SOON, ASSESSMENT_OVERDUE
from applications.assessment_notices import BECAUSE_ASSESSOR
from applications.models import Assessment, Competition
from applications.notice_parts import COMPETITION, called, page


def competition_about(notification: Notification) -> Competition:
    return Competition.objects.get(pk=notification.subject_id)


def _owed(notification: Notification) -> list[Assessment]:
    """What its reader still owes of what it is about."""
    visible = Assessment.objects.visible_to(notification.recipient)
    rows = visible.owed().filter(pk__in=notification.facts.get("assessments", ()))
    return list(rows.select_related("application").order_by("given_at", "pk"))


def due(notification: Notification) -> Values:
    competition = notification.looked_up(competition_about)
    owed = notification.looked_up(_owed)
    due_at = competition.assessments_due_at
    rows = tuple((one.application.reference, called(one.application)) for one in owed)
    return {
        "competition": str(competition),
        "due_at": formats.local_time(due_at) if due_at else "no date",
        "number": "1 assessment" if len(owed) == 1 else f"{len(owed)} assessments",
        "facts": Facts(rows),
        "list_button": Button("Go to your assessments", page("admin:applications_assessment_changelist")),
    }


def is_owed(notification: Notification) -> bool:
    """Nobody is reminded of what they have sent in, or have no more."""
    return bool(notification.looked_up(_owed))


def assesses_there(notification: Notification) -> bool:
    own = Assessment.objects.visible_to(notification.recipient)
    about = own.filter(pk__in=notification.facts.get("assessments", ()))
    return about.filter(application__competition=notification.subject_id).exists()


def code_of_competition(notification: Notification) -> str:
    return notification.looked_up(competition_about).code


def latest_owed(viewer: User, scope: str) -> list[Example]:
    owed = Assessment.objects.visible_to(viewer).owed().select_related("application__competition")
    rows = owed.filter(application__competition__code=scope) if scope else owed
    return [
        Example(
            row.application.competition_id,
            f"{row.application.competition}: {called(row.application)}",
            {"assessments": [row.pk]},
        )
        for row in rows.order_by("-given_at", "-pk")[:OFFERED]
    ]


_PLACEHOLDERS = (
    COMPETITION,
    Placeholder("due_at", "the day and time at which assessments are due"),
    Placeholder("number", "how many assessments it is about, in words"),
    Placeholder("facts", "a table of the applications", is_block=True),
    Placeholder("list_button", "the link to one's assessments", is_block=True),
)

KINDS = (
    Kind(
        name=ASSESSMENT_DUE_SOON,
        title="Assessments due soon",
        to="assessors who owe an assessment of the competition",
        when="seven days and one day before assessments are due; all of a competition in one",
        subject_word="competition",
        placeholders=_PLACEHOLDERS,
        values=due,
        examples=latest_owed,
        because=BECAUSE_ASSESSOR,
        still_true=is_owed,
        may_read=assesses_there,
        scope=code_of_competition,
        may_wait=True,
    ),
    Kind(
        name=ASSESSMENT_OVERDUE,
        title="Assessments overdue",
        to="assessors who owe an assessment of the competition",
        when="once when they are due and not submitted, and when a competition manager reminds who is late",
        subject_word="competition",
        placeholders=_PLACEHOLDERS,
        values=due,
        examples=latest_owed,
        because=BECAUSE_ASSESSOR,
        still_true=is_owed,
        may_read=assesses_there,
        scope=code_of_competition,
        may_wait=True,
    ),
)
