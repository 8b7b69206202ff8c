"""Open proposals of later money, counted against each other and shown where a further one is proposed."""

import pytest
from django.urls import reverse

from accounts.models import Region
from accounts.roles import Role
from applications.models import Application, Stage
from applications.workflow import Status
from funding import deciding, later_money, ledger, open_proposals
from funding.models import Allocation, Budget
from tests import decision_presses
from tests.make import applications, budgets, competitions, office, people
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

LATER = NOON + 3 * DAY


@pytest.fixture
def made() -> Allocation:
    """Concluded and released: the first funded, the second in reserve, the third told no, of 56,000 each."""
    return budgets.released(decision_presses.with_reserve(), at=NOON + 2 * DAY)


def application(made, position: int) -> Application:
    return made.lines.select_related("application__competition").get(position=position).application


def raised(one: Application) -> Allocation:
    return later_money.raise_up(one, "Money came back.", by=budgets.fund_manager(), at=LATER)


def leave(made, kind: str, pounds: int) -> Budget:
    """Leave so much in one of the round's budgets."""
    budget = Budget.objects.get(pk=getattr(made.competitions.get().budgets, f"{kind}_id"))
    return budgets.with_ceiling(budget, budget.allocated + pounds, at=LATER)


def elsewhere(place: Region | None = None, **drawn) -> Application:
    """Of another round that is decided; it draws on these budgets, and for the rest on new ones."""
    within = competitions.closed_competition(stage=Stage.DECIDED, **({"region": place} if place else {}))
    budgets.drawn(within, **drawn)
    return applications.application(Status.INELIGIBLE, within, grant_sought=56_000, total_costs=112_000)


def page_of(one: Application) -> str:
    return reverse("admin:funding_allocation_raise", args=[one.pk])


def test_two_that_pass_a_budget_together_are_named_with_the_arithmetic(made):
    pot, one, other = leave(made, "pot", 100_000), application(made, 2), application(made, 3)
    assert open_proposals.against(other) == []

    first = raised(one)

    [found] = open_proposals.against(other)
    assert (found.budget, found.lines) == (pot, [first.lines.get()])
    assert (found.asked, found.wanted, found.together, found.lacking) == (56_000, 56_000, 112_000, 12_000)
    assert open_proposals.against(one) == []


@pytest.mark.parametrize("left", [112_000, 55_999])
def test_nothing_is_said_where_both_fit_or_where_one_alone_does_not(made, left):
    leave(made, "pot", 200_000)
    raised(application(made, 2))
    leave(made, "pot", left)

    assert open_proposals.against(application(made, 3)) == []


def test_what_was_refused_or_cannot_be_approved_any_more_is_not_counted(made):
    leave(made, "pot", 100_000)
    one, other = application(made, 2), application(made, 3)
    deciding.refuse(raised(one), "Not now.", by=budgets.approver(), at=LATER)
    assert open_proposals.against(other) == []

    raised(one)
    Application.objects.filter(pk=one.pk).update(status=Status.WITHDRAWN)

    assert open_proposals.against(other) == []


def test_of_another_competition_what_draws_on_the_same_budget_is_counted(made):
    one, budget = application(made, 2), leave(made, "pot", 100_000)
    raised(elsewhere())
    assert open_proposals.against(one) == []
    drawn = made.competitions.get().budgets
    sharing = elsewhere(drawn.region.region, pot=budget, programme=drawn.programme, region=drawn.region)

    raised(sharing)

    [found] = open_proposals.against(one)
    assert [line.application for line in found.lines] == [sharing]


def test_the_page_warns_and_the_ledger_refuses_the_one_approved_last(made):
    pot, one, other = leave(made, "pot", 100_000), application(made, 2), application(made, 3)
    browser, approver = office.sign_in(budgets.fund_manager()), budgets.approver()
    assert "Together with other open proposals" not in browser.get(page_of(other)).text
    first = raised(one)

    warned = browser.get(page_of(other)).text
    answer = browser.post(page_of(other), {"reason": "Money came back."}, follow=True)

    assert f"{pot} cannot carry all that is proposed for later money." in warned
    assert f">allocation {first.pk}</a>" in warned
    for figure in ("£100,000", "£56,000", "£112,000", "£12,000"):
        assert f"<dd>{figure}</dd>" in warned
    assert f"{other.reference} is proposed for later money." in answer.text
    assert "<dd>£12,000</dd>" in answer.text
    second = later_money.proposals().latest("pk")
    deciding.approve(second, by=approver, at=LATER)
    with pytest.raises(ledger.NotEnough):
        deciding.approve(first, by=approver, at=LATER)
    assert (
        "Together with other open proposals"
        not in browser.get(reverse("admin:funding_allocation_change", args=[first.pk])).text
    )


def test_the_reserve_list_says_what_fits_alone_only(made):
    leave(made, "pot", 100_000)
    browser = office.sign_in(budgets.fund_manager())
    address = reverse("admin:funding_allocation_change", args=[made.pk])
    assert "Yes, it fits." in browser.get(address).text

    raised(application(made, 3))

    assert "It fits, but not together with what is proposed already." in browser.get(address).text


def test_the_figures_of_the_programme_are_no_regions_to_read(made):
    leave(made, "programme", 100_000)
    raised(application(made, 2))
    second = raised(application(made, 3))
    region = made.competitions.get().region
    address = reverse("admin:funding_allocation_change", args=[second.pk])

    page = office.sign_in(people.user(Role.MANAGER, region=region)).get(address).text

    assert "A budget whose figures you do not see cannot carry all" in page
    assert "£12,000" not in page and "£100,000" not in page
