"""The equality questions in Chromium: answered by keyboard without script, accessible, within the window."""

import pytest

from applications.models import EqualityAnswer
from applications.workflow import Status
from tests import browser as browsers
from tests.axe import assert_accessible
from tests.make import applications as make

pytestmark = pytest.mark.slow

PHONE = 375


@pytest.fixture
def site(committed_database, tmp_path):
    with browsers.website(committed_database, tmp_path) as site:
        yield site


def test_they_are_answered_by_keyboard_and_never_shown_again(site):
    entry = make.application(Status.SUBMITTED, make.open_now())
    address = f"/applications/{entry.reference}/equality/"

    with browsers.chromium() as browser:
        page = site.open(browser, person=entry.started_by)
        for width in (browsers.WIDE, PHONE, browsers.NARROW):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.goto(address).status == 200
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert_accessible(page)

        page.locator("input[name=age]").first.focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        page.reload()
        assert page.locator("input:checked").count() == 0

        page.locator("input[name=age]").first.focus()
        page.keyboard.press("ArrowDown")
        page.get_by_role("button", name="Send my answers").press("Enter")
        page.get_by_text("The equality questions were answered").wait_for()
        assert_accessible(page)
        assert (
            page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])").count("25_to_34") == 0
        )

        page.go_back()
        page.get_by_text("The equality questions were answered").wait_for()
        assert page.locator("input[name=age]").count() == 0

    assert EqualityAnswer.objects.get().age == "25_to_34"
