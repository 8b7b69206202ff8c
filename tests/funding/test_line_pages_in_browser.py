"""The pages on which lines are decided, in Chromium: accessible and in sight, wide and on a phone."""

import pytest
from playwright.sync_api import Page

from accounts import role_groups
from funding import later_money, line_decisions
from funding.models import Allocation, Budget, LineDecision, Verdict
from tests import browser as browsers
from tests import decision_presses
from tests.axe import assert_accessible
from tests.funding.test_pages_in_browser import PHONE, SCROLLING
from tests.make import budgets
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.slow

LONG = "A project with a title of the length that people give them"


@pytest.fixture
def site(committed_database, tmp_path):
    role_groups.sync()
    with browsers.website(committed_database, tmp_path) as site:
        yield site


def proposed() -> Allocation:
    within = budgets.funded_competition(ceiling="120000.00")
    for mark in (9, 8, 7, 5):
        budgets.assessed(within, mark, title=LONG)
    made = budgets.proposed(within)
    reason = "The panel wants to see the letter of its partner before it decides."
    first = made.lines.get(position=1)
    line_decisions.decide(first, Verdict.HOLD, reason, by=budgets.approver(), at=NOON + DAY)
    return made


def crowded(concluded: Allocation) -> Allocation:
    """A proposal of later money for the one in reserve, beside which no other fits."""
    pot = Budget.objects.get(pk=concluded.competitions.get().budgets.pot_id)
    budgets.with_ceiling(pot, pot.allocated + 100_000, at=NOON + 3 * DAY)
    one = concluded.lines.get(position=2).application
    return later_money.raise_up(one, "Money came back.", by=budgets.fund_manager(), at=NOON + 3 * DAY)


def looked_at(page: Page) -> None:
    """Accessible and nothing out of sight at each width."""
    for width in (browsers.WIDE, PHONE, browsers.NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        assert_accessible(page)
        assert page.evaluate(SCROLLING) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": browsers.WIDE, "height": 900})


def test_lines_are_chosen_looked_at_and_decided_without_scripts_by_keyboard(site):
    made = proposed()

    with browsers.chromium() as browser:
        state = site.open(browser, person=budgets.approver()).context.storage_state()
        context = browser.new_context(java_script_enabled=False, storage_state=state, base_url=site.address)
        page = context.new_page()
        page.goto(f"/admin/funding/allocation/{made.pk}/change/")
        for box in page.get_by_role("checkbox").all():
            box.focus()
            page.keyboard.press("Space")
        page.get_by_role("radio", name="As recommended").focus()
        page.keyboard.press("Space")
        page.get_by_role("button", name="See what this does").focus()
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="What this does: as recommended").wait_for()
        assert LineDecision.objects.count() == 1
        page.get_by_role("button", name="Decide 4 lines").focus()
        page.keyboard.press("Enter")

        page.get_by_role("heading", name="Results: as recommended").wait_for()
        assert page.get_by_role("cell", name="Decided").count() == 4
    assert LineDecision.objects.count() == 5


def test_the_pages_are_accessible_and_quiet_at_every_width(site):
    made, complaints = proposed(), []
    concluded = decision_presses.with_reserve()
    concluded = budgets.released(concluded, at=NOON + 2 * DAY)
    raised = concluded.lines.get(position=3).application_id
    first = crowded(concluded)

    with browsers.chromium() as browser:
        page = site.open(browser, person=budgets.approver())
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"/admin/funding/allocation/{made.pk}/change/")
        looked_at(page)
        page.get_by_role("button", name="See what this does").click()
        looked_at(page)
        for box in page.get_by_role("checkbox").all():
            box.check()
        page.get_by_role("radio", name="Fund", exact=True).check()
        page.get_by_label("Reason", exact=True).fill("The panel wants all of them.")
        page.get_by_role("button", name="See what this does").click()
        looked_at(page)
        page.get_by_role("button", name="Decide 2 lines").click()
        looked_at(page)
        line = made.lines.get(position=3)
        page.goto(f"/admin/funding/allocation/{made.pk}/line/{line.pk}/")
        looked_at(page)
        page.get_by_role("button", name="Decide this line").click()
        looked_at(page)
        manager = site.open(browser, person=budgets.fund_manager())
        for address in (f"{concluded.pk}/change/", f"raise/{raised}/", f"{first.pk}/change/"):
            manager.goto(f"/admin/funding/allocation/{address}")
            looked_at(manager)

    # A form that is refused answers with a status that the browser notes.
    assert [one for one in complaints if "422" not in one] == []
