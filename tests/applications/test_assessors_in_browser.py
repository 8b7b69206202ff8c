"""The pages of assessors and of what ties them, in Chromium: accessible, and within a narrow window."""

import os

import pytest

from accounts import clock, role_groups
from applications.assessment import declarations
from applications.models import Skill
from applications.workflow import Status
from tests import browser as browsers
from tests.axe import assert_accessible
from tests.make import applications, assessments, assessors, people

pytestmark = pytest.mark.slow


@pytest.fixture
def site(committed_database, tmp_path):
    with browsers.website(committed_database, tmp_path) as site:
        yield site


@pytest.mark.parametrize("width", [browsers.WIDE, browsers.NARROW])
def test_pages_are_accessible_and_within_the_window(site, width):
    role_groups.sync()
    manager, assessor = people.manager(), people.assessor(name="Rea Ready")
    for name, area in (("Hydrogen", "Net zero"), ("Robotics and automation", "Manufacturing")):
        assessor.assessor_profile.skills.add(Skill.objects.create(name=name, area=area))
    declarations.publish("I mark each application on my own.\n\nI tell nobody.", by=manager, at=clock.now())
    assessors.interest(assessor, "A Holding of a very long name, Birkenhead and Wallasey Dock Company Ltd")
    offered = assessments.offered(applications.application(Status.IN_ASSESSMENT), assessor)
    applications.partner(offered.application)
    found = assessors.conflict(applications.application(Status.IN_ASSESSMENT), assessor)
    admin = "/admin/applications/"
    visits = [
        (assessor, "offer", f"{admin}assessment/{offered.pk}/offer/", "Decline"),
        (assessor, "own", f"{admin}assessorprofile/own/", "Declare"),
        (manager, "pool", f"{admin}assessorprofile/", ""),
        (manager, "person", f"{admin}assessorprofile/{assessor.assessor_profile.pk}/change/", ""),
        (manager, "conflicts", f"{admin}conflict/", ""),
        (manager, "conflict", f"{admin}conflict/{found.pk}/change/", "Keep this ruling"),
    ]
    with browsers.chromium() as chromium:
        for person, name, address, button in visits:
            page = site.open(chromium, width=width, person=person)
            page.goto(address)
            _looks(page, f"{name}-{width}")
            if button:
                page.get_by_role("button", name=button, exact=True).first.click()
                page.wait_for_selector("#errors")
                _looks(page, f"{name}-refused-{width}")
            page.context.close()


def _looks(page, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
