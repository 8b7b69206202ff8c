"""Every page of an applicant at the width that 400% zoom leaves: nothing scrolls sideways, axe is content."""

from decimal import Decimal

import pytest

from accounts import clock
from applications import finances, submission
from applications.models import Application, Category
from tests import browser as browsers
from tests.axe import assert_accessible
from tests.make import applications, competitions, organisations, people
from tests.make.times import DAY

pytestmark = pytest.mark.slow

LONG = "Presses-for-blanks-of-recycled-steel-that-take-whatever-the-yard-sends " * 3

#: The design system would rather count words by the browser's dictionary; ours are counted as the server
#: counts them, which it calls old.
OWN_COUNT = "Option `maxwords` is deprecated"

ON_THE_WAY = [
    "/",
    "/competitions/{code}/",
    "/competitions/{code}/check/",
    "/competitions/{code}/check/result/",
]
OF_MEMBERS = [
    "/applications/",
    "/competitions/{code}/start/",
    "/organisation/",
    "/organisation/{organisation}/size/",
    "/account/notifications/",
]
DRAFT = [
    "",
    "details/",
    "organisation/",
    "answers/scope/",
    "costs/",
    "costs/labour/",
    "costs/materials/",
    "funding/",
    "declarations/",
    "check/",
    "all/",
    "waiver/",
    "delete/",
]
SUBMITTED = ["", "receipt/", "withdraw/", "reopen/"]


@pytest.fixture
def site(committed_database, tmp_path):
    with browsers.website(committed_database, tmp_path) as site:
        yield site


def in_hand() -> tuple[Application, list[str]]:
    """A draft with long texts beside one that was submitted, and the pages of its person."""
    competitions.area()
    opened = competitions.open_now(closes_at=clock.now() + 60 * DAY)
    organisation = organisations.organisation(
        name="Mersey Castings and Precision Engineering (Birkenhead) Ltd"
    )
    doer = {"by": people.member(organisation), "at": clock.now()}
    draft = applications.complete_draft(opened, organisation, **doer)
    Application.objects.filter(pk=draft.pk).update(title=LONG[:140])
    line = {"description": LONG[:200], "quantity": Decimal(1), "unit_cost": Decimal(1_234_567)}
    finances.save_line(applications.lead(draft), Category.MATERIALS, line, **doer)
    entry = applications.complete_draft(competitions.open_now(), organisation, **doer)
    submission.submit(entry, **doer)
    names = {"code": opened.code, "organisation": organisation.pk}
    return draft, [
        *(address.format(**names) for address in [*ON_THE_WAY, *OF_MEMBERS]),
        *(f"/applications/{draft.reference}/{page}" for page in DRAFT),
        *(f"/applications/{entry.reference}/{page}" for page in SUBMITTED),
    ]


def test_no_page_of_an_applicant_scrolls_sideways(site):
    draft, addresses = in_hand()
    complaints: list[str] = []

    with browsers.chromium() as browser:
        page = site.open(browser, width=browsers.NARROW, person=draft.started_by)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        for address in addresses:
            answer = page.goto(address)
            assert answer.status == 200, address
            assert_accessible(page)

    assert [text for text in complaints if OWN_COUNT not in text] == []


def test_printed_pages_show_what_is_folded_and_leave_out_the_buttons(site):
    draft, _ = in_hand()
    code = draft.competition.code

    with browsers.chromium() as browser:
        page = site.open(browser, person=draft.started_by)
        page.emulate_media(media="print")
        page.goto(f"/competitions/{code}/")
        folded = page.locator("details:not([open])")
        heights = folded.evaluate_all(
            "all => all.map(one => one.lastElementChild.getBoundingClientRect().height)"
        )
        assert heights and min(heights) > 0
        page.goto(f"/applications/{draft.reference}/all/")
        assert page.locator(".launchpad-actions").is_hidden()
        assert page.locator(".govuk-skip-link").is_hidden()


def test_a_waiver_is_asked_for_and_a_draft_deleted_without_script(site):
    draft, _ = in_hand()
    home = f"/applications/{draft.reference}/"

    with browsers.chromium() as browser:
        state = site.open(browser, person=draft.started_by).context.storage_state()
        context = browser.new_context(
            java_script_enabled=False,
            storage_state=state,
            base_url=site.address,
            viewport={"width": browsers.NARROW, "height": 900},
        )
        page = context.new_page()
        page.goto(f"{home}waiver/")
        page.get_by_label("Total project costs").fill("1,314,567")
        page.get_by_label("Why does the project need it?").fill("The press comes in one piece.")
        page.locator("main").get_by_role("button", name="Ask").click()
        assert page.get_by_text("You have asked for a waiver").is_visible()
        page.goto(f"{home}delete/")
        page.locator("main").get_by_role("button", name="Delete").click()
        page.wait_for_url("**/applications/")

    assert not Application.objects.filter(pk=draft.pk).exists()
