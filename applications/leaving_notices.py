"""What the organisations of an application are told where one of them leaves it."""

from accounts import formats
from accounts.letters import Button, Facts, Placeholder, Values
from accounts.models import Notification, User
from accounts.wording import OFFERED, Example, Kind
from applications import leaving
from applications.models import Application, Departure
from applications.notice_parts import (
    BECAUSE_EDITOR,
    COMPETITION,
    FACTS,
    PROJECT,
    REFERENCE,
    application_of,
    common,
    competition_of,
    naming,
    page,
    sees_application,
)

FOLLOWS = Placeholder(
    "what_follows",
    "what becomes of the application, in a sentence or two",
    is_required=True,
    invented="The application goes on without them.",
)


#: What members of the organisation that left read besides.
LEFT_BEHIND = "It was your organisation that left, so you cannot open the application any more."


def left(notification: Notification) -> Values:
    application, departure = application_of(notification), notification.looked_up(departure_of)
    rows = [
        *naming(application),
        ("Left", departure.participant.name),
        ("When", formats.local_time(departure.recorded_at)),
        ("Why", departure.reason),
    ]
    if not is_withdrawn(departure):
        rows.append(("Grant sought before", formats.pounds(departure.grant_before)))
        rows.append(("Grant sought now", formats.pounds(departure.grant_after)))
    is_open = sees_application(notification)
    button = Button("Go to the application", page("applications:detail", application.reference))
    return {
        **common(application),
        "what_follows": follows(departure) if is_open else f"{follows(departure)} {LEFT_BEHIND}",
        "facts": Facts(tuple(rows)),
        "application_button": button if is_open else None,
    }


def follows(departure: Departure) -> str:
    if departure.new_lead:
        return f"{departure.new_lead.name} leads the project from now on."
    if is_withdrawn(departure):
        return "Nobody takes the lead, so the application is withdrawn and not considered any further."
    return "The application goes on without them."


def is_withdrawn(departure: Departure) -> bool:
    """Where the lead left and nobody took the lead: it would not be one otherwise."""
    return departure.participant.is_lead and departure.new_lead_id is None


def may_know(notification: Notification) -> bool:
    """Whoever may open the application, and the members of the organisation that left, who may not."""
    departure = notification.looked_up(departure_of)
    left = departure.participant.organisation.memberships.filter(person=notification.recipient)
    return sees_application(notification) or left.exists()


def departure_of(notification: Notification) -> Departure:
    rows = Departure.objects.select_related("participant__organisation", "new_lead")
    return rows.get(pk=notification.facts["departure"])


def latest_departures(viewer: User, scope: str) -> list[Example]:
    seen = Application.objects.visible_to(viewer)
    rows = Departure.objects.filter(participant__application__in=seen.values("pk"))
    if scope:
        rows = rows.filter(participant__application__competition__code=scope)
    rows = rows.select_related("participant__application").order_by("-recorded_at", "-pk")[:OFFERED]
    return [
        Example(row.participant.application_id, str(row.participant.application), {"departure": row.pk})
        for row in rows
    ]


KINDS = (
    Kind(
        name=leaving.PARTICIPANT_LEFT,
        title="An organisation left an application",
        to="those who may edit for an organisation that takes part, or took part",
        when="at once, when the office records that one left after the close",
        subject_word="application",
        placeholders=(
            REFERENCE,
            PROJECT,
            COMPETITION,
            FACTS,
            FOLLOWS,
            Placeholder("application_button", "the link to the application", is_block=True),
        ),
        values=left,
        examples=latest_departures,
        because=BECAUSE_EDITOR,
        may_read=may_know,
        scope=competition_of,
        required_by="The grant sought, or the whole application, is not what they submitted any more.",
    ),
)
