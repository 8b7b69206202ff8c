"""What waits for whoever is signed in: by role, each with the very page where it is done."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import appointments, outbox
from accounts.models import JobRun, Notification, OwedState
from accounts.roles import Appointment, Role
from applications.assessment import moderation, scoring
from applications.workflow import AssessmentStatus, Status
from funding import deciding
from funding.models import LedgerCheck
from tests.make import applications, assessments, budgets, competitions, people
from tests.make.office import sign_in
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

LINK = re.compile(r'<a class="office-waiting__link" href="([^"]+)">([^<]+)</a>')


def waiting_for(person) -> dict[str, str]:
    """Each thing that waits with the address of its page, every one of which opens."""
    browser = sign_in(person)
    page = browser.get("/admin/")
    found = {unescape(says): unescape(address) for address, says in LINK.findall(page.text)}
    assert [address for address in found.values() if browser.get(address).status_code != 200] == []
    assert ("Nothing waits for you now." in page.text) == (not found)
    return found


@pytest.mark.parametrize("role", sorted(Role.__members__.values()))
def test_nobody_is_shown_what_is_not_there(role):
    if role != Role.APPLICANT:
        assert waiting_for(people.user(role)) == {}


def test_an_assessor_is_led_to_what_they_still_have_to_mark():
    given = assessments.assessment(applications.application(Status.IN_ASSESSMENT, title="New gears"))
    begun = applications.application(Status.IN_ASSESSMENT, title="Old gears")
    begun = assessments.assessment(begun, given.assessor, AssessmentStatus.OPEN, given_at=NOON + DAY)
    assessments.submitted(applications.application(Status.IN_ASSESSMENT), given.assessor)
    assessments.assessment(given.application)

    base = "/admin/applications/assessment"
    assert waiting_for(given.assessor) == {
        f"Score {given.application.reference}: New gears": f"{base}/{given.pk}/score/",
        f"Continue {begun.application.reference}: Old gears": f"{base}/{begun.pk}/score/",
    }


def test_the_assessors_list_says_what_each_link_does():
    one = assessments.marked(applications.application(Status.IN_ASSESSMENT))
    sent = assessments.submitted(applications.application(Status.IN_ASSESSMENT), one.assessor)

    page = sign_in(one.assessor).get("/admin/applications/assessment/")

    names = re.findall(r'<a href="[^"]+/change/[^"]*">([^<]+)<span class="visually-hidden">', page.text)
    assert sorted(names) == ["Check and submit", "Read what you sent"]
    assert f'Check and submit<span class="visually-hidden"> {one.application.reference}' in page.text
    assert sent.application.reference in page.text


def test_a_manager_is_led_to_the_applications_that_are_short_of_assessors():
    within = competitions.closed_competition(assessors_each=2)
    short, other = (applications.application(Status.SUBMITTED, within) for _ in range(2))
    assessments.assessment(short)
    assessments.assessment(short, status=AssessmentStatus.REJECTED)
    enough = applications.application(Status.IN_ASSESSMENT, within)
    for _ in range(2):
        assessments.assessment(enough)
    applications.application(Status.SUBMITTED, competitions.open_now())
    manager = people.manager()

    found = waiting_for(manager)

    address = f"/admin/applications/application/?assessors=short&competition__id__exact={within.pk}"
    checks = f"/admin/applications/eligibilitycase/?eligibility=rules&competition__id__exact={within.pk}"
    assert found == {
        "3 applications await a check of eligibility": checks,
        "Give 2 applications to assessors": address,
    }
    listed = sign_in(manager).get(address).context["cl"].result_list
    assert {one.reference for one in listed} == {short.reference, other.reference}


def test_a_manager_of_another_region_has_nothing_waiting():
    applications.application(Status.SUBMITTED, competitions.closed_competition())
    there = people.manager(region=competitions.region("TV", "Tees Valley"))

    assert waiting_for(there) == {}


def test_a_sheet_waits_for_the_fund_manager_once_every_mark_is_in():
    within = budgets.funded_competition()
    budgets.assessed(within)
    lacking = budgets.assessed(within, fund=(True, True), in_scope=(True, True))
    funds = people.user(Role.FUNDS)

    before = waiting_for(funds)
    owed = assessments.marked(lacking)
    with_one_owed = waiting_for(funds)
    scoring.submit(owed, by=owed.assessor, at=NOON)

    assert (before, with_one_owed) == ({}, {})
    address = f"/admin/funding/allocation/panel-sheet/{within.code}/"
    assert waiting_for(funds) == {f"Rank and propose: panel sheet {within.code}": address}
    assert waiting_for(people.user(Role.APPROVER)) == {}


def test_a_merged_list_waits_only_when_all_of_it_is_marked():
    pot = budgets.budget()
    one, two = (competitions.closed_competition() for _ in range(2))
    for within in (one, two):
        budgets.drawn(within, pot=pot)
    budgets.assessed(one)
    late = budgets.assessed(two, fund=(True, True), in_scope=(True, True))
    funds = people.user(Role.FUNDS)

    before = waiting_for(funds)
    assessments.submitted(late)

    assert before == {}
    assert list(waiting_for(funds)) == [f"Rank and propose: panel sheet {one.code}"]


def test_a_proposal_waits_for_every_approver_but_its_proposer():
    within = budgets.funded_competition()
    budgets.assessed(within)
    both = people.user(Role.FUNDS, Role.APPROVER)
    proposed = budgets.proposed(within, by=both)
    address = f"/admin/funding/allocation/{proposed.pk}/change/"

    assert waiting_for(both) == {}
    assert waiting_for(people.user(Role.APPROVER)) == {f"Approve or refuse allocation {proposed.pk}": address}
    there = people.user(Role.APPROVER, region=competitions.region("TV", "Tees Valley"))
    assert waiting_for(there) == {}


def test_approved_outcomes_wait_for_their_release():
    within = budgets.funded_competition()
    budgets.assessed(within)
    approved = budgets.approved(within)
    address = f"/admin/funding/allocation/{approved.pk}/change/"
    says = f"Release the outcomes of allocation {approved.pk}"

    before = waiting_for(people.user(Role.FUNDS)), waiting_for(people.manager())
    budgets.released(approved, by=budgets.fund_manager(), at=NOON + 2 * DAY)

    assert before == ({says: address}, {says: address})
    assert waiting_for(people.manager()) == {}
    # What is released is asked about and offered next.
    assert list(waiting_for(people.user(Role.FUNDS))) == [
        "Ask the enterprises of 1 award about assistance",
        "Make 1 offer",
    ]


def test_a_change_of_roles_waits_for_a_second_administrator_who_is_not_the_person():
    asker, person, second = people.user(Role.ADMINISTRATOR), people.user(), people.user(Role.ADMINISTRATOR)
    wanted = [Appointment(Role.ADMINISTRATOR)]
    people.give(person, Role.ADMINISTRATOR)
    appointments.ask(
        person, [*wanted, Appointment(Role.LEAD)], may_sign_in=True, reason="Both.", by=asker, at=NOON
    )

    assert (waiting_for(asker), waiting_for(person)) == ({}, {})
    assert waiting_for(second) == {
        f"Confirm or refuse a change of roles for {person}": f"/admin/accounts/user/{person.pk}/change/"
    }


def test_what_did_not_arrive_waits_until_it_is_sent_again():
    outbox.post(
        "assessment_given", to=people.user(), subject_word="assessment", subject_id=1, cause="one", at=NOON
    )
    Notification.objects.update(state=OwedState.FAILED, finished_at=NOON)
    manager = people.manager()

    found = waiting_for(manager)

    assert found == {"Send 1 message again": "/admin/accounts/notification/?unreached=yes"}
    assert len(sign_in(manager).get(found["Send 1 message again"]).context["cl"].result_list) == 1
    assert waiting_for(people.user(Role.AUDITOR)) == {}


def test_a_failed_job_waits_until_a_later_period_went_well():
    failed = JobRun.objects.create(
        job="count", period=NOON, taken_at=NOON, due_at=NOON, state=OwedState.FAILED, finished_at=NOON
    )
    administrator = people.user(Role.ADMINISTRATOR)

    before = waiting_for(administrator)
    JobRun.objects.create(
        job="count", period=NOON + DAY, taken_at=NOON, due_at=NOON, state=OwedState.DONE, finished_at=NOON
    )

    address = f"/admin/accounts/jobrun/{failed.pk}/change/"
    assert before == {"Look at the job “count”, which has failed": address}
    assert waiting_for(administrator) == {}


def test_a_ledger_that_does_not_add_up_is_told_to_those_it_stops():
    LedgerCheck.objects.create(checked_at=NOON, is_clean=False, differences=["One pound."])

    says = "The ledger does not add up: approvals are stopped"
    assert list(waiting_for(people.user(Role.APPROVER))) == [says]
    assert waiting_for(people.manager()) == {}


def test_what_waits_is_asked_in_as_many_queries_for_three_of_each_as_for_one():
    person = people.user(Role.MANAGER, Role.FUNDS, Role.APPROVER, Role.ADMINISTRATOR)
    browser = sign_in(person)
    # The first request notes when the session began.
    browser.get("/admin/")
    taken = []
    for _ in range(2):
        for _ in range(2):
            _everything()
        with CaptureQueriesContext(connection) as queries:
            page = browser.get("/admin/")
        taken.append(len(queries))

    assert len(page.context["waiting"]) > 12
    assert taken[0] == taken[1] <= 35


def test_an_assessors_first_page_takes_as_many_queries_for_three_as_for_one():
    person = people.assessor()
    browser = sign_in(person)
    # The first request notes when the session began.
    browser.get("/admin/")
    taken = []
    for more in (1, 2):
        for _ in range(more):
            assessments.assessment(applications.application(Status.IN_ASSESSMENT), person)
        with CaptureQueriesContext(connection) as queries:
            browser.get("/admin/")
        taken.append(len(queries))

    assert taken[0] == taken[1]


def _everything() -> None:
    """One more of all that can wait."""
    applications.application(Status.SUBMITTED, competitions.closed_competition())
    ready, waiting, approved = (budgets.funded_competition() for _ in range(3))
    for within in (ready, waiting, approved):
        budgets.assessed(within)
    budgets.proposed(waiting)
    deciding.approve(budgets.proposed(approved), by=budgets.approver(), at=NOON)
    appointments.ask(
        people.user(), [Appointment(Role.LEAD)], may_sign_in=True, reason="Starts.",
        by=people.user(Role.ADMINISTRATOR), at=NOON,
    )  # fmt: skip
    marked = assessments.submitted(applications.application(Status.IN_ASSESSMENT))
    moderation.propose(marked, reason="Too low.", by=people.manager(), at=NOON)
    number = JobRun.objects.count()
    JobRun.objects.create(
        job=f"job {number}", period=NOON, taken_at=NOON, due_at=NOON, state=OwedState.FAILED, finished_at=NOON
    )
