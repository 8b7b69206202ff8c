"""What people are told about applications: the kinds, and where their values come from."""

from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from accounts import formats, rewording, wording
from accounts.letters import Button, Facts, Placeholder, Values
from accounts.models import Notification, User
from accounts.wording import Coming, Example, Kind
from applications.models import Application, Assessment, Competition, Receipt

APPLICATION_SUBMITTED = "application_submitted"
ASSESSMENT_GIVEN = "assessment_given"

TO_EDITORS = "those who may edit for the lead organisation"
BECAUSE_EDITOR = "You get this e-mail because you may edit for an organisation in this application."
BECAUSE_ASSESSOR = "You get this e-mail because you are an assessor on Launchpad."

REFERENCE = Placeholder("reference", "the application's reference", is_required=False)
PROJECT = Placeholder("project", "the project's title")
COMPETITION = Placeholder("competition", "the competition's title and code")
FACTS = Placeholder("facts", "a table of reference, project, competition and the like", is_block=True)


def register() -> None:
    wording.register(*KINDS)
    wording.expect(*COMING)


def competitions_for(person: User) -> list[tuple[str, str]]:
    """The competitions whose notifications a person may word: code and title."""
    theirs = Competition.objects.run_by(person, rewording.EDITORS).order_by("code")
    return [(competition.code, str(competition)) for competition in theirs]


def page(route: str, *arguments) -> str:
    return settings.SITE_URL + reverse(route, args=arguments)


def application_of(notification: Notification) -> Application:
    return notification.looked_up(_application)


def _application(notification: Notification) -> Application:
    return Application.objects.select_related("competition").get(pk=notification.subject_id)


def editors_of(application: Application) -> QuerySet[User]:
    """Those who may edit for the organisation that leads the application."""
    return User.objects.filter(
        is_active=True,
        memberships__may_edit=True,
        memberships__organisation__participations__application=application,
        memberships__organisation__participations__is_lead=True,
    ).distinct()


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


def submitted(notification: Notification) -> Values:
    application = application_of(notification)
    at = _moment_submitted(notification, application)
    received = f"{at.astimezone(formats.LONDON):%H:%M:%S} on {formats.local_day(at)} ({formats.zone(at)})"
    asked_for = formats.pounds(application.grant_sought)
    receipt = Receipt.objects.filter(application=application, received_at=at).first()
    code = (("Receipt code", receipt.fingerprint),) if receipt else ()
    return {
        **common(application),
        "facts": Facts(
            (*naming(application), ("Submitted", received), ("Grant asked for", asked_for), *code)
        ),
        "receipt_button": Button("See your receipt", page("applications:receipt", application.reference)),
    }


def is_submitted(notification: Notification) -> bool:
    """No receipt leaves for what was reopened meanwhile; submitted again, it has a receipt of its own."""
    application = application_of(notification)
    submitted_at = application.submitted_at
    return submitted_at is not None and submitted_at == _moment_submitted(notification, application)


def _moment_submitted(notification: Notification, application: Application) -> datetime:
    """The submission that the notification tells of, which need not be the last."""
    if noted := notification.facts.get("submitted_at"):
        return datetime.fromisoformat(noted)
    return application.submitted_at or notification.created_at


def assessment_of(notification: Notification) -> Assessment | None:
    """The assessment, or None where it was taken back."""
    return notification.looked_up(_assessment)


def _assessment(notification: Notification) -> Assessment | None:
    rows = Assessment.objects.select_related("application__competition")
    return rows.filter(pk=notification.subject_id).first()


def assessment_given(notification: Notification) -> Values:
    assessment = assessment_of(notification)
    address = page("admin:applications_assessment_score", assessment.pk)
    return {
        **common(assessment.application),
        "facts": Facts(naming(assessment.application)),
        "scoring_button": Button("Read and score it", address),
    }


def assessment_is_open(notification: Notification) -> bool:
    """Nobody is invited to what was taken back or is done."""
    assessment = assessment_of(notification)
    return assessment is not None and assessment.is_scorable


def competition_of_assessment(notification: Notification) -> str:
    return assessment_of(notification).application.competition.code


def latest_submitted(viewer: User, scope: str) -> Example:
    return latest(Application.objects.visible_to(viewer).received(), "competition", scope, "-submitted_at")


def latest_assessment(viewer: User, scope: str) -> Example:
    return latest(Assessment.objects.visible_to(viewer), "application__competition", scope, "-given_at")


def latest(rows, competition: str, scope: str, *order: str) -> Example:
    """The last of the rows a viewer may see, of the competition that ``scope`` names where it names one."""
    of_scope = rows.filter(**{f"{competition}__code": scope}) if scope else rows
    pk = of_scope.order_by(*order, "-pk").values_list("pk", flat=True).first()
    return (pk, {}) if pk else None


KINDS = (
    Kind(
        name=APPLICATION_SUBMITTED,
        title="Application submitted",
        to=TO_EDITORS,
        when="at once, when the application is submitted",
        subject_word="application",
        placeholders=(
            REFERENCE,
            PROJECT,
            COMPETITION,
            FACTS,
            Placeholder("receipt_button", "the link to the receipt", is_block=True, is_required=True),
        ),
        values=submitted,
        example=latest_submitted,
        because=BECAUSE_EDITOR,
        still_true=is_submitted,
        scope=competition_of,
        required_by="It is the receipt for what was entered.",
    ),
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
            Placeholder("scoring_button", "the link to the scoring page", is_block=True, is_required=True),
        ),
        values=assessment_given,
        example=latest_assessment,
        because=BECAUSE_ASSESSOR,
        still_true=assessment_is_open,
        scope=competition_of_assessment,
        may_wait=True,
    ),
)

COMING = (
    Coming("partner_invitation", "You are invited to be a partner", "partners in an application"),
    Coming("partner_late", "A partner's part is not finished", "partners in an application"),
    Coming("application_ineligible", "Not eligible, with reasons", "the eligibility check"),
    Coming("application_reinstated", "Application reinstated", "the eligibility check"),
    Coming("waiver_decided", "A waiver was decided", "waivers"),
    Coming("assessor_invitation", "You are invited to assess", "inviting assessors"),
    Coming("assessment_accepted", "An assessment was accepted", "accepting assessments"),
    Coming("assessment_due_soon", "Assessments due soon", "due dates of assessments"),
    Coming("assessment_overdue", "Assessments overdue", "due dates of assessments"),
    Coming("assessment_reopened", "An assessment was reopened", "reopening assessments"),
)
