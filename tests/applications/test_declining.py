"""Assessments that end without a result, and what is still waited for afterwards."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts import composing, wording
from accounts.models import AuditEntry, Notification
from accounts.roles import Role
from applications.assessment import assignment, declining
from applications.models import Application, Assessment, AssessmentStatus, Score
from applications.workflow import DeclineReason, Status
from funding import allocation
from tests.make import applications, assessments, budgets, competitions, people
from tests.make.office import sign_in
from tests.make.times import NOON

pytestmark = pytest.mark.django_db

TOO_LONG = " ".join(["word"] * 101)


@pytest.fixture
def assessment() -> Assessment:
    return assessments.marked(applications.application(Status.IN_ASSESSMENT))


def decline(assessment, reason=DeclineReason.CONFLICT, comment="", by=None):
    return declining.decline(assessment, reason, comment, by=by or assessment.assessor, at=NOON)


def take_back(assessment, reason="On long leave.", by=None):
    return declining.take_back(assessment, reason, by=by or people.manager(), at=NOON)


def score_page(assessment) -> str:
    return reverse("admin:applications_assessment_score", args=[assessment.pk])


def office_page(assessment) -> str:
    return reverse("admin:applications_application_change", args=[assessment.application_id])


def take_back_address(assessment) -> str:
    return reverse("admin:applications_application_take_back", args=[assessment.application_id])


@pytest.mark.parametrize("reason", DeclineReason.values)
def test_a_declined_assessment_keeps_its_reason_and_its_marks(assessment, reason):
    kept = Score.objects.filter(assessment=assessment).count()

    declined = decline(assessment, reason, " My sister works there. ")

    declined.refresh_from_db()
    assert (declined.status, declined.decline_reason) == (AssessmentStatus.REJECTED, reason)
    assert (declined.end_comment, declined.ended_at) == ("My sister works there.", NOON)
    assert Score.objects.filter(assessment=assessment).count() == kept
    assert AuditEntry.objects.filter(action="decline assessment", by=assessment.assessor).exists()


@pytest.mark.tells("assessment_declined")
def test_whoever_gives_applications_out_is_told_of_a_decline(assessment):
    manager = people.manager()
    elsewhere = people.user(Role.MANAGER, region=competitions.region("TV", "Tees Valley"))

    decline(assessment, DeclineReason.WORKLOAD, "Next month again.")

    told = {one.recipient for one in Notification.objects.filter(kind="assessment_declined")}
    assert manager in told
    assert elsewhere not in told
    letter = composing.compose(Notification.objects.get(kind="assessment_declined", recipient=manager))
    assert "Next month again." in letter.text


def test_what_is_taken_back_keeps_its_reason(assessment):
    taken = take_back(assessment)

    taken.refresh_from_db()
    assert (taken.status, taken.end_comment, taken.ended_at) == ("withdrawn", "On long leave.", NOON)
    assert AuditEntry.objects.filter(action="withdraw assessment").exists()


@pytest.mark.tells("assessment_taken_back")
def test_whose_assessment_is_taken_back_is_told_and_not_why(assessment):
    take_back(assessment)

    [notification] = Notification.objects.filter(kind="assessment_taken_back")
    letter = composing.compose(notification)
    kind = wording.of(notification.kind)
    assert notification.recipient == assessment.assessor
    assert assessment.application.reference in letter.subject
    assert "On long leave." not in letter.text
    assert kind.still_true(notification) and kind.may_read(notification)


def test_of_one_that_was_only_prepared_nobody_is_told():
    prepared = assessments.assessment(
        applications.application(Status.IN_ASSESSMENT), status=AssessmentStatus.CREATED
    )

    take_back(prepared)

    assert not Notification.objects.exists()


@pytest.mark.parametrize("end", [decline, take_back])
def test_what_is_over_does_not_end_again(assessment, end):
    submitted = assessments.submitted(assessment.application)
    decline(assessment)

    for over in (submitted, assessment):
        with pytest.raises(declining.AlreadyOver):
            end(over)


def test_only_its_assessor_declines_an_assessment(assessment):
    for other in (people.assessor(), people.manager()):
        with pytest.raises(declining.NotTheAssessor):
            decline(assessment, by=other)


@pytest.mark.parametrize("role", [Role.FUNDS, Role.APPROVER, Role.AUDITOR, Role.ASSESSOR])
def test_only_a_manager_takes_an_assessment_back(assessment, role):
    with pytest.raises(declining.NotAManager):
        take_back(assessment, by=people.user(role))


def test_a_manager_of_another_region_takes_nothing_back(assessment):
    here = assessment.application.competition.region
    there = competitions.region("LCR" if here.code != "LCR" else "TV", "Elsewhere")

    with pytest.raises(declining.NotAManager):
        take_back(assessment, by=people.user(Role.MANAGER, region=there))
    take_back(assessment, by=people.user(Role.MANAGER, region=here))


def test_a_reason_is_needed_and_words_are_counted(assessment):
    for reason in ("", "because"):
        with pytest.raises(declining.ReasonMissing):
            decline(assessment, reason)
    with pytest.raises(declining.ReasonMissing):
        take_back(assessment, "  ")
    with pytest.raises(declining.TooLong):
        decline(assessment, comment=TOO_LONG)
    with pytest.raises(declining.TooLong):
        take_back(assessment, TOO_LONG)


@pytest.mark.parametrize("status", [AssessmentStatus.REJECTED, AssessmentStatus.WITHDRAWN])
def test_the_database_refuses_an_end_without_a_reason(assessment, status):
    of_it = Assessment.objects.filter(pk=assessment.pk)

    with pytest.raises(IntegrityError, match="has_its_reason"), transaction.atomic():
        of_it.update(status=status, ended_at=NOON)
    with pytest.raises(IntegrityError, match="has_its_reason"), transaction.atomic():
        of_it.update(status=status, **{**assessments.ending(status), "ended_at": None})


@pytest.mark.parametrize("end", [decline, take_back])
def test_what_has_ended_is_nobodys_to_read_on_any_path(assessment, end):
    browser, reference = sign_in(assessment.assessor), assessment.application.reference
    listed = reverse("admin:applications_assessment_changelist")
    in_api = reverse("api:application-detail", args=[reference])
    assert browser.get(score_page(assessment)).status_code == 200
    assert reference in browser.get(listed).content.decode()
    assert browser.get(in_api).status_code == 200

    end(assessment)

    assert browser.get(score_page(assessment)).status_code == 404
    assert browser.post(score_page(assessment), {"decline": "1"}).status_code == 404
    assert reference not in browser.get(listed).content.decode()
    assert browser.get(in_api).status_code == 404
    assert not Application.objects.visible_to(assessment.assessor).exists()


@pytest.mark.parametrize(("end", "said"), [(decline, "declined it"), (take_back, "taken back")])
def test_the_same_person_is_not_given_it_again(assessment, end, said):
    end(assessment)

    with pytest.raises(assignment.AlreadyGiven, match=said):
        assignment.give(assessment.application, assessment.assessor, by=people.manager(), at=NOON)


@pytest.mark.parametrize("end", [decline, take_back])
def test_after_another_assessor_has_marked_the_allocation_can_be_proposed(end):
    within = budgets.funded_competition()
    application = budgets.assessed(within)
    stuck = assessments.assessment(application)
    with pytest.raises(allocation.NotReady):
        budgets.proposed(within)

    end(stuck)
    assessments.submitted(application)

    assert budgets.proposed(within).lines.count() == 1


def test_an_assessor_declines_on_the_scoring_page(assessment):
    browser = sign_in(assessment.assessor)
    page = browser.get(score_page(assessment)).content.decode()
    assert "I cannot assess this" in page
    assert page.count('name="decline_reason"') == 3

    answer = browser.post(
        score_page(assessment),
        {"decline": "1", "decline_reason": "not my expertise", "decline_comment": "Sorry."},
    )

    assessment.refresh_from_db()
    assert answer["Location"] == reverse("admin:applications_assessment_changelist")
    assert assessment.decline_reason == DeclineReason.EXPERTISE


def test_a_refused_decline_shows_what_was_typed_at_its_field(assessment):
    browser = sign_in(assessment.assessor)

    unsaid = browser.post(score_page(assessment), {"decline": "1", "decline_comment": "Hm, well."})
    long = browser.post(
        score_page(assessment),
        {"decline": "1", "decline_reason": "not my expertise", "decline_comment": TOO_LONG},
    )

    assessment.refresh_from_db()
    assert assessment.status == AssessmentStatus.READY
    assert (unsaid.status_code, long.status_code) == (422, 422)
    assert 'href="#id_decline_reason_0"' in unsaid.content.decode()
    assert "Hm, well." in unsaid.content.decode()
    assert 'href="#id_decline_comment"' in long.content.decode()
    assert TOO_LONG in long.content.decode()


def test_a_manager_takes_back_on_the_applications_page_and_reads_why(assessment):
    browser = sign_in(people.manager())
    data = {"assessment": assessment.pk, "reason": "On long leave."}

    refused = browser.post(take_back_address(assessment), {**data, "reason": ""})
    done = browser.post(take_back_address(assessment), data)
    again = browser.post(take_back_address(assessment), data)

    assert refused.status_code == 422
    assert "Enter why you take the assessment back" in refused.content.decode()
    assert done["Location"] == office_page(assessment)
    assert again.status_code == 422
    page = browser.get(office_page(assessment)).content.decode()
    assert "On long leave." in page
    assert "Take back from" not in page


def test_the_office_page_says_why_an_assessor_declined(assessment):
    decline(assessment, comment="My sister works there.")

    page = sign_in(people.manager()).get(office_page(assessment)).content.decode()

    assert "I have a conflict of interest" in page
    assert "My sister works there." in page


def test_an_assessment_of_another_application_is_not_taken_back_here(assessment):
    other = assessments.assessment(applications.application(Status.IN_ASSESSMENT))

    for named in (str(other.pk), "", "x", "9" * 30):
        answer = sign_in(people.manager()).post(
            take_back_address(assessment), {"assessment": named, "reason": "Oops."}
        )
        assert answer.status_code == 422
    assert not Assessment.objects.filter(status=AssessmentStatus.WITHDRAWN).exists()


@pytest.mark.parametrize("role", [Role.FUNDS, Role.APPROVER, Role.AUDITOR])
def test_other_staff_see_no_take_back_form_and_may_not_send_one(assessment, role):
    browser = sign_in(people.user(role))

    assert "Take back from" not in browser.get(office_page(assessment)).content.decode()
    answer = browser.post(take_back_address(assessment), {"assessment": assessment.pk, "reason": "Oops."})
    assert answer.status_code == 403
