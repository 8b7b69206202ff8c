"""The panel sheet's page and its buttons."""

import pytest
from django.urls import reverse

from accounts import clock, role_groups
from accounts.models import Notification
from accounts.roles import Role
from applications.models import Competition
from funding import release
from funding.models import Allocation, Award, Budget, ProgrammeReport
from funding.reports import programme
from tests import form_on_page
from tests.make import budgets, people
from tests.make.times import DAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def round_():
    competition = budgets.funded_competition(ceiling="120000.00")
    for mark in (9, 8, 7):
        budgets.assessed(competition, mark)
    return competition


def sheet(competition) -> str:
    return reverse("admin:funding_panel_sheet", args=[competition.code])


def press(client, verb: str, pk: int, **fields):
    return client.post(reverse(f"admin:funding_allocation_{verb}", args=[pk]), fields, follow=True)


def test_the_sheet_shows_the_line_and_who_is_above_it(client, round_):
    client.force_login(people.user(Role.FUNDS))

    page = client.get(sheet(round_)).content.decode()

    assert page.count('class="sheet-in"') == 2
    assert page.count('class="sheet-line"') == 1
    assert "£112,000" in page
    assert "Propose the allocation" in page


def test_what_nobody_has_assessed_has_no_figures_on_the_sheet(client, round_):
    budgets.assessed(round_, fund=(), in_scope=())
    client.force_login(people.user(Role.FUNDS))

    page = client.get(sheet(round_)).text
    before, _, _ = page.partition("Not assessed yet")
    row = before[before.rindex('role="rowheader"') :]

    assert "Not assessed</td>" in row
    assert row.count("–</td>") == 4
    assert "0 of 0" not in page


def test_the_address_that_asks_for_a_report_leads_to_its_form_when_opened(client):
    role_groups.sync()
    address = reverse("admin:funding_programmereport_request")
    client.force_login(people.user(Role.FUNDS))

    opened = client.get(address)
    client.force_login(people.user(Role.LEAD))

    assert opened.url == reverse("admin:funding_programmereport_changelist")
    assert client.get(address).status_code == 403


def test_the_demonstration_is_reported_on_when_it_is_asked_for(client, round_):
    role_groups.sync()
    Competition.objects.filter(pk=round_.pk).update(is_demonstration=True)
    client.force_login(people.user(Role.FUNDS))
    address = reverse("admin:funding_programmereport_request")

    form = client.get(reverse("admin:funding_programmereport_changelist")).text
    for covers in ("", "demonstration:", f"demonstration:{round_.region.code}"):
        client.post(address, {"covers": covers})

    real, invented, regional = ProgrammeReport.objects.order_by("pk")
    assert 'value="demonstration:"' in form
    assert (programme.covered_by(real), programme.covered_by(invented)) == ([], [round_])
    assert (programme.covered_by(regional), regional.region) == ([round_], round_.region)
    page = client.get(reverse("admin:funding_programmereport_change", args=[invented.pk])).text
    assert "The whole programme (demonstration)" in page


def test_the_sheet_asks_the_same_number_of_questions_however_long(
    client, round_, django_assert_max_num_queries
):
    client.force_login(people.user(Role.FUNDS))

    with django_assert_max_num_queries(22) as three:
        client.get(sheet(round_))
    for mark in (9, 8, 7):
        budgets.assessed(round_, mark)
    with django_assert_max_num_queries(22) as six:
        client.get(sheet(round_))

    assert len(three) == len(six)


def test_from_proposal_to_release_by_the_buttons(client, round_):
    manager, approver = people.user(Role.FUNDS), people.user(Role.APPROVER)
    client.force_login(manager)
    client.post(reverse("admin:funding_allocation_propose", args=[round_.code]))
    allocation = Allocation.objects.get()

    client.force_login(approver)
    approved = press(client, "approve", allocation.pk)
    again = press(client, "approve", allocation.pk)
    client.force_login(manager)
    press(client, "release", allocation.pk)
    release.let_go(at=clock.now() + DAY)

    assert "has been approved" in approved.content.decode()
    assert f"Already approved by {approver}" in again.content.decode()
    assert Award.objects.count() == 2
    assert Budget.objects.get(pk=round_.budgets.pot_id).reserved == 112_000
    assert Notification.objects.filter(kind="application_successful").count() == 2
    assert Notification.objects.filter(kind="application_unsuccessful").count() == 1


def test_a_decided_sheet_keeps_its_line_whatever_the_budgets_hold_now(client, round_):
    budgets.approved(round_)
    client.force_login(people.user(Role.AUDITOR))

    page = client.get(sheet(round_)).content.decode()

    assert page.count('class="sheet-in"') == 2
    assert "The line against each budget" not in page


def test_who_proposed_cannot_approve(client, round_):
    both = people.user(Role.FUNDS, Role.APPROVER)
    client.force_login(both)
    client.post(reverse("admin:funding_allocation_propose", args=[round_.code]))

    refused = press(client, "approve", Allocation.objects.get().pk)

    assert refused.status_code == 409
    assert "Another approver has to decide it" in refused.content.decode()
    assert not Award.objects.exists()


def test_a_refusal_without_a_reason_is_refused(client, round_):
    client.force_login(people.user(Role.FUNDS))
    client.post(reverse("admin:funding_allocation_propose", args=[round_.code]))
    client.force_login(people.user(Role.APPROVER))

    refused = press(client, "refuse", Allocation.objects.get().pk, reason=" ")

    assert refused.status_code == 422
    page = refused.content.decode()
    assert "Give the reason for refusing." in page
    assert form_on_page.led_to(page) == ["refuse-reason"]


@pytest.mark.parametrize("role", [Role.ASSESSOR, Role.ADMINISTRATOR, Role.LEAD])
def test_the_sheet_is_not_there_for_people_without_a_say_in_money(client, round_, role):
    client.force_login(people.user(role))

    assert client.get(sheet(round_)).status_code == 404


@pytest.mark.parametrize("model", ["budget", "transfer", "award", "allocation", "programmereport"])
def test_the_lists_open_for_the_auditor_and_nothing_can_be_added(client, round_, model):
    budgets.approved(round_)
    client.force_login(people.user(Role.AUDITOR))

    assert client.get(reverse(f"admin:funding_{model}_changelist")).status_code == 200
    assert client.get(reverse(f"admin:funding_{model}_add")).status_code == 403
