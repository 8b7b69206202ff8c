"""What notifications about applications have in common: what they name, and the row they are about."""

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse

from accounts.letters import Placeholder
from accounts.models import Notification
from accounts.wording import OFFERED, Example
from applications.models import Application

BECAUSE_EDITOR = "You get this email because you may edit for an organisation in this application."

TO_EDITORS = "those who may edit for the lead organisation"
TO_APPLICANTS = "those who may edit an application that is begun or submitted"

REFERENCE = Placeholder("reference", "the application's reference", invented="LP-1203-0042")
PROJECT = Placeholder("project", "the project's title", invented="Lighter castings for tidal turbines")
COMPETITION = Placeholder(
    "competition", "the competition's title and code", invented="Manufacturing for the Future (1203)"
)
CLOSES_AT = Placeholder(
    "closes_at", "the day and time of the close", invented="11:00am on 29 March 2023 (BST)"
)
FACTS = Placeholder("facts", "a table of reference, project, competition and the like", is_block=True)


def page(route: str, *arguments) -> str:
    return settings.SITE_URL + reverse(route, args=arguments)


def application_of(notification: Notification) -> Application:
    return notification.looked_up(_application)


def _application(notification: Notification) -> Application:
    return Application.objects.select_related("competition").get(pk=notification.subject_id)


def fetch_applications(notifications: Sequence[Notification]) -> list[Application]:
    """Ask once for the applications that these are about, and keep each in its notification.

    Two notifications about one application share it.
    """
    ids = {one.subject_id for one in notifications}
    found = Application.objects.select_related("competition").in_bulk(ids)
    for one in notifications:
        if one.subject_id in found:
            one.keep(_application, found[one.subject_id])
    return list(found.values())


def sees_application(notification: Notification) -> bool:
    """Whether its reader may still open the application: people leave organisations."""
    visible = Application.objects.visible_to(notification.recipient)
    return visible.filter(pk=notification.subject_id).exists()


def competition_of(notification: Notification) -> str:
    """The code of the competition that the application belongs to."""
    return application_of(notification).competition.code


def common(application: Application) -> dict[str, str]:
    return {
        "reference": application.reference,
        "project": application.title or "an untitled project",
        "competition": str(application.competition),
    }


def naming(application: Application) -> tuple[tuple[str, str], ...]:
    """The rows with which a table about an application begins."""
    return (
        ("Reference", application.reference),
        ("Project", application.title or "not named yet"),
        ("Competition", str(application.competition)),
    )


def latest(applications, scope: str, *order: str) -> list[Example]:
    """The last of the applications a viewer may see, of the competition that ``scope`` names, if it does."""
    of_scope = applications.filter(competition__code=scope) if scope else applications
    rows = of_scope.order_by(*order, "-pk")[:OFFERED]
    return [Example(row.pk, called(row)) for row in rows]


def called(application: Application) -> str:
    return f"{application.reference}, {application.title or 'not named yet'}"
