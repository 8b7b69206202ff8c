"""The public facts of a round in Chromium: accessible, within the window, and whole without script."""

import pytest

from accounts.models import Size
from applications.models import Area, Competition
from tests import browser as browsers
from tests.axe import assert_accessible
from tests.make import budgets, competitions
from tests.make.rounds import Entered, released

pytestmark = pytest.mark.slow

PHONE = 375
AREAS = (
    ("Wirral", "E08000015"), ("Sefton", "E08000014"), ("St Helens", "E08000013"), ("Halton", "E06000006"),
)  # fmt: skip


@pytest.fixture
def site(committed_database, tmp_path):
    with browsers.website(committed_database, tmp_path) as site:
        yield site


def areas() -> list[Area]:
    return [competitions.area(), *(competitions.area(name, code) for name, code in AREAS)]


def large_round() -> Competition:
    within = budgets.funded_competition(number=1204)
    liverpool, wirral, sefton, helens, halton = areas()
    released(
        within,
        Entered(8, area=liverpool),
        Entered(6, area=wirral, size=Size.MEDIUM),
        Entered(3, area=sefton, size=Size.LARGE),
        Entered(4, area=helens),
        Entered(11, False, area=liverpool),
        Entered(7, False, area=wirral, size=Size.MEDIUM),
        Entered(5, False, area=halton),
    )
    return within


def test_the_facts_are_accessible_at_every_width_and_need_no_script(site):
    large, small = large_round(), budgets.funded_competition()
    released(small, Entered(2), Entered(1, is_passed=False))
    addresses = ["/facts/", *(f"/competitions/{one.code}/" for one in (large, small))]
    addresses += [f"/competitions/{one.code}/facts/" for one in (large, small)]
    complaints: list[str] = []

    with browsers.chromium() as browser:
        page = site.open(browser)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        for address in addresses:
            assert page.goto(address).status == 200, address
            for width in (browsers.WIDE, PHONE, browsers.NARROW):
                page.set_viewport_size({"width": width, "height": 900})
                assert_accessible(page)
                for table in page.locator("details").all():
                    table.evaluate("(one) => { one.open = true }")
                assert_accessible(page)

        plain = browser.new_context(java_script_enabled=False, base_url=site.address).new_page()
        plain.goto(f"/competitions/{large.code}/")
        plain.get_by_role("link", name="the facts of this round").click()
        plain.get_by_text("21 of the 44 applications received were funded: 47.7%.").wait_for()
        assert plain.locator("svg.chart__drawing rect").count() > 10

    assert complaints == []
