"""The desk's pages in Chromium: accessible and within the window, wide and narrow, and by keyboard."""

import pytest

from accounts import role_groups
from accounts.roles import Role
from applications.desk import deciding
from applications.desk.checks import Check, Outcome
from applications.desk.deciding import Ruling
from applications.models import CostLine, Participant, RuleDecision
from tests import browser as browsers
from tests.axe import assert_accessible
from tests.make import applications, assessments, people
from tests.make.times import NOON

pytestmark = pytest.mark.slow

AGAIN = "A winter of casting shows what a woven thread saves in the heat of a small foundry furnace. "


@pytest.fixture
def site(committed_database, tmp_path):
    with browsers.website(committed_database, tmp_path) as site:
        yield site


def entry():
    """One with a line of costs to look at, a place elsewhere, a partner and a twin that came before."""
    before = applications.application(title="Warm foundries")
    made = applications.application(title="Heat from small foundries")
    for one, days in ((before, 20), (made, 10)):
        one.answers.filter(question__key__in=("scope", "project-summary")).update(text=AGAIN * 12)
        one.submitted_at = one.competition.closes_at.replace(day=29 - days)
        one.save(update_fields=["submitted_at"])
    CostLine.objects.create(
        participant=applications.lead(made), category="other_costs", description="Sales launch", amount=900
    )
    Participant.objects.filter(application=made).update(work_area=None, elsewhere="Leeds")
    applications.partner(made)
    return made


@pytest.mark.parametrize("width", [browsers.WIDE, browsers.NARROW])
def test_the_desks_pages_are_accessible(site, width):
    role_groups.sync()
    case, manager, lead = entry(), people.manager(), people.user(Role.LEAD)
    given = assessments.assessment(applications.application())
    rulings = {Check.COSTS: Ruling(Outcome.FAILS, "The launch is marketing.")}
    deciding.decide(case, rulings, seen=0, by=manager, at=NOON)
    admin = "/admin/applications"
    visits = {
        manager: [
            f"{admin}/eligibilitycase/",
            f"{admin}/eligibilitycase/{case.pk}/change/",
            f"{admin}/application/{case.pk}/leaves/",
            f"{admin}/assessment/{given.pk}/replace/",
            f"{admin}/application/{given.application_id}/change/",
        ],
        lead: [f"{admin}/scopecase/", f"{admin}/scopecase/{case.pk}/change/"],
    }
    with browsers.chromium() as chromium:
        for person, addresses in visits.items():
            page = site.open(chromium, width=width, person=person)
            for address in addresses:
                page.goto(address)
                assert_accessible(page)


def test_a_rule_is_decided_by_keyboard(site):
    role_groups.sync()
    case, manager = entry(), people.manager()
    with browsers.chromium() as chromium:
        page = site.open(chromium, person=manager)
        page.goto(f"/admin/applications/eligibilitycase/{case.pk}/change/")
        page.locator("[name='outcome-ELIG-09']").first.focus()
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.type("Nothing that matters.")
        page.get_by_role("button", name="Save what is decided").press("Enter")
        page.get_by_text("is saved.").wait_for()
    assert RuleDecision.objects.get().outcome == Outcome.MEETS
