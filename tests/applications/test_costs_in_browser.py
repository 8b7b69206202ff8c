"""The pages of costs and funding in Chromium while they break rules: what they say fits, and can be read."""

from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from applications import finances
from applications.models import Application, Category, OverheadMethod
from tests import browser as browsers
from tests.axe import assert_accessible
from tests.make import applications

pytestmark = pytest.mark.slow


@pytest.fixture
def site(committed_database, tmp_path):
    with browsers.website(committed_database, tmp_path) as site:
        yield site


def outside_the_limits() -> Application:
    """Complete, with £120,000 of costs and as much other public money; it can be asked to waive the limit."""
    within = applications.open_now()
    draft = applications.complete_draft(within, at=within.opens_at + timedelta(seconds=1), pounds=100_000)
    doer = {"by": draft.started_by, "at": draft.started_at}
    lead = applications.lead(draft)
    finances.set_overheads(lead, OverheadMethod.TWENTY, **doer)
    long_name = "A press for blanks of recycled steel that takes whatever the yard sends, at any width " * 3
    travel = {"description": long_name[:300], "quantity": 40, "unit_cost": Decimal("1.99")}
    finances.save_line(lead, Category.TRAVEL, travel, **doer)
    source = {"source": "Combined authority", "secured_on": None, "amount": Decimal(120_000)}
    finances.set_funding(lead, Decimal(70), [source], **doer)
    return draft


@pytest.mark.parametrize("width", [browsers.NARROW, browsers.WIDE])
def test_pages_of_money_that_break_rules_are_accessible(site, width):
    draft = outside_the_limits()
    home = f"/applications/{draft.reference}/"
    travel = applications.lead(draft).cost_lines.get(category=Category.TRAVEL)
    line = f"costs/travel/{travel.pk}/"

    with browsers.chromium() as browser:
        page = site.open(browser, person=draft.started_by, width=width)
        for path in ("costs/", "costs/travel/", line, f"{line}remove/", "funding/"):
            page.goto(home + path)
            assert_accessible(page)
        page.goto(home + "costs/")
        page.locator("[name=method][value=calculated]").check()
        page.locator("[name=amount]").fill("500")
        page.get_by_role("button", name="Save and mark as complete").click()
        page.get_by_text("Explain how you calculated the overheads.").first.wait_for()
        assert_accessible(page)
        page.locator("[name=explanation]").fill("Rent by desk")
        page.get_by_role("button", name="Save and mark as complete").click()
        page.get_by_text("Project costs: Total project costs must be").wait_for()
        assert_accessible(page)


def test_a_choice_shows_its_own_fields_and_without_script_all_show(site):
    draft = outside_the_limits()
    address = f"/applications/{draft.reference}/costs/"

    with browsers.chromium() as browser:
        page = site.open(browser, person=draft.started_by)
        page.goto(address)
        explanation = page.locator("[name=explanation]")
        page.locator("[name=method][value=calculated]").check()
        expect(explanation).to_be_visible()
        page.locator("[name=method][value=none]").check()
        expect(explanation).to_be_hidden()
        assert page.locator("input[aria-expanded]").count() == 0
        state = page.context.storage_state()
        plain = browser.new_context(
            java_script_enabled=False, storage_state=state, base_url=site.address
        ).new_page()
        plain.goto(address)
        expect(plain.locator("[name=explanation]")).to_be_visible()
