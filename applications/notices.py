"""What people are told about applications: the kinds, and what each template prints."""

from django.conf import settings
from django.urls import reverse

from accounts import wording
from accounts.models import Notification
from applications.models import Application, Assessment

APPLICATION_SUBMITTED = "application_submitted"
ASSESSMENT_GIVEN = "assessment_given"


def register() -> None:
    wording.register(
        APPLICATION_SUBMITTED,
        template="application_submitted",
        facts=application_submitted,
        still_true=application_is_submitted,
    )
    wording.register(
        ASSESSMENT_GIVEN,
        template="assessment_given",
        facts=assessment_given,
        still_true=assessment_is_open,
    )


def application_submitted(notification: Notification) -> dict:
    application = Application.objects.select_related("competition").get(pk=notification.subject_id)
    receipt = reverse("applications:receipt", args=[application.reference])
    return {"application": application, "receipt_url": settings.SITE_URL + receipt}


def application_is_submitted(notification: Notification) -> bool:
    return Application.objects.filter(pk=notification.subject_id, submitted_at__isnull=False).exists()


def assessment_given(notification: Notification) -> dict:
    assessment = Assessment.objects.select_related("application__competition", "assessor").get(
        pk=notification.subject_id
    )
    return {
        "assessment": assessment,
        "application": assessment.application,
        "competition": assessment.application.competition,
        "assessor": assessment.assessor,
        "scoring_url": f"{settings.SITE_URL}/admin/applications/assessment/{assessment.pk}/score/",
    }


def assessment_is_open(notification: Notification) -> bool:
    """Nobody is invited to what was taken back or is done."""
    assessment = Assessment.objects.filter(pk=notification.subject_id).first()
    return assessment is not None and assessment.is_scorable
