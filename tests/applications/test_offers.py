"""An application offered to an assessor: the summary first, the text when they have accepted."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from accounts import composing
from accounts.models import Membership, Notification
from accounts.roles import Role
from applications import offer_time_notices
from applications.assessment import assignment, conflicts, declining, offers, scoring
from applications.models import (
    Application,
    Assessment,
    AssessmentStatus,
    AssessorProfile,
    Conflict,
    ConflictState,
)
from applications.workflow import DeclineReason, Status
from tests.make import applications, assessments, assessors, competitions, office, people
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db


def offered(**fields) -> Assessment:
    return assessments.offered(applications.application(Status.IN_ASSESSMENT), **fields)


def accept(assessment, by=None, at=NOON, has_no_conflict=True):
    return offers.accept(assessment, has_no_conflict=has_no_conflict, by=by or assessment.assessor, at=at)


def page_of(assessment) -> str:
    return reverse("admin:applications_assessment_offer", args=[assessment.pk])


def score_of(assessment) -> str:
    return reverse("admin:applications_assessment_score", args=[assessment.pk])


def test_an_offer_stands_to_the_end_of_the_fifth_working_day():
    # NOON is a Monday; the Monday after is the fifth working day.
    given = assignment.give(applications.application(), people.assessor(), by=people.manager(), at=NOON)

    assert given.status == AssessmentStatus.PENDING
    assert given.answer_by == datetime(2026, 6, 8, 23, tzinfo=UTC)
    assert offers.by_when(given) == "8 June 2026"


def test_bank_holidays_and_the_competitions_own_number_count():
    application = applications.application()
    application.competition.answer_days = 2

    # Thursday before Easter: Good Friday and Easter Monday are no working days.
    assert offers.answer_by(application.competition, datetime(2026, 4, 2, 12, tzinfo=UTC)) == datetime(
        2026, 4, 8, 23, tzinfo=UTC
    )


def test_accepting_opens_the_text():
    assessment = offered()
    assessor = assessment.assessor
    assert not Application.objects.visible_to(assessor).exists()
    with pytest.raises(scoring.NotGiven):
        scoring.save(assessment, {}, {}, version=1, by=assessor, at=NOON)

    accept(assessment)

    assert Application.objects.visible_to(assessor).get() == assessment.application
    assessment.refresh_from_db()
    assert (assessment.status, assessment.accepted_at) == (AssessmentStatus.ACCEPTED, NOON)
    scoring.save(assessment, {}, {}, version=assessment.version, by=assessor, at=NOON)


@pytest.mark.tells("assessment_accepted")
def test_managers_are_told_that_it_was_accepted():
    assessment = offered()
    manager = assessment.given_by

    accept(assessment)

    told = Notification.objects.get(kind="assessment_accepted", recipient=manager)
    assert told.subject_id == assessment.pk


def test_nobody_accepts_without_denying_a_conflict():
    assessment = offered()

    with pytest.raises(offers.ConflictNotDenied):
        accept(assessment, has_no_conflict=False)

    assessment.refresh_from_db()
    assert assessment.is_offered


def test_nobody_accepts_for_another_or_twice():
    assessment = offered()

    with pytest.raises(offers.NotOffered):
        accept(assessment, by=people.assessor())
    accept(assessment)
    with pytest.raises(offers.NotOffered, match="accepted already"):
        accept(assessment)


def test_a_conflict_that_came_since_keeps_them_from_accepting():
    assessment = offered()
    firm = applications.lead(assessment.application).organisation
    assessors.interest(assessment.assessor, firm.name)

    with pytest.raises(offers.InConflict) as refusal:
        accept(assessment)

    assert firm.name not in refusal.value.told_to(assessment.assessor)


def test_a_member_does_not_accept():
    assessment = offered()
    firm = applications.lead(assessment.application).organisation
    Membership.objects.create(organisation=firm, person=assessment.assessor, may_edit=False, joined_at=NOON)

    with pytest.raises(offers.OwnOrganisation):
        accept(assessment)


def test_the_time_to_answer_is_half_open():
    assessment = offered(answer_by=NOON + DAY)

    with pytest.raises(offers.TooLate):
        accept(assessment, at=NOON + DAY)
    accept(assessment, at=NOON + DAY - timedelta(milliseconds=1))


@pytest.mark.tells("assessment_unanswered")
def test_what_is_not_answered_in_time_is_over_and_staff_are_told():
    late, in_time, accepted = (offered(answer_by=NOON + days * DAY) for days in (1, 2, 1))
    accept(accepted)

    said = offers.expire_due(at=NOON + DAY)

    assert said == "1 offers were not answered in time"
    late.refresh_from_db()
    assert (late.status, late.ended_at) == (AssessmentStatus.EXPIRED, NOON + DAY)
    in_time.refresh_from_db()
    assert in_time.is_offered
    assert Notification.objects.filter(kind="assessment_unanswered", recipient=late.given_by).count() == 1
    assert not Assessment.objects.visible_to(late.assessor).exists()
    assert offers.expire_due(at=NOON + DAY) == "Every offer has time left"
    with pytest.raises(assignment.AlreadyGiven, match="did not answer in time"):
        assignment.give(late.application, late.assessor, by=people.manager(), at=NOON + DAY)


def test_a_conflict_declared_from_the_summary_holds_for_good():
    assessment = offered()

    declining.decline(assessment, DeclineReason.CONFLICT, "My brother's.", by=assessment.assessor, at=NOON)

    row = Conflict.objects.get()
    assert (row.state, row.blocks, row.ruling) == (ConflictState.BLOCKED, True, "My brother's.")
    conflicts.refresh_live(at=NOON + DAY)
    within = assessment.application.competition
    assert conflicts.blocked_pairs(within) == {(assessment.assessor_id, assessment.application_id)}


def test_other_reasons_are_no_conflict():
    assessment = offered()

    declining.decline(assessment, DeclineReason.WORKLOAD, by=assessment.assessor, at=NOON)

    assert not Conflict.objects.exists()


def test_the_page_shows_the_summary_and_nothing_else():
    assessment = offered()
    partner = applications.partner(assessment.application)
    browser = office.sign_in(assessment.assessor)

    text = browser.get(page_of(assessment)).text

    for said in (assessment.application.title, partner.name, "public description", "I have no conflict"):
        assert said in text
    for hidden in ("What we say about need", "What we say about scope", "80,000"):
        assert hidden not in text
    assert browser.get(score_of(assessment)).status_code == 404
    check = reverse("admin:applications_assessment_check", args=[assessment.pk])
    assert browser.get(check).status_code == 404


def test_accepting_on_the_page_leads_to_the_text():
    assessment = offered()
    browser = office.sign_in(assessment.assessor)

    refused = browser.post(page_of(assessment), {"accept": "1"})
    assert (refused.status_code, "Confirm that you have no conflict" in refused.text) == (422, True)
    answer = browser.post(page_of(assessment), {"accept": "1", "has_no_conflict": "on"})

    assert answer.url == score_of(assessment)
    assert "What we say about need" in browser.get(answer.url).text
    assert browser.get(page_of(assessment)).url == score_of(assessment)


def test_a_refused_decline_keeps_what_was_typed():
    assessment = offered()
    browser = office.sign_in(assessment.assessor)

    answer = browser.post(page_of(assessment), {"decline": "1", "decline_comment": "They are neighbours."})

    assert answer.status_code == 422
    assert "They are neighbours." in answer.text
    assert "Select why you cannot assess" in answer.text


def test_staff_and_other_assessors_have_no_offer_page():
    assessment = offered()

    for person in (people.manager(), people.user(Role.AUDITOR), people.assessor()):
        assert office.sign_in(person).get(page_of(assessment)).status_code == 404


def test_the_list_leads_to_the_offer():
    assessment = offered()
    browser = office.sign_in(assessment.assessor)

    text = browser.get(reverse("admin:applications_assessment_changelist")).text
    change = reverse("admin:applications_assessment_change", args=[assessment.pk])

    assert "Accept or decline" in text
    assert browser.get(change).url == page_of(assessment)


def test_nobody_accepts_with_a_declaration_that_has_lapsed_since():
    assessment = offered()
    AssessorProfile.objects.filter(person=assessment.assessor).update(undeclared_since=NOON)

    with pytest.raises(offers.NotReady, match="Renew your declaration"):
        accept(assessment)
    page = office.sign_in(assessment.assessor).post(
        page_of(assessment), {"has_no_conflict": "on"}, follow=True
    )

    assert "Renew your declaration" in page.text
    assert Assessment.objects.get().status == AssessmentStatus.PENDING


def test_nobody_is_given_more_by_hand_than_they_take_on():
    competition, assessor = competitions.closed_competition(), people.assessor()
    AssessorProfile.objects.filter(person=assessor).update(capacity=1)
    first, second = (applications.application(competition=competition) for _ in range(2))
    assignment.give(first, assessor, by=people.manager(), at=NOON)

    with pytest.raises(assignment.Full, match="takes on 1 application"):
        assignment.give(second, assessor, by=people.manager(), at=NOON)

    declining.take_back(Assessment.objects.get(), "Moved.", by=people.manager(), at=NOON)
    assert assignment.give(second, assessor, by=people.manager(), at=NOON)


def test_an_address_in_other_digits_is_not_found():
    browser = office.sign_in(offered().assessor)

    assert browser.get("/admin/applications/assessment/٣/change/").status_code in (302, 404)


@pytest.mark.tells("offers_ended")
def test_the_assessor_is_told_once_of_all_that_ended():
    within, assessor = competitions.closed_competition(), people.assessor()
    ended = [
        assessments.offered(applications.application(Status.IN_ASSESSMENT, within), assessor, answer_by=NOON)
        for _ in range(3)
    ]
    assessments.offered(applications.application(Status.IN_ASSESSMENT, within), answer_by=NOON + DAY)

    offers.expire_due(at=NOON)
    offers.expire_due(at=NOON + DAY / 2)

    told = Notification.objects.get(kind="offers_ended")
    assert told.recipient == assessor
    said = composing.compose(told).text
    assert all(one.application.reference in said for one in ended)
    assert "3 applications" in said and "1 June 2026" in said


@pytest.mark.tells("offers_end_soon")
def test_the_assessor_is_reminded_before_offers_end_once_at_each_step():
    within, assessor = competitions.closed_competition(), people.assessor()
    end = datetime(2026, 6, 8, 23, tzinfo=UTC)
    entries = [applications.application(Status.IN_ASSESSMENT, within) for _ in range(3)]
    waiting = [assessments.offered(entry, assessor, answer_by=end) for entry in entries[:2]]
    assessments.assessment(entries[2], assessor, answer_by=end)
    moments = [end - timedelta(hours=hours) for hours in (40, 39, 30, 15, 1, 0)]

    numbers = []
    for moment in moments:
        offers.remind(at=moment)
        numbers.append(Notification.objects.filter(kind="offers_end_soon", recipient=assessor).count())
    said = composing.compose(Notification.objects.filter(kind="offers_end_soon").first()).text

    assert numbers == [0, 1, 1, 2, 2, 2]
    assert [entry.reference in said for entry in entries] == [True, True, False]
    assert "8 June 2026" in said
    for one in waiting:
        accept(one)
    assert not any(
        offer_time_notices.is_open(one) for one in Notification.objects.filter(kind="offers_end_soon")
    )


def test_nobody_is_reminded_before_an_offer_was_made_nor_of_what_is_kept_from_them():
    end = datetime(2026, 6, 8, 23, tzinfo=UTC)
    offered(answer_by=end, given_at=end - timedelta(hours=20))
    apart = offered(answer_by=end)
    assessors.conflict(apart.application, apart.assessor)

    offers.remind(at=end - timedelta(hours=19))

    assert not Notification.objects.filter(kind="offers_end_soon").exists()
