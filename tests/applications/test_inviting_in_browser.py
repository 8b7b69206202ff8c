"""Inviting assessors and answering offers in Chromium: accessible, within the window, wide and narrow."""

import pytest
from allauth.account.models import EmailAddress

from accounts import clock, role_groups
from accounts.roles import Role
from applications.assessment import declarations, inviting, moderation, profiles
from applications.workflow import Status
from tests import browser as browsers
from tests.axe import assert_accessible
from tests.make import applications, assessments, competitions, people
from tests.make.times import NOON

pytestmark = pytest.mark.slow


@pytest.fixture
def site(committed_database, tmp_path):
    with browsers.website(committed_database, tmp_path) as site:
        yield site


@pytest.mark.parametrize("width", [browsers.WIDE, browsers.NARROW])
def test_the_pages_are_accessible(site, width):
    role_groups.sync()
    manager, assessor, person = people.manager(), people.assessor(), people.user(Role.APPLICANT)
    region = competitions.region()
    for email in ("ada.lovelace@example.com", person.email):
        made = inviting.invite(region, email, by=manager, at=clock.now())
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    late = inviting.invite(region, "grace@example.com", by=manager, at=NOON)
    link = f"/assessors/invitation/{inviting.key_of(made)}/"
    for _ in range(3):
        assessments.offered(applications.application(Status.IN_ASSESSMENT), assessor)
    profiles.save({"employer": "Dee Works"}, [], version=1, by=assessor, at=NOON)
    declarations.declare(is_confirmed=True, by=assessor, at=clock.now())
    profiles.save({"employer": "Mersey Works"}, [], version=2, by=assessor, at=clock.now())
    applications.application(Status.SUBMITTED, competitions.closed_competition())
    marked = assessments.submitted(applications.application(Status.IN_ASSESSMENT))
    moderation.propose(marked, reason="Its comments praise what it marks down.", by=people.manager(), at=NOON)
    admin = "/admin/applications"
    visits = {
        None: [link, "/assessors/invitation/none/"],
        person: [link],
        manager: [
            "/admin/",
            f"{admin}/assessorprofile/",
            f"{admin}/assessorinvitation/",
            f"{admin}/assessorinvitation/add/",
            f"{admin}/assessorinvitation/{late.pk}/change/",
            f"{admin}/exclusion/",
        ],
        assessor: [f"{admin}/assessment/", f"{admin}/assessment/offers/", f"{admin}/assessorprofile/own/"],
    }
    with browsers.chromium() as chromium:
        for visitor, addresses in visits.items():
            page = site.open(chromium, width=width, person=visitor)
            for address in addresses:
                page.goto(address)
                assert_accessible(page)


def test_offers_are_accepted_by_keyboard(site):
    role_groups.sync()
    assessor = people.assessor()
    for _ in range(2):
        assessments.offered(applications.application(Status.IN_ASSESSMENT), assessor)
    with browsers.chromium() as chromium:
        page = site.open(chromium, person=assessor)
        page.goto("/admin/applications/assessment/offers/")
        for number in (1, 2):
            page.locator(f"#accept-{number}").focus()
            page.keyboard.press("Space")
        page.get_by_role("button", name="Accept all that are ticked").press("Enter")
        page.get_by_text("accepted. You can read").first.wait_for()
    assert assessor.assessments.filter(accepted_at__isnull=False).count() == 2
