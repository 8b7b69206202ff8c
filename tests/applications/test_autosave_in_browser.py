"""A draft in Chromium: saved while one writes, by two at once, and with the connection lost."""

import re

import pytest
from playwright.sync_api import expect

from applications.models import Application
from tests import browser as browsers
from tests.axe import assert_accessible
from tests.make import applications, competitions, people

pytestmark = pytest.mark.slow

SAVED = re.compile(r"^Saved at \d+(:\d\d)?[ap]m\.$")


@pytest.fixture
def site(committed_database, tmp_path):
    with browsers.website(committed_database, tmp_path) as site:
        yield site


@pytest.fixture
def draft(committed_database) -> Application:
    within = competitions.open_now()
    return applications.draft(within, at=within.opens_at)


def text_of(draft: Application) -> str:
    return draft.answers.values_list("text", flat=True).get(question__key="scope")


def test_answer_is_saved_while_it_is_written(site, draft):
    with browsers.chromium() as browser:
        page = site.open(browser, person=draft.started_by)
        page.goto(f"/applications/{draft.reference}/answers/scope/")
        page.locator("#id_text").press_sequentially("Gears for ships.")
        expect(page.get_by_role("status").filter(has_text="Saved")).to_have_text(SAVED)
        kept = text_of(draft)
        assert_accessible(page)
        page.locator("#id_text").press_sequentially(" And trains.")
        page.get_by_role("button", name="Save and return later").click()
        page.wait_for_url(f"**/applications/{draft.reference}/")

    assert (kept, text_of(draft)) == ("Gears for ships.", "Gears for ships. And trains.")


def test_two_at_once_are_told_of_each_other_and_shown_both(site, draft):
    colleague = people.member(applications.lead(draft).organisation, name="Ben Okri")

    with browsers.chromium() as browser:
        ada, ben = (site.open(browser, person=person) for person in (draft.started_by, colleague))
        for page in (ada, ben):
            page.goto(f"/applications/{draft.reference}/answers/scope/")
        ben.locator("#id_text").fill("Ships, says Ben.")
        expect(ben.get_by_role("status").filter(has_text="Saved")).to_have_text(SAVED)
        ada.locator("#id_text").fill("Trains, says Ada.")
        expect(ada.get_by_role("alert").filter(has_text="Ben Okri saved this")).to_be_visible()
        assert_accessible(ada)
        ada.get_by_role("button", name="See what is saved and what you typed").click()
        expect(ada.get_by_role("heading", name="Two versions: choose which to keep")).to_be_visible()
        both = ada.locator(".conflict").inner_text()
        assert_accessible(ada)

    assert [text for text in ("Ships, says Ben.", "Trains, says Ada.") if text not in both] == []
    assert text_of(draft) == "Ships, says Ben."


def test_lost_connection_is_said_and_made_good(site, draft):
    with browsers.chromium() as browser:
        page = site.open(browser, person=draft.started_by)
        page.goto(f"/applications/{draft.reference}/answers/scope/")
        page.context.set_offline(True)
        page.locator("#id_text").fill("Gears for ships.")
        expect(page.get_by_role("alert").filter(has_text="no connection")).to_be_visible()
        assert_accessible(page)
        page.locator("#id_text").press_sequentially(" And trains.")
        page.context.set_offline(False)
        expect(page.get_by_role("status").filter(has_text="Saved")).to_have_text(SAVED)
        page.wait_for_timeout(2500)

    assert text_of(draft) == "Gears for ships. And trains."


def test_half_a_date_is_named_once_its_field_is_left(site, draft):
    with browsers.chromium() as browser:
        page = site.open(browser, person=draft.started_by, width=browsers.NARROW)
        page.goto(f"/applications/{draft.reference}/details/")
        page.locator("#id_start_on_day").fill("1")
        page.locator("#id_title").click()
        expect(page.locator("[data-autosave-problem]")).to_have_text(
            "Start date must include a month and year"
        )
        assert_accessible(page)
        page.locator("#id_start_on_month").fill("4")
        page.locator("#id_start_on_year").fill("2037")
        expect(page.get_by_role("status").filter(has_text="Saved")).to_have_text(SAVED)
        expect(page.locator("[data-autosave-problem]")).to_have_count(0)


def test_sums_follow_an_autosave_without_a_reload(site, draft):
    applications.labour(draft, 10_000, draft.started_at)
    with browsers.chromium() as browser:
        page = site.open(browser, person=draft.started_by)
        page.goto(f"/applications/{draft.reference}/costs/")
        page.locator("[name=method][value=twenty]").check()
        expect(page.get_by_role("status").filter(has_text="Saved")).to_have_text(SAVED)
        expect(page.locator("dd[data-figure=total_costs]")).to_have_text("£12,000")
        expect(page.locator("td[data-figure=overheads]")).to_have_text("£2,000")
        assert_accessible(page)


def test_a_field_that_cannot_be_read_is_said_beside_what_was_saved(site, draft):
    with browsers.chromium() as browser:
        page = site.open(browser, person=draft.started_by)
        page.goto(f"/applications/{draft.reference}/details/")
        page.locator("#id_duration_months").fill("six")
        page.locator("#id_title").fill("Gears for ships")
        expect(page.get_by_role("status").filter(has_text="Saved at")).to_contain_text(
            "But for this: Duration"
        )
        assert page.locator("#id_duration_months").input_value() == "six"

    draft.refresh_from_db()
    assert draft.title == "Gears for ships"


def test_an_answer_that_refuses_the_page_is_no_page_gone(site, draft):
    with browsers.chromium() as browser:
        page = site.open(browser, person=draft.started_by)
        page.goto(f"/applications/{draft.reference}/answers/scope/")
        refusal = {"status": 400, "content_type": "text/html", "body": "<h1>Bad request</h1>"}
        page.route("**/answers/scope/", lambda route: route.fulfill(**refusal))
        page.locator("#id_text").fill("Gears for ships.")
        expect(
            page.get_by_role("alert").filter(has_text="did not accept what this page sent")
        ).to_be_visible()
        assert page.locator("#id_text").input_value() == "Gears for ships."
