"""A manager gives a competition out in Chromium: what is to do, the plan, its outcome."""

import pytest

from accounts import role_groups
from applications.models import Assessment, Skill
from tests import browser as browsers
from tests.axe import assert_accessible
from tests.make import applications, assessors, competitions, people

pytestmark = pytest.mark.slow

NAMES = ("Ada Marsh", "Bran Olorunfemi-Whitehead", "Cerys Dale", "Dev Anand")
TITLES = ("Battery recycling at scale", "Castings for tidal turbines", "Robotics for composite repair")


@pytest.mark.parametrize("width", [browsers.WIDE, browsers.NARROW])
def test_a_competition_is_given_out_by_a_plan(committed_database, tmp_path, width):
    role_groups.sync()
    within = competitions.closed_competition(assessors_each=3)
    skills = [
        Skill.objects.create(name=name, area=area)
        for name, area in (
            ("Battery recycling", "Clean energy"),
            ("Castings", "Materials"),
            ("Robotics", "Digital"),
        )
    ]
    for number, name in enumerate(NAMES):
        made = assessors.profile(people.assessor(name=name), capacity=2 + number)
        made.skills.set(skills[: number + 1])
    for title in TITLES:
        applications.application(competition=within, title=title)
    manager = people.manager()

    with browsers.website(committed_database, tmp_path) as site, browsers.chromium() as browser:
        page = site.open(browser, width=width, person=manager)
        page.goto(f"/admin/applications/competition/{within.pk}/change/")
        page.get_by_role("link", name="Give applications out to assessors").click()
        assert_accessible(page)
        page.get_by_role("button", name="Work out the best assignment").click()
        page.get_by_role("heading", name="Who assesses what, and why").wait_for()
        assert_accessible(page)
        page.get_by_role("button", name="Give these out").click()
        page.get_by_text("9 assessments given out.").wait_for()
        assert_accessible(page)

    assert Assessment.objects.count() == 9
