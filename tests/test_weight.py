"""What a first visit costs: every byte that Chromium takes for a page; and axe on each of its states."""

import pytest
from django.core.management import call_command

from accounts import role_groups
from applications.models import Application
from tests import browser as browsers
from tests.axe import assert_accessible
from tests.make import applications, competitions, people

pytestmark = pytest.mark.slow

#: Of a whole page with its styles, scripts and pictures, as it is sent.
MOST = 100_000


@pytest.fixture
def site(committed_database, tmp_path):
    role_groups.sync()
    call_command("load_competitions")
    with browsers.website(committed_database, tmp_path) as site:
        yield site


def sent(page, address: str) -> int:
    """The bytes that were sent for a page: heads and bodies, compressed where they are."""
    sizes: list[int] = []
    tab = page.context.new_cdp_session(page)
    tab.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    tab.send("Network.enable")
    page.goto(address, wait_until="networkidle")
    return sum(sizes)


def test_a_first_visit_is_light(site):
    draft = applications.complete_draft(within := competitions.open_now(), at=within.opens_at)
    person = Application.objects.get(pk=draft.pk).started_by
    visits = [
        (None, "/"),
        (None, "/?place=TV"),
        (None, "/competitions/TV-R1-CRD/"),
        (None, f"/competitions/{within.code}/"),
        (None, f"/competitions/{within.code}/check/"),
        (None, "/contact/"),
        (None, "/accessibility/"),
        (None, "/privacy/"),
        (None, "/account/login/"),
        (person, "/applications/"),
        (person, f"/applications/{draft.reference}/"),
        (person, f"/applications/{draft.reference}/check/"),
    ]

    with browsers.chromium() as browser:
        weights = {address: sent(site.open(browser, person=who), address) for who, address in visits}

    for address, weight in weights.items():
        print(f"{weight / 1000:>6.1f} kB  {address}")
    assert {address: weight for address, weight in weights.items() if weight >= MOST} == {}
    # The styles alone weigh more: nothing was left out of the sum.
    assert min(weights.values()) > 20_000


@pytest.mark.parametrize("width", [browsers.WIDE, 375, browsers.NARROW])
def test_what_is_met_before_a_form_is_accessible_in_every_state(site, width):
    within = competitions.open_now()
    member = people.member(applications.draft(within, at=within.opens_at).participants.get().organisation)

    with browsers.chromium() as browser:
        page = site.open(browser, width=width, person=member)
        for address in (
            "/",
            "/?words=manufacturing&place=LCR",
            "/?words=submarines",
            "/?theme=none+of+them",
            "/competitions/LCR-R1-MFA/",
            "/competitions/TV-R1-CRD/",
            f"/competitions/{within.code}/",
            f"/competitions/{within.code}/check/",
            f"/competitions/{within.code}/start/",
            "/applications/",
            "/contact/",
        ):
            page.goto(address)
            assert_accessible(page)
        _check(page, f"/competitions/{within.code}/check/")


def _check(page, address: str) -> None:
    """The check with an error, then what it finds, what shuts out, and the start with its answers."""
    send = page.locator("main").get_by_role("button", name="See what fits")
    page.goto(address)
    page.get_by_label("Total project costs").fill("lots")
    send.press("Enter")
    page.wait_for_selector(".govuk-error-summary")
    assert page.title().startswith("Error: ")
    assert page.get_by_label("Total project costs").input_value() == "lots"
    assert_accessible(page)

    page.get_by_label("Total project costs").fill("250,000")
    page.get_by_label("Business", exact=True).check()
    send.press("Enter")
    page.wait_for_url("**/result/")
    assert page.get_by_text("Does not fit", exact=True).is_visible()
    assert_accessible(page)
    page.locator("main").get_by_role("button", name="Start an application").or_(
        page.locator("main").get_by_role("link", name="Start an application")
    ).click()
    assert page.get_by_label("Fill in what I answered in the check").is_checked()
    assert_accessible(page)

    page.goto(address)
    page.get_by_label("University or research organisation").check()
    send.press("Enter")
    page.wait_for_url("**/result/")
    assert page.get_by_text("no form puts that right").is_visible()
    assert_accessible(page)
