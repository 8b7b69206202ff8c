"""What the pages of the office must not tell of other regions, each by the way it was told once."""

import pytest

from accounts import role_groups
from accounts.roles import Role
from applications import closing
from applications.models import PotSharing, Stage
from funding import deciding, ledger
from funding.models import Budget, BudgetKind
from funding.places import Place
from tests.make import budgets, competitions, office, people
from tests.make.api import Asking
from tests.make.times import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def short():
    """An allocation of one region, and a programme's budget that has not enough for it any more."""
    shared = budgets.budget(BudgetKind.PROGRAMME, "123456.78")
    region = competitions.region("TV", "Tees Valley")
    within = competitions.closed_competition(region=region, pot_sharing=PotSharing.ALONE)
    budgets.drawn(within, programme=shared)
    budgets.assessed(within)
    made = budgets.proposed(within)
    budgets.with_ceiling(shared, shared.ceiling - 70_000)
    return made, Budget.objects.get(pk=shared.pk), region


def test_an_approver_for_one_region_is_not_told_what_the_programme_has_left(short):
    allocation, shared, region = short
    approver = people.user(Role.APPROVER, region=region)
    browser, base = office.sign_in(approver), f"/admin/funding/allocation/{allocation.pk}/"

    page = browser.get(f"{base}change/").content.decode()
    refused = browser.post(f"{base}approve/").content.decode()
    by_api = Asking(approver).post(f"allocations/{allocation.pk}/approve/")

    assert (by_api.status_code, by_api.json()["errors"][0]["code"]) == (409, "not_enough")
    for told in (page, refused, by_api.content.decode()):
        assert "53,456" not in told and "53456" not in told
        assert shared.name not in told and shared.code not in told
    assert "Another budget of this award has not enough left; £56,000 is needed." in refused
    assert by_api.json()["errors"][0]["message"].startswith("Another budget of this award")


def test_an_approver_for_the_programme_is_told_which_budget_and_how_much(short):
    allocation, shared, _region = short

    answer = Asking(people.user(Role.APPROVER)).post(f"allocations/{allocation.pk}/approve/")

    wanted = f"{shared.name} has £53,456.78 left; £56,000 is needed."
    assert answer.json()["errors"][0]["message"] == wanted


def test_the_trail_of_a_refusal_keeps_what_the_programme_has_left_to_itself(short):
    allocation, shared, _region = short

    with pytest.raises(ledger.NotEnough) as refusal:
        deciding.approve(allocation, by=people.user(Role.APPROVER), at=NOON)

    assert (refusal.value.source, refusal.value.facts) == (
        Place.AVAILABLE,
        {"budget": shared.code, "amount": "56000.00"},
    )


def test_the_closing_lists_filter_names_no_competition_that_is_set_up_elsewhere():
    competitions.competition(title="A secret round", stage=Stage.SET_UP)
    tees = competitions.region("TV", "Tees Valley")
    own = [competitions.closed_competition(region=tees, title=f"Ours {number}") for number in (1, 2)]
    for one in own:
        closing.draw(one, at=NOON)

    page = office.sign_in(people.user(Role.MANAGER, region=tees)).get("/admin/applications/closinglistentry/")

    assert "Ours 1" in page.content.decode()
    assert "A secret round" not in page.content.decode()


def test_a_history_is_closed_before_its_row_is_looked_for():
    role_groups.sync()
    region = competitions.region()
    browser = office.sign_in(people.assessor())

    answers = [browser.get(f"/admin/accounts/region/{pk}/history/") for pk in (region.pk, 999_999)]

    assert [answer.status_code for answer in answers] == [403, 403]


def test_a_filter_that_the_audit_trail_does_not_know_is_no_error_of_ours():
    browser = office.sign_in(people.user(Role.AUDITOR))

    answer = browser.get("/admin/accounts/auditentry/audit-trail.csv?nonsense=1")

    assert (answer.status_code, answer["Location"]) == (302, "/admin/accounts/auditentry/?e=1")
