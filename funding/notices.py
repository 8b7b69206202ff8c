"""What the e-mails about money say: looked up when they are sent, never stored."""

from django.conf import settings

from accounts import wording
from accounts.models import Notification
from applications.models import Application
from applications.workflow import Status
from funding import feedback
from funding.models import Award, Outcome

#: What an applicant is told about why an application is not funded.
WHY = {
    Outcome.OUT_OF_SCOPE: "Most of the assessors did not find the project in scope.",
    Outcome.NOT_RECOMMENDED: "Most of the assessors did not recommend the project for funding.",
    Outcome.BELOW_THRESHOLD: "The score is below the competition's quality threshold.",
    Outcome.NOTHING_SOUGHT: "The application asks for no grant.",
    Outcome.BELOW_LINE: "The money of this competition went to projects that scored higher.",
}


def register() -> None:
    wording.register(
        "application_successful",
        template="application_successful",
        facts=successful_facts,
        still_true=is_successful,
    )
    wording.register(
        "application_unsuccessful",
        template="application_unsuccessful",
        facts=outcome_facts,
        still_true=is_unsuccessful,
    )


def is_successful(notification: Notification) -> bool:
    return _application(notification).status == Status.SUCCESSFUL


def is_unsuccessful(notification: Notification) -> bool:
    return _application(notification).status == Status.UNSUCCESSFUL


def outcome_facts(notification: Notification) -> dict:
    application = _application(notification)
    line = application.allocation_lines.filter(allocation__released_at__isnull=False).order_by("-pk").first()
    return {
        "application": application,
        "competition": application.competition,
        "score": line.score if line else None,
        "why": WHY.get(Outcome(line.outcome), "") if line else "",
        "feedback": feedback.by_question(application),
        "on_funding": feedback.on_funding(application),
        "link": f"{settings.SITE_URL}/applications/{application.reference}/",
    }


def successful_facts(notification: Notification) -> dict:
    award = Award.objects.live().filter(application=notification.subject_id).first()
    shares = award.shares.select_related("participant").order_by("-grant") if award else []
    return {**outcome_facts(notification), "award": award, "shares": shares}


def _application(notification: Notification) -> Application:
    return Application.objects.select_related("competition").get(pk=notification.subject_id)
