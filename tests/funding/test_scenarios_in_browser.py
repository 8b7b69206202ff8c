"""Scenarios, rehearsal and release in Chromium: accessible and in sight at every width, by keyboard alone."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from accounts import clock, role_groups
from accounts.models import OwedState
from applications.models import Competition, Score
from funding import tasks
from funding.models import Allocation, Method, Release, ReleaseState, Scenario, ScenarioRequest
from funding.scenarios import making, verifying
from funding.scenarios.making import Definition
from tests import browser as browsers
from tests.axe import assert_accessible
from tests.databases import disarmed
from tests.funding.test_pages_in_browser import PHONE, SCROLLING
from tests.make import budgets, scenarios
from tests.make.times import NOON

pytestmark = pytest.mark.slow

LONG = "A project with a title of the length that people give them"
NAMES = ("From the top of the list", "The most score that the money of the pot can buy", "One project only")
WIDTHS = (browsers.WIDE, PHONE, browsers.NARROW)


@pytest.fixture
def site(committed_database, tmp_path):
    role_groups.sync()
    with browsers.website(committed_database, tmp_path) as site:
        yield site


def within() -> Competition:
    """One dear project and two that fit together, of a competition that allows all that there is."""
    made = budgets.funded_competition(ceiling="120000.00")
    Competition.objects.filter(pk=made.pk).update(announces_portfolio=True, allows_part_awards=True)
    made.refresh_from_db()
    for mark, grant in ((9, "100000.00"), (8, "60000.00"), (8, "60000.00")):
        budgets.assessed(made, mark, grant=grant, title=LONG)
    return made


def looked_at(page: Page) -> None:
    """Accessible and nothing out of sight at each width."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert_accessible(page)
        assert page.evaluate(SCROLLING) == []
    page.set_viewport_size({"width": browsers.WIDE, "height": 900})


def without_scripts(site, browser, person) -> Page:
    state = site.open(browser, person=person).context.storage_state()
    return browser.new_context(
        java_script_enabled=False, storage_state=state, base_url=site.address
    ).new_page()


def come_to(page: Page, wanted: Locator) -> None:
    """Press Tab until it has the focus, and fail where the keyboard never comes to it."""
    wanted.wait_for()
    for _ in range(150):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {wanted}")


def press(page: Page, wanted: Locator) -> None:
    come_to(page, wanted)
    page.keyboard.press("Enter")


def follow(page: Page, wanted: Locator) -> None:
    """Press a link or the button of a form, and come to its page."""
    come_to(page, wanted)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def write(page: Page, label: str, text: str) -> None:
    come_to(page, page.get_by_label(label, exact=True))
    page.keyboard.type(text)


def test_the_pages_of_scenarios_are_accessible_and_in_sight_at_every_width(site):
    competition, complaints = within(), []
    rule = {"sense_0": "at_most", "limit_0": "x", "measure_0": "projects"}
    address = reverse("admin:funding_scenarios", args=[competition.code])

    with browsers.chromium() as browser:
        page = site.open(browser, person=budgets.fund_manager())
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        looked_at(page)
        for name, value in rule.items():
            page.locator(f"[name={name}]").evaluate("(box, value) => { box.value = value }", value)
        page.get_by_role("button", name="Work it out").last.click()
        looked_at(page)
        for link in page.get_by_role("alert").get_by_role("link").all():
            assert page.locator(link.get_attribute("href")).is_visible()
        for name, method in zip(NAMES, (Method.TOP_DOWN, Method.PORTFOLIO, Method.TOP_DOWN), strict=True):
            making.make([competition], Definition(name, method=method), by=budgets.fund_manager(), at=NOON)
        page.goto(address)
        looked_at(page)
        page.get_by_role("link", name=NAMES[1]).click()
        looked_at(page)
        page.goto(reverse("admin:funding_scenario_request", args=[scenarios.owed(competition).pk]))
        looked_at(page)

    # A form that is refused answers with a status that the browser notes.
    assert [one for one in complaints if "422" not in one] == []


def test_enter_works_it_out_and_adds_no_row(site):
    competition = within()

    with browsers.chromium() as browser:
        page = without_scripts(site, browser, budgets.fund_manager())
        page.goto(reverse("admin:funding_scenarios", args=[competition.code]))
        write(page, "Name of the scenario", NAMES[0])
        page.keyboard.press("Enter")
        page.get_by_role("heading", name=NAMES[0], exact=True).wait_for()

    assert Scenario.objects.get().name == NAMES[0]


def test_one_that_is_worked_out_comes_into_its_place_by_itself(site):
    owed = scenarios.owed(within())

    with browsers.chromium() as browser:
        page = site.open(browser, person=budgets.fund_manager())
        page.goto(reverse("admin:funding_scenario_request", args=[owed.pk]))
        page.get_by_text("portfolios are worked out one after the other").wait_for()
        ScenarioRequest.objects.lease(clock.now(), timedelta(minutes=3))
        tasks.work_out_scenarios([owed.pk])
        page.get_by_role("heading", name="The money").wait_for()

    assert page.url.endswith(reverse("admin:funding_scenario", args=[Scenario.objects.get().pk]))


#: A page's pauses are over at once.
HURRIED = "const after = window.setTimeout; window.setTimeout = (done) => after(done, 0)"


