"""What assessors are told of the time that they have to answer an offer: that it ends, and that it ended."""

from datetime import datetime, timedelta

from accounts import formats
from accounts.letters import Button, Facts, Placeholder, Values
from accounts.models import Notification, User
from accounts.roles import Role
from accounts.wording import OFFERED, Example, Kind
from applications.assessment.offers import OFFERS_END_SOON, OFFERS_ENDED
from applications.assessment_notices import BECAUSE_ASSESSOR
from applications.due_notices import code_of_competition, competition_about
from applications.models import Assessment, AssessmentStatus
from applications.notice_parts import COMPETITION, called, page
from applications.workflow import Status

#: Still open to them, or over; what was taken back or answered is neither.
_STANDING = (AssessmentStatus.PENDING, AssessmentStatus.EXPIRED)


def _offers(notification: Notification) -> list[Assessment]:
    """The offers of its assessor in that competition that end, or ended, at the moment it is about."""
    rows = Assessment.objects.filter(
        assessor=notification.facts["assessor"],
        application__competition=notification.subject_id,
        answer_by=datetime.fromisoformat(notification.facts["answer_by"]),
        status__in=_STANDING,
    )
    return list(rows.select_related("application").order_by("given_at", "pk"))


def _open(notification: Notification) -> list[Assessment]:
    visible = Assessment.objects.visible_to(notification.recipient).owed()
    found = notification.looked_up(_offers)
    seen = set(visible.filter(pk__in=[one.pk for one in found]).values_list("pk", flat=True))
    return [one for one in found if one.pk in seen]


def end_soon(notification: Notification) -> Values:
    offers_page = page("admin:applications_assessment_offers")
    return {
        **_values(notification, notification.looked_up(_open)),
        "offers_button": Button("See the summaries and answer", offers_page),
    }


def ended(notification: Notification) -> Values:
    return _values(notification, notification.looked_up(_offers))


def _values(notification: Notification, offers: list[Assessment]) -> Values:
    answer_by = datetime.fromisoformat(notification.facts["answer_by"])
    rows = tuple((one.application.reference, one.application.title or "not named yet") for one in offers)
    return {
        "competition": str(notification.looked_up(competition_about)),
        "number": "1 application" if len(offers) == 1 else f"{len(offers)} applications",
        # Offers end at midnight: the day before is the last.
        "last_day": formats.local_day(answer_by - timedelta(seconds=1)),
        "facts": Facts(rows),
    }


def is_open(notification: Notification) -> bool:
    """Nobody is reminded of what they have answered, or cannot answer any more."""
    return bool(notification.looked_up(_open))


def were_offered(notification: Notification) -> bool:
    """That it was offered to them they may know while they assess for that region."""
    region = notification.looked_up(competition_about).region_id
    person = notification.recipient
    return notification.facts["assessor"] == person.pk and Role.ASSESSOR in person.roles_in(region)


def still_ended(notification: Notification) -> bool:
    return bool(notification.looked_up(_offers))


def latest_open(viewer: User, scope: str) -> list[Example]:
    return _latest(viewer, scope, status=AssessmentStatus.PENDING, application__status=Status.IN_ASSESSMENT)


def latest_ended(viewer: User, scope: str) -> list[Example]:
    return _latest(viewer, scope, status=AssessmentStatus.EXPIRED)


def _latest(viewer: User, scope: str, **only) -> list[Example]:
    rows = Assessment.objects.visible_to(viewer).filter(answer_by__isnull=False, **only)
    if scope:
        rows = rows.filter(application__competition__code=scope)
    rows = rows.select_related("application__competition").order_by("-answer_by", "-pk")[:OFFERED]
    return [
        Example(
            row.application.competition_id,
            f"{row.application.competition}: {called(row.application)}",
            {"assessor": row.assessor_id, "answer_by": row.answer_by.isoformat()},
        )
        for row in rows
    ]


_PLACEHOLDERS = (
    COMPETITION,
    Placeholder("number", "how many applications it is about, in words"),
    Placeholder("last_day", "the last day on which they could be accepted"),
    Placeholder("facts", "a table of the applications", is_block=True),
)

KINDS = (
    Kind(
        name=OFFERS_END_SOON,
        title="Applications to accept or decline soon",
        to="assessors who have not answered an offer",
        when="at 9:00 on the last day to answer and on the day before; all that end then in one",
        subject_word="competition",
        placeholders=(
            *_PLACEHOLDERS,
            Placeholder("offers_button", "the link to their offers", is_block=True, is_required=True),
        ),
        values=end_soon,
        examples=latest_open,
        because=BECAUSE_ASSESSOR,
        still_true=is_open,
        may_read=were_offered,
        scope=code_of_competition,
        may_wait=True,
    ),
    Kind(
        name=OFFERS_ENDED,
        title="An offer that you did not answer has ended",
        to="assessors who have not answered an offer",
        when="within a quarter of an hour, when the time to accept it is over; all that ended then in one",
        subject_word="competition",
        placeholders=_PLACEHOLDERS,
        values=ended,
        examples=latest_ended,
        because=BECAUSE_ASSESSOR,
        still_true=still_ended,
        may_read=were_offered,
        scope=code_of_competition,
        may_wait=True,
    ),
)
