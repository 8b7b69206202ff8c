"""What changes after the close, in Chromium: who leaves, who is replaced, and a long plan on a phone."""

import pytest

from accounts import role_groups
from applications.assessment import planning
from applications.workflow import Status
from tests import browser as browsers
from tests.axe import assert_accessible
from tests.make import applications, assessments, assessors, competitions, organisations, people
from tests.make.times import NOON

pytestmark = pytest.mark.slow

PHONE = 375


@pytest.fixture
def site(committed_database, tmp_path):
    role_groups.sync()
    with browsers.website(committed_database, tmp_path) as site:
        yield site


def looks(page) -> None:
    """Accessible and within the window, wide and narrow."""
    for width in (browsers.WIDE, PHONE, browsers.NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": browsers.WIDE, "height": 900})


def test_who_leaves_in_every_state(site):
    entry = applications.application(title="Lighter castings for tidal turbines")
    applications.partner(entry, organisations.organisation(name="Widnes Threads and Bindings Limited"))
    address = f"/admin/applications/application/{entry.pk}/leaves/"
    with browsers.chromium() as chromium:
        page = site.open(chromium, person=people.manager())
        assert page.goto(address).status == 200
        looks(page)

        page.locator("form:has(textarea[name=reason]) button").click()
        page.get_by_role("heading", name="There is a problem").wait_for()
        looks(page)

        page.get_by_label("Widnes Threads and Bindings Limited").first.check()
        page.locator("textarea[name=reason]").fill("It has closed its works in Widnes.")
        page.locator("form:has(textarea[name=reason]) button").click()
        page.get_by_text("Widnes Threads and Bindings Limited has left").first.wait_for()
        looks(page)

        page.goto(f"/admin/applications/application/{entry.pk}/change/")
        looks(page)


def test_who_is_replaced_for_a_conflict(site):
    entry = applications.application(Status.IN_ASSESSMENT)
    owed = assessments.assessment(entry, people.assessor(name="Tia Tied"))
    assessors.conflict(entry, owed.assessor)
    manager = people.manager()
    with browsers.chromium() as chromium:
        page = site.open(chromium, person=manager)
        page.goto(f"/admin/applications/competition/{entry.competition_id}/board/")
        looks(page)
        page.get_by_role("link", name="Replace Tia Tied").click()
        page.get_by_role("heading", name="Kept away by a conflict of interest").wait_for()
        looks(page)


def test_a_plan_of_sixty_applications_is_short_on_a_phone(site):
    within = competitions.closed_competition(assessors_each=3)
    for number in range(12):
        assessors.profile(people.assessor(name=f"Assessor Number {number}"), capacity=20)
    for number in range(60):
        applications.application(within=within, title=f"Project {number} on castings for tidal turbines")
    manager = people.manager()
    plan = planning.draw_up(within, by=manager, at=NOON)
    with browsers.chromium() as chromium:
        page = site.open(chromium, width=PHONE, person=manager)
        page.goto(f"/admin/applications/competition/{within.pk}/assign/{plan.pk}/")
        height = page.evaluate("document.documentElement.scrollHeight")
        print(f"{height} px")
        assert height < 8_000

        page.locator("details summary").first.click()
        page.get_by_text("Next best").first.wait_for()
        assert_accessible(page)
        page.get_by_role("link", name="Next page").click()
        page.get_by_text("Applications 51 to 60 of 60").wait_for()
        looks(page)
