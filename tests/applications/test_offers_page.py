"""Several offers accepted on one page: each by its own summary, each with its own result."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import composing
from accounts.models import Membership, Notification
from accounts.roles import Role
from applications.models import Assessment, AssessmentStatus
from applications.workflow import Status
from tests.make import applications, assessments, assessors, competitions, office, people
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

PAGE = "/admin/applications/assessment/offers/"


@pytest.fixture
def assessor():
    return people.assessor()


def offered(assessor, **fields) -> Assessment:
    return assessments.offered(applications.application(Status.IN_ASSESSMENT), assessor, **fields)


def states(*rows) -> list[str]:
    return [Assessment.objects.get(pk=one.pk).status for one in rows]


def test_the_page_shows_each_summary_and_no_text(assessor):
    one, two = offered(assessor), offered(assessor)
    partner = applications.partner(two.application)

    text = office.sign_in(assessor).get(PAGE).text

    for said in (one.application.reference, two.application.reference, partner.name, "public description"):
        assert said in text
    assert text.count("and have no conflict of interest") == 2
    assert "What we say about need" not in text


def test_what_is_ticked_is_accepted_and_the_rest_stays(assessor):
    one, two, three = (offered(assessor) for _ in range(3))

    answer = office.sign_in(assessor).post(PAGE, {"accept": [one.pk, two.pk]}, follow=True)

    assert states(one, two, three) == [
        AssessmentStatus.ACCEPTED, AssessmentStatus.ACCEPTED, AssessmentStatus.PENDING
    ]  # fmt: skip
    for row in (one, two):
        assert f"{row.application.reference}: accepted." in answer.text


@pytest.mark.tells("assessments_accepted")
def test_managers_are_told_once_of_all_that_were_accepted_in_a_competition(assessor):
    within = competitions.closed_competition()
    entries = [applications.application(Status.IN_ASSESSMENT, within) for _ in range(3)]
    rows = [assessments.offered(one, assessor) for one in entries]
    alone = offered(assessor)
    manager = people.manager()

    office.sign_in(assessor).post(PAGE, {"accept": [*(one.pk for one in rows[:2]), alone.pk]})

    told = Notification.objects.filter(recipient=manager)
    assert sorted(told.values_list("kind", "subject_id")) == [
        ("assessment_accepted", alone.pk), ("assessments_accepted", within.pk)
    ]  # fmt: skip
    text = composing.compose(told.get(kind="assessments_accepted")).text
    assert [one.reference in text for one in entries] == [True, True, False]
    assert "2 applications" in text and str(assessor) in text


def test_one_that_is_refused_keeps_no_other_back(assessor):
    late, tied = offered(assessor, answer_by=NOON - 900 * DAY), offered(assessor)
    # Of another pot: what is merged with the tied one's competition competes with it.
    apart = competitions.closed_competition(pot="TV-R1")
    fine = assessments.offered(applications.application(Status.IN_ASSESSMENT, apart), assessor)
    firm = applications.lead(tied.application).organisation
    assessors.interest(assessor, firm.name)

    answer = office.sign_in(assessor).post(PAGE, {"accept": [late.pk, tied.pk, fine.pk]}, follow=True)

    assert states(late, tied, fine) == [
        AssessmentStatus.PENDING, AssessmentStatus.PENDING, AssessmentStatus.ACCEPTED
    ]  # fmt: skip
    assert f"{late.application.reference}: not accepted. The time to answer is over." in answer.text
    assert f"{tied.application.reference}: not accepted." in answer.text
    assert firm.name not in answer.text


def test_nothing_ticked_or_anothers_is_refused_at_the_field(assessor):
    offered(assessor)
    other = offered(people.assessor())
    browser = office.sign_in(assessor)

    for sent in ({}, {"accept": "x"}, {"accept": str(other.pk)}, {"accept": "9" * 40}):
        answer = browser.post(PAGE, sent)
        assert (answer.status_code, "Tick the applications that you accept" in answer.text) == (422, True)
    assert states(other) == [AssessmentStatus.PENDING]


def test_one_that_went_meanwhile_is_said(assessor):
    stays, gone = offered(assessor), offered(assessor)
    Assessment.objects.filter(pk=gone.pk).update(
        status=AssessmentStatus.WITHDRAWN, end_comment="Given to somebody else.", ended_at=NOON
    )

    answer = office.sign_in(assessor).post(PAGE, {"accept": [stays.pk, gone.pk]}, follow=True)

    assert "One that you ticked is not offered to you any more." in answer.text
    assert states(stays) == [AssessmentStatus.ACCEPTED]


def test_a_member_does_not_see_it_and_staff_have_no_such_page(assessor):
    one = offered(assessor)
    firm = applications.lead(one.application).organisation
    Membership.objects.create(organisation=firm, person=assessor, may_edit=False, joined_at=NOON)

    assert one.application.reference not in office.sign_in(assessor).get(PAGE).text
    for role in (Role.MANAGER, Role.AUDITOR):
        assert office.sign_in(people.user(role)).get(PAGE).status_code == 403


def test_twenty_take_as_many_queries_as_two(assessor):
    browser = office.sign_in(assessor)
    browser.get(PAGE)
    taken = []
    for more in (2, 18):
        for _ in range(more):
            offered(assessor)
        with CaptureQueriesContext(connection) as queries:
            browser.get(PAGE)
        taken.append(len(queries))

    assert taken[0] == taken[1] <= 12


def test_the_list_leads_there(assessor):
    assert PAGE in office.sign_in(assessor).get("/admin/applications/assessment/").text
