"""The pages on which later money is proposed."""

import pytest
from django.urls import reverse

from applications.models import Application
from funding import later_money
from funding.models import Allocation
from tests import decision_presses, form_on_page
from tests.make import budgets, office
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> Allocation:
    """Concluded and released: the first funded, the second in reserve, the third told no."""
    made = decision_presses.with_reserve()
    return budgets.released(made, at=NOON + 2 * DAY)


def application(made, position: int) -> Application:
    return Application.objects.get(allocation_lines__allocation=made, allocation_lines__position=position)


def test_the_pages_lead_from_the_application_to_the_decision(made):
    one = application(made, 3)
    browser = office.sign_in(budgets.fund_manager())
    page = reverse("admin:funding_allocation_raise", args=[one.pk])

    entry = browser.get(reverse("admin:applications_application_change", args=[one.pk])).text
    empty = browser.post(page, {"reason": " "})
    answer = browser.post(page, {"reason": "Money came back."}, follow=True)

    assert page in entry
    assert (empty.status_code, "Give the reason for funding it" in empty.text) == (422, True)
    assert f"{one.reference} is proposed for later money." in answer.text
    assert "Reason for proposing it: Money came back." in answer.text
    allocation = later_money.proposals().get()
    approver = office.sign_in(budgets.approver())
    assert f"Approve or refuse later money: allocation {allocation.pk}" in approver.get("/admin/").text
    done = approver.post(reverse("admin:funding_allocation_approve", args=[allocation.pk]), follow=True)
    assert "The allocation has been approved." in done.text
    again = browser.get(page).text
    assert "It is successful: later money funds what the round did not." in again


def test_the_reserve_list_proposes_the_next_one_on_the_page(made):
    browser = office.sign_in(budgets.fund_manager())
    page = browser.get(reverse("admin:funding_allocation_change", args=[made.pk])).text
    address = reverse("admin:funding_allocation_next", args=[made.pk])

    empty = browser.post(address, {"reason": ""})
    answer = browser.post(address, {"reason": "Money came back."}, follow=True)
    none = browser.post(address, {"reason": "Money came back."})

    assert "Reserve list" in page and "Yes, it fits." in page
    assert empty.status_code == 422
    assert form_on_page.led_to(empty.text) == ["next-reason"]
    assert f"{application(made, 2).reference} is proposed for later money." in answer.text
    assert (none.status_code, "Nothing in reserve can be next" in none.text) == (409, True)