def test_its_page_looks_on_for_as_long_as_it_waits_and_says_what_it_sees_in_its_head_too(site):
    owed, looks = scenarios.owed(within()), []

    with browsers.chromium() as browser:
        page = site.open(browser, person=budgets.fund_manager())
        page.add_init_script(HURRIED)
        address = reverse("admin:funding_scenario_request", args=[owed.pk])
        page.goto(address)
        waiting, head = page.content(), page.locator("#request-standing")

        def answer(route) -> None:
            looks.append(route.request.url)
            route.fulfill(body=waiting, content_type="text/html") if len(looks) < 150 else route.continue_()

        page.route(f"**{address}", answer)
        expect(head).to_contain_text("waiting for its turn")
        rows = ScenarioRequest.objects.filter(pk=owed.pk)
        rows.update(state=OwedState.LEASED, claimed_at=NOON, leased_until=NOON)
        expect(head).to_contain_text("being worked out")
        expect(page.locator("#request-progress")).to_contain_text("The best portfolio is looked for")

    assert len(looks) >= 150


def test_on_a_phone_each_figure_of_the_comparison_stands_under_the_name_of_its_scenario(site):
    competition = within()
    for name, method in zip(NAMES[:2], (Method.TOP_DOWN, Method.PORTFOLIO), strict=True):
        making.make([competition], Definition(name, method=method), by=budgets.fund_manager(), at=NOON)

    with browsers.chromium() as browser:
        page = site.open(browser, width=PHONE, person=budgets.fund_manager())
        page.goto(reverse("admin:funding_scenarios", args=[competition.code]))
        row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Grants"))

        cells = row.get_by_role("cell").all()
        assert [cell.inner_text() for cell in cells] == [f"{NAMES[0]}\n£100,000", f"{NAMES[1]}\n£120,000"]
        for cell in cells:
            box = cell.bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE


def test_a_scenario_with_a_rule_is_made_compared_and_proposed_without_scripts_by_keyboard(site, tmp_path):
    competition = within()
    making.make([competition], Definition(NAMES[0]), by=budgets.fund_manager(), at=NOON)

    with browsers.chromium() as browser:
        page = without_scripts(site, browser, budgets.fund_manager())
        page.goto(reverse("admin:funding_panel_sheet", args=[competition.code]))
        follow(page, page.get_by_role("link", name="Make and compare scenarios"))
        write(page, "Name of the scenario", NAMES[2])
        come_to(page, page.get_by_role("radio", name=Method.TOP_DOWN.label))
        page.keyboard.press("ArrowDown")
        press(page, page.locator("summary", has_text="Rules of a portfolio"))
        write(page, "Rule 1: at least or at most", "at most")
        write(page, "Rule 1: how much or many", "1")
        write(page, "Rule 1: projects or pounds", "projects")
        come_to(page, page.get_by_label("Rule 1: of what", exact=True))
        page.keyboard.press("ArrowDown")
        follow(page, page.get_by_role("button", name="Work it out").last)
        page.get_by_role("heading", name=NAMES[2], exact=True).wait_for()
        follow(page, page.get_by_role("link", name=f"Scenarios {competition.code}"))
        assert page.get_by_role("columnheader").all_inner_texts() == ["Figure", NAMES[0], NAMES[2]]
        follow(page, page.get_by_role("link", name=NAMES[2]))
        follow(page, page.get_by_role("button", name="Propose this allocation"))
        with page.expect_download() as download:
            press(page, page.get_by_role("link", name="Download the decision pack (JSON)"))
        download.value.save_as(tmp_path / "pack.json")

    made = Allocation.objects.get()
    assert made.scenario == Scenario.objects.get(method=Method.PORTFOLIO)
    assert verifying.differences(json.loads((tmp_path / "pack.json").read_text())) == []


def test_a_release_is_rehearsed_begun_and_recalled_without_scripts_by_keyboard(site):
    competition = within()
    made = budgets.approved(competition)
    page_of = reverse("admin:funding_allocation_change", args=[made.pk])
    lacking = Score.objects.filter(assessment__application=made.lines.get(position=3).application)

    with browsers.chromium() as browser:
        manager = budgets.fund_manager()
        looking, page = site.open(browser, person=manager), without_scripts(site, browser, manager)

        def look() -> None:
            looking.goto(page.url)
            looked_at(looking)

        page.goto(page_of)
        follow(page, page.get_by_role("link", name="Rehearse the release"))
        look()
        follow(page, page.get_by_role("link", name="Read it").first)
        look()
        follow(page, page.get_by_role("link", name="Release", exact=True))
        follow(page, page.get_by_role("button", name="Release the outcomes"))
        page.get_by_role("heading", name="The outcomes are about to be released").wait_for()
        look()
        follow(page, page.get_by_role("link", name="See what will be sent"))
        page.goto(page_of)
        follow(page, page.get_by_role("button", name="Recall the release"))
        press(page, page.get_by_role("link", name="Give the reason, in 2,000 characters or fewer."))
        write(page, "Reason for recalling it", "A figure is wrong.")
        follow(page, page.get_by_role("button", name="Recall the release"))
        page.get_by_text("was recalled by").wait_for()
        look()
        with disarmed("applications_score"):
            lacking.update(feedback="")
        follow(page, page.get_by_role("link", name="Rehearse the release"))
        page.get_by_role("heading", name="Feedback is missing").wait_for()
        look()

    assert Release.objects.get().state == ReleaseState.RECALLED
    assert made.lines.filter(application__released_at__isnull=False).count() == 0
