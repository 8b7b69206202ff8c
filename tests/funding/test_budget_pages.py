"""The page of a budget, the form of a change with its decision, and the ledger searched and taken away."""

from decimal import Decimal

import pytest

from accounts.models import AuditEntry
from accounts.roles import Role
from funding import budget_changes
from funding.models import Budget, BudgetChange, BudgetKind, ChangeState
from tests import growth
from tests.make import budgets, competitions, office, people
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

TRANSFERS = "/admin/funding/transfer/"


def page_of(budget: Budget) -> str:
    return f"/admin/funding/budget/{budget.pk}/change/"


def page_of_change(change: BudgetChange) -> str:
    return f"/admin/funding/budgetchange/{change.pk}/"


def test_a_budgets_page_has_what_draws_on_it_and_its_latest_transfers():
    within = budgets.funded_competition(ceiling="100000.00")
    award = budgets.award(within, "56000.00")

    page = office.sign_in(people.user(Role.AUDITOR)).get(page_of(within.budgets.pot)).text

    assert "£56,000 of £100,000 allocated" in page
    assert within.code in page
    assert f"award {award.pk} approved" in page
    assert award.application.reference in page
    assert f"{TRANSFERS}?budget__id__exact={within.budgets.pot.pk}" in page
    assert "Propose another ceiling" not in page


def test_it_asks_no_more_for_more():
    within = budgets.funded_competition()
    budgets.award(within)
    browser = office.sign_in(budgets.fund_manager())
    address = page_of(within.budgets.pot)
    browser.get(address)
    before = len(growth.queries(browser, address)[1])

    for _ in range(3):
        budgets.award(within)

    assert len(growth.queries(browser, address)[1]) == before


def test_a_region_sees_no_transfer_of_another_in_a_pot_that_both_share():
    shared, other = budgets.budget(), competitions.region("TV", "Tees Valley")
    here = competitions.closed_competition()
    there = competitions.closed_competition(region=other, pot=shared.code)
    for within in (here, there):
        budgets.drawn(within, pot=shared)
    ours, theirs = budgets.award(here, "11000.00"), budgets.award(there, "22000.00")
    browser = office.sign_in(people.user(Role.MANAGER, region=here.region))

    page = browser.get(page_of(shared)).text

    assert ours.application.reference in page
    assert theirs.application.reference not in page
    assert there.code not in page
    programme = Budget.objects.filter(kind=BudgetKind.PROGRAMME).first()
    assert browser.get(page_of(programme)).status_code == 404


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_comes_back():
    pot, other = budgets.pots_of_one_region()
    browser, address = office.sign_in(budgets.fund_manager()), f"/admin/funding/budget/{pot.pk}/"

    empty = browser.post(f"{address}ceiling/", {"ceiling": "", "reason": "Typed before."})
    same = browser.post(f"{address}ceiling/", {"ceiling": "100,000", "reason": "Typed before."})
    dear = browser.post(
        f"{address}move/", {"into": other.code, "amount": "100,000.01", "reason": "Typed before."}
    )

    assert [answer.status_code for answer in (empty, same, dear)] == [422, 422, 409]
    assert ["Typed before." in answer.text for answer in (empty, same, dear)] == [True] * 3
    assert "The ceiling is £100,000 already." in same.text
    assert "has £100,000 left; £100,000.01 is needed." in dear.text
    assert not BudgetChange.objects.exists()


def test_a_pot_of_another_region_is_answered_like_one_that_is_not_there():
    pot, _other = budgets.pots_of_one_region()
    foreign = budgets.funded_competition(region=competitions.region("TV", "Tees Valley")).budgets.pot
    browser, address = office.sign_in(budgets.fund_manager()), f"/admin/funding/budget/{pot.pk}/move/"

    answers = [
        browser.post(address, {"into": code, "amount": "1", "reason": "Why."})
        for code in (foreign.code, "NOWHERE")
    ]

    assert [answer.status_code for answer in answers] == [422, 422]


def test_the_decision_is_made_on_its_page_and_shown_there():
    change = budgets.proposed_ceiling(budgets.budget(ceiling="100000.00"), "60000.00")
    browser, address = office.sign_in(budgets.approver()), page_of_change(change)

    shown = browser.get(f"{address}change/").text
    no_reason = browser.post(f"{address}decide/", {"decision": "refuse", "reason": ""})
    refused = browser.post(f"{address}decide/", {"decision": "refuse", "reason": "Not now."}, follow=True)
    again = browser.post(f"{address}decide/", {"decision": "approve", "reason": ""})

    assert "£60,000" in shown
    assert (no_reason.status_code, again.status_code) == (422, 409)
    assert "Give the reason for refusing it." in no_reason.text
    assert "Not now." in refused.text
    assert BudgetChange.objects.get().state == ChangeState.REFUSED
    assert AuditEntry.objects.get(action="refuse budget change", is_refusal=False).reason == "Not now."


def test_whoever_proposed_has_no_form_and_is_refused():
    both = people.user(Role.FUNDS, Role.APPROVER)
    change = budget_changes.propose_ceiling(budgets.budget(), Decimal("60000.00"), "Why.", by=both, at=NOON)
    browser = office.sign_in(both)

    shown = browser.get(f"{page_of_change(change)}change/").text
    answer = browser.post(f"{page_of_change(change)}decide/", {"decision": "approve", "reason": ""})

    assert "decide/" not in shown
    assert (answer.status_code, BudgetChange.objects.get().state) == (409, ChangeState.PROPOSED)
    assert "Another person has to decide it." in answer.text


@pytest.mark.parametrize("by", ["cause", "application", "budget", "person"])
def test_transfers_are_found_by_cause_application_budget_and_person(by):
    first, second = budgets.award(grant="11000.00"), budgets.award(grant="22000.00")
    words = {
        "cause": f'"award {first.pk} approved"',
        "application": first.application.reference,
        "budget": first.budgets.pot.code,
        "person": first.approved_by.email,
    }
    browser = office.sign_in(people.user(Role.AUDITOR))

    page = browser.get(TRANSFERS, {"q": words[by]}).text

    assert first.application.reference in page
    assert second.application.reference not in page


def test_transfers_are_filtered_by_days_and_a_day_that_is_none_is_refused_kindly():
    early, late = budgets.award(at=NOON - 3 * DAY), budgets.award(at=NOON)
    browser = office.sign_in(people.user(Role.AUDITOR))

    def found(**days) -> list[bool]:
        page = browser.get(TRANSFERS, {f"made_at_{end}": day for end, day in days.items()}).text
        return [f"award {one.pk} approved" in page for one in (early, late)]

    assert found(**{"from": "2026-06-01"}) == [False, True]
    assert found(to="2026-05-31", **{"from": "2026-05-29"}) == [True, False]
    assert browser.get(TRANSFERS, {"made_at_from": "yesterday"}).status_code in (200, 302)
    assert browser.get(f"{TRANSFERS}list.csv", {"made_at_from": "yesterday"}).status_code == 302
