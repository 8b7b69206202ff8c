"""The emails about applications, as their readers get them."""

from datetime import UTC, datetime

import pytest

from accounts import composing, outbox
from accounts.models import Notification
from applications.workflow import Status
from tests.make import applications, assessments
from tests.make.times import NOON

pytestmark = pytest.mark.django_db


def email(kind, to, subject):
    notification = outbox.post(
        kind, to=to, subject_word=subject._meta.model_name, subject_id=subject.pk, cause="x", at=NOON
    )
    message = composing.email(Notification.objects.get(pk=notification.pk))
    return message, message.alternatives[0].content


def test_the_receipt_names_reference_competition_and_the_exact_time_with_its_zone():
    application = applications.application(Status.SUBMITTED)
    application.submitted_at = datetime(2026, 6, 1, 9, 59, 58, tzinfo=UTC)
    application.title = "Kilns & <heat>"
    application.save()

    message, html = email("application_submitted", applications.editor(application), application)

    competition = application.competition
    assert message.subject == f"Application {application.reference} has been submitted"
    assert f"Competition: {competition.title} ({competition.code})" in message.body
    for part in (message.body, html):
        assert "10:59:58am on 1 June 2026 (BST)" in part
        assert application.reference in part
        assert f"http://127.0.0.1:8000/applications/{application.reference}/" in part
        assert "What happens next" in part
    assert "Kilns & <heat>" in message.body
    assert "Kilns &amp; &lt;heat&gt;" in html


def test_the_invitation_leads_an_assessor_to_the_summary():
    assessment = assessments.assessment(applications.application(Status.IN_ASSESSMENT))

    message, html = email("assessment_given", assessment.assessor, assessment)

    address = f"http://127.0.0.1:8000/admin/applications/assessment/{assessment.pk}/offer/"
    assert message.subject == f"Will you assess application {assessment.application.reference}?"
    assert address in message.body
    assert f'href="{address}"' in html
