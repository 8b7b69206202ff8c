"""What people are told about applications: the kinds, and what each template prints."""

from django.conf import settings

from accounts import wording
from accounts.models import Notification
from applications.models import Assessment

ASSESSMENT_GIVEN = "assessment_given"


def register() -> None:
    wording.register(
        ASSESSMENT_GIVEN,
        template="assessment_given",
        facts=assessment_given,
        still_true=assessment_is_open,
    )


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
