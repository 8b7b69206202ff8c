"""An assessor who cannot go on, however late: another takes the application over in one step."""

import pytest

from accounts.models import Notification
from applications.assessment import assignment, declining, replacing
from applications.models import Assessment, AssessmentStatus
from tests.make import applications, assessments, office, people
from tests.make.times import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def given() -> Assessment:
    return assignment.give(applications.application(), people.assessor(), by=people.manager(), at=NOON)


def page_of(assessment) -> str:
    return f"/admin/applications/assessment/{assessment.pk}/replace/"


def test_the_one_loses_it_and_the_other_has_it_and_both_are_told(given):
    other = people.assessor()

    new = replacing.replace(given, other, "Ill for a month.", by=people.manager(), at=NOON)

    given.refresh_from_db()
    assert given.status == AssessmentStatus.WITHDRAWN
    assert (new.assessor, new.application_id) == (other, given.application_id)
    told = Notification.objects.filter(recipient__in=[given.assessor, other]).order_by("pk")
    assert [row.kind for row in told] == ["assessment_given", "assessment_taken_back", "assessment_given"]


def test_where_the_other_cannot_have_it_nothing_is_taken_back(given):
    with pytest.raises(assignment.NotAnAssessor):
        replacing.replace(given, people.user(), "Ill.", by=people.manager(), at=NOON)

    given.refresh_from_db()
    assert given.is_owed and Assessment.objects.count() == 1


def test_what_is_submitted_is_not_replaced(given):
    done = assessments.submitted(applications.application(), people.assessor())

    with pytest.raises(declining.AlreadyOver):
        replacing.replace(done, people.assessor(), "Ill.", by=people.manager(), at=NOON)


def test_the_page_offers_others_and_says_what_is_missing(given):
    browser, other = office.sign_in(people.manager()), people.assessor(name="Ada King")

    page = browser.get(page_of(given)).text
    assert "Ada King" in page and given.assessor.email not in page
    answer = browser.post(page_of(given), {"assessor": other.pk, "reason": " "})
    assert answer.status_code == 422 and "Enter why the assessor is replaced" in answer.text
    assert browser.post(page_of(given), {"assessor": other.pk, "reason": "Ill."}).status_code == 302

    assert Assessment.objects.get(assessor=other).is_owed
    assert office.sign_in(given.assessor).get(page_of(given)).status_code == 403


def test_the_page_offers_who_lost_it_as_it_was_found_ineligible_and_nobody_else_who_had_it(given):
    let_in_again, declined = people.assessor(name="Bea Back"), people.assessor(name="Dee Declined")
    assessments.assessment(
        given.application, let_in_again, AssessmentStatus.WITHDRAWN, ended_with_application=True
    )
    assessments.assessment(given.application, declined, AssessmentStatus.REJECTED)
    browser = office.sign_in(people.manager())

    page = browser.get(page_of(given)).text
    browser.post(page_of(given), {"assessor": let_in_again.pk, "reason": "Ill."})

    assert "Bea Back" in page and "Dee Declined" not in page
    assert Assessment.objects.filter(assessor=let_in_again, status=AssessmentStatus.PENDING).count() == 1
