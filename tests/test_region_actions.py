"""What is done in the office is done by who holds the role for the region it is about."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from accounts import outbox, resending
from accounts.models import Notification, OwedState, Region
from accounts.roles import Role
from applications import progress, publication, workflow
from applications.assessment import assignment, scoring
from applications.models import Application, Assessment, Competition, PotSharing, Stage
from applications.workflow import Status
from funding import allocation, deciding, duties, release
from funding.models import Allocation, BudgetKind
from funding.reports import programme
from tests.make import applications, assessments, budgets, competitions, office, people
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def two() -> SimpleNamespace:
    """Two regions: ``here``, where the person of a test holds a role, and ``there``."""
    return SimpleNamespace(
        here=competitions.region("TV", "Tees Valley"),
        there=competitions.region("LCR", "Liverpool City Region"),
    )


def assessed_in(region: Region):
    within = competitions.closed_competition(region=region, pot_sharing=PotSharing.ALONE)
    budgets.drawn(within)
    return within, budgets.assessed(within)


def everywhere(two, act, refusal) -> None:
    """Do it here, and be refused there."""
    act(two.here)
    with pytest.raises(refusal):
        act(two.there)


def test_a_competition_is_published_by_its_regions_manager(two):
    manager = people.user(Role.MANAGER, region=two.here)

    def publish(region):
        made = competitions.competition(region=region, stage=Stage.SET_UP)
        publication.publish(made, by=manager, at=made.opens_at - DAY)

    everywhere(two, publish, publication.PublicationRefused)


def test_an_application_is_given_out_by_its_regions_manager(two):
    manager = people.user(Role.MANAGER, region=two.here)

    def give(region):
        made = applications.application(within=competitions.closed_competition(region=region))
        assignment.give(made, people.assessor(), by=manager, at=NOON)

    everywhere(two, give, assignment.NotAManager)


def test_an_application_is_given_to_an_assessor_of_its_region(two):
    assessor = people.user(Role.ASSESSOR, region=two.here)

    def give(region):
        made = applications.application(within=competitions.closed_competition(region=region))
        assignment.give(made, assessor, by=people.manager(), at=NOON)

    everywhere(two, give, assignment.NotAnAssessor)


def test_who_reads_a_regions_marks_may_still_assess_in_another(two):
    person = people.user(Role.ASSESSOR)
    people.give(person, Role.MANAGER, two.there)

    def give(region):
        made = applications.application(within=competitions.closed_competition(region=region))
        assignment.give(made, person, by=people.manager(), at=NOON)

    everywhere(two, give, assignment.NotAnAssessor)


def test_marks_are_given_by_an_assessor_of_the_region(two):
    assessor = people.user(Role.ASSESSOR, region=two.here)

    def submit(region):
        within = competitions.closed_competition(region=region)
        made = assessments.marked(applications.application(Status.IN_ASSESSMENT, within), assessor)
        assert Assessment.objects.visible_to(assessor).filter(pk=made.pk).exists() == (region == two.here)
        visible = Application.objects.visible_to(assessor).filter(pk=made.application_id)
        assert visible.exists() == (region == two.here)
        scoring.submit(made, by=assessor, at=NOON)

    everywhere(two, submit, scoring.NotGiven)


def test_a_move_is_made_by_who_holds_the_role_for_its_region(two):
    approver = people.user(Role.APPROVER, region=two.here)

    def reject(region):
        _within, application = assessed_in(region)
        progress.advance(application.pk, workflow.REJECT, by=approver, at=NOON)

    everywhere(two, reject, workflow.MoveRefused)


def test_money_is_allocated_by_the_people_of_its_region(two):
    funds, approver = (people.user(role, region=two.here) for role in (Role.FUNDS, Role.APPROVER))

    def propose(region):
        within, _application = assessed_in(region)
        return allocation.propose([within], by=funds, at=NOON)

    def decide(region):
        within, _application = assessed_in(region)
        deciding.approve(budgets.proposed(within), by=approver, at=NOON)

    def refuse(region):
        within, _application = assessed_in(region)
        deciding.refuse(budgets.proposed(within), "Not now", by=approver, at=NOON)

    def tell(region):
        within, _application = assessed_in(region)
        release.release(budgets.approved(within), by=funds, at=NOON + 2 * DAY)

    for act in (propose, decide, refuse, tell):
        everywhere(two, act, duties.RoleMissing)


def test_a_report_is_asked_for_by_who_reads_all_that_it_covers(two):
    person = people.user(Role.FUNDS, region=two.here)

    def ask(region):
        programme.request(competitions.competition(region=region), by=person, at=NOON)
        programme.request(None, region, by=person, at=NOON)

    everywhere(two, ask, programme.NotAReader)
    with pytest.raises(programme.NotAReader):
        programme.request(None, by=person, at=NOON)


def test_a_failed_notification_is_sent_again_by_its_regions_people(two):
    manager = people.user(Role.MANAGER, region=two.here)

    def send_again(region):
        made = applications.application(within=competitions.closed_competition(region=region))
        failed = outbox.post(
            "application_submitted",
            to=made.started_by,
            subject_word="application",
            subject_id=made.pk,
            cause=f"told of {made.pk}",
            at=NOON,
        )
        Notification.objects.filter(pk=failed.pk).update(state=OwedState.FAILED, finished_at=NOON)
        resending.send_again(failed, reason="The mailbox was full.", by=manager, at=NOON + DAY)

    everywhere(two, send_again, resending.NotASender)


@pytest.fixture
def one_list(two) -> list[Competition]:
    """Two competitions of different regions that share a pot and so make one list."""
    pot, together = budgets.budget(BudgetKind.POT), []
    for region in (two.here, two.there):
        within = competitions.closed_competition(region=region)
        budgets.drawn(within, pot=pot)
        budgets.assessed(within)
        together.append(within)
    return together


def test_a_list_over_two_regions_takes_the_role_in_both(two, one_list):
    of_one, of_both = (people.user(Role.FUNDS, region=two.here) for _ in range(2))
    people.give(of_both, Role.FUNDS, two.there)

    with pytest.raises(duties.RoleMissing):
        allocation.propose(one_list, by=of_one, at=NOON)
    proposed = allocation.propose(one_list, by=of_both, at=NOON)

    assert not Allocation.objects.visible_to(of_one).exists()
    assert list(Allocation.objects.visible_to(of_both)) == [proposed]


def test_a_sheet_over_two_regions_says_why_it_is_closed(two, one_list):
    person = people.user(Role.FUNDS, region=two.here)
    there = Application.objects.get(competition=one_list[1])
    client = office.sign_in(person)

    sheet = client.get(reverse("admin:funding_panel_sheet", args=[one_list[0].code]))
    other = client.get(reverse("admin:funding_panel_sheet", args=[one_list[1].code]))
    sent = client.post(reverse("admin:funding_allocation_propose", args=[one_list[0].code]))

    assert (sheet.status_code, other.status_code, sent.status_code) == (403, 404, 403)
    assert f"ranked in one list with {one_list[1].code} of Liverpool City Region" in sheet.text
    assert there.reference not in sheet.text + sent.text


def test_the_panel_sheet_of_a_region_keeps_the_programmes_figures_back(two):
    within, _application = assessed_in(two.here)
    programme_budget = within.budgets.programme
    budgets.with_ceiling(programme_budget, "1234.00")
    regional, whole = people.user(Role.FUNDS, region=two.here), people.user(Role.FUNDS)
    address = reverse("admin:funding_panel_sheet", args=[within.code])

    theirs, all_of_it = (office.sign_in(person).get(address).text for person in (regional, whole))

    assert "1,234" in all_of_it
    assert "1,234" not in theirs
    assert "A budget of the whole programme, whose figures you do not see, draws the line." in theirs


def test_the_office_offers_the_regions_and_assessors_of_ones_own(two):
    manager = people.user(Role.MANAGER, region=two.here)
    near = people.user(Role.ASSESSOR, region=two.here, email="near@example.com")
    people.user(Role.ASSESSOR, region=two.there, email="far@example.com")
    made = applications.application(within=competitions.closed_competition(region=two.here))
    client = office.sign_in(manager)

    case = client.get(reverse("admin:applications_application_change", args=[made.pk])).text
    cases = client.get(reverse("admin:applications_application_changelist")).text
    new = client.get(reverse("admin:applications_competition_add")).text

    for page in (case, cases):
        assert near.email in page
        assert "far@example.com" not in page
    assert f'<option value="{two.here.pk}">Tees Valley</option>' in new
    assert f'<option value="{two.there.pk}"' not in new


def test_a_competition_cannot_be_carried_into_another_region(two):
    manager = people.user(Role.MANAGER, region=two.here)
    made = competitions.competition(region=two.here, stage=Stage.SET_UP)
    client = office.sign_in(manager)
    address = reverse("admin:applications_competition_change", args=[made.pk])

    answer = client.post(address, {"region": two.there.pk, "title": "Carried over", "seen_version": 1})

    made.refresh_from_db()
    assert answer.status_code == 422
    assert "Select a valid choice" in answer.text
    assert made.region == two.here
