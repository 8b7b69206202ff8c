"""The office's whole story with the keys alone and without script."""

from decimal import Decimal

import openpyxl
import pytest
from playwright.sync_api import Browser, Page

from accounts import role_groups
from accounts.models import User
from accounts.roles import Role
from applications.models import Application, Assessment
from applications.workflow import Status
from funding.models import Award, ProgrammeReport
from tests import browser as browsers
from tests.axe import assert_accessible
from tests.funding.test_pages_in_browser import compile_now
from tests.make import applications, budgets, people

pytestmark = pytest.mark.slow

#: More stops than any page of the office has.
MOST_STOPS = 200

GRANT = Decimal(56_000)

#: What has the focus: its name as it is read out, its field, whether it is seen to have it, and whether
#: something else stands over it.
STOP = """() => {
    const one = document.activeElement;
    if (!one || one === document.body) return null;
    const style = getComputedStyle(one), box = one.getBoundingClientRect();
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    const x = Math.min(Math.max(box.left + Math.min(box.width, 20) / 2, 0), innerWidth - 1);
    const y = Math.min(Math.max(box.top + Math.min(box.height, 20) / 2, 0), innerHeight - 1);
    const there = document.elementFromPoint(x, y);
    const label = one.labels && one.labels.length ? one.labels[0].innerText : "";
    const text = one.getAttribute("aria-label") || label || one.innerText || one.value || "";
    return {
        name: text.replace(/\\s+/g, " ").trim(), field: one.name || "", value: one.value || "",
        is_seen: outlined || style.boxShadow !== "none",
        is_covered: !(there && (there === one || one.contains(there) || there.contains(one))),
        in_main: Boolean(one.closest("#main, main")),
    };
}"""


class Keys:
    """Somebody at a keyboard, in a browser that runs no script of the page."""

    def __init__(self, site: browsers.Website, browser: Browser, person: User):
        # axe is script itself, so it reads the same page in a browser beside that runs it.
        self.reader = site.open(browser, person=person)
        state = self.reader.context.storage_state()
        context = browser.new_context(
            java_script_enabled=False,
            storage_state=state,
            base_url=site.address,
            accept_downloads=True,
            viewport={"width": browsers.WIDE, "height": 900},
        )
        self.page: Page = context.new_page()
        self.page.set_default_timeout(15_000)
        self.page.goto("/admin/")
        self.looks()

    def looks(self) -> None:
        """The page is accessible, and no stop is put out of the order in which it is read."""
        self.reader.goto(self.page.url)
        assert_accessible(self.reader)
        assert self.page.locator("[tabindex]:not([tabindex='0']):not([tabindex='-1'])").count() == 0

    def next(self) -> dict | None:
        self.page.keyboard.press("Tab")
        return self.page.evaluate(STOP)

    def to(self, name: str = "", *, field: str = "", value: str = "") -> None:
        """Go on from stop to stop until the one wanted; every one on the way is seen to have the focus."""
        passed = []
        for _ in range(MOST_STOPS):
            stop = self.next()
            if stop is None:
                continue
            passed.append(stop["name"] or stop["field"])
            assert stop["is_seen"], f"nothing shows that “{passed[-1]}” has the focus"
            assert not stop["is_covered"], f"something stands over “{passed[-1]}”"
            is_named = stop["name"].startswith(name) if name else stop["field"].startswith(field)
            if is_named and (not value or stop["value"] == value):
                return
        raise AssertionError(f"no “{name or field}” on {self.page.url} among {passed}")

    def press(self, name: str) -> None:
        """Go to a link or button and press Enter."""
        self.to(name)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.looks()

    def types(self, field: str, text: str) -> None:
        self.to(field=field)
        self.page.keyboard.type(text)

    def says_yes(self, field: str) -> None:
        self.to(field=field, value="yes")
        self.page.keyboard.press("Space")

    def sees(self, text: str) -> None:
        assert text in self.page.locator("body").inner_text()


@pytest.fixture
def site(committed_database, tmp_path):
    with browsers.website(committed_database, tmp_path) as running:
        yield running


def test_the_office_works_by_keyboard_alone_and_without_script(site):
    role_groups.sync()
    within = budgets.funded_competition(assessors_each=1, code="KEYS")
    entry = applications.application(
        Status.SUBMITTED,
        within,
        title="Lighter gears",
        grant_sought=Decimal(56_000),
        total_costs=Decimal(112_000),
    )
    assessor = people.assessor(name="Asa Assessor")
    manager, funds, approver = (people.user(role) for role in (Role.MANAGER, Role.FUNDS, Role.APPROVER))

    with browsers.chromium() as browser:
        skips_to_the_content(Keys(site, browser, manager))
        gives(Keys(site, browser, manager), entry)
        scores(Keys(site, browser, assessor), entry)
        proposes(Keys(site, browser, funds))
        approves(Keys(site, browser, approver))
        releases(Keys(site, browser, funds))
        reports(Keys(site, browser, funds), entry)


def skips_to_the_content(keys: Keys) -> None:
    first = keys.next()
    assert first["name"] == "Skip to main content"
    assert first["is_seen"]
    keys.page.keyboard.press("Enter")

    assert keys.next()["in_main"]


def gives(keys: Keys, entry: Application) -> None:
    keys.press("Give 1 application to assessors")
    keys.press(entry.reference)
    keys.to(field="assessor")
    keys.page.keyboard.press("ArrowDown")
    keys.press("Give")
    keys.sees("was given to Asa Assessor")


def scores(keys: Keys, entry: Application) -> None:
    keys.press(f"Score {entry.reference}")
    for _ in range(10):
        keys.types("mark-", "8")
        keys.types("feedback-", "Good, with some evidence.")
    keys.says_yes("in_scope")
    keys.says_yes("fund")
    keys.types("fund_reason", "A sound project.")
    keys.press("Check and submit")
    keys.sees("You cannot change this afterwards")
    assert not Assessment.objects.get().is_submitted
    keys.press("Submit assessment")
    keys.sees("submitted and locked")
    assert Assessment.objects.get().is_submitted


def proposes(keys: Keys) -> None:
    keys.press("Rank and propose: panel sheet KEYS")
    keys.sees("80.0")
    keys.press("Propose the allocation")
    keys.sees("has been proposed")


def approves(keys: Keys) -> None:
    keys.press("Approve or refuse allocation")
    keys.press("Approve the allocation")
    keys.sees("has been approved")
    assert Award.objects.count() == 1


def releases(keys: Keys) -> None:
    keys.press("Release the outcomes of allocation")
    keys.press("Release the outcomes")
    keys.sees("have been released")


def reports(keys: Keys, entry: Application) -> None:
    keys.page.goto("/admin/")
    keys.press("Programme reports")
    keys.press("Compile the report")
    compile_now(ProgrammeReport.objects.get())
    keys.press("Check again")
    keys.sees("£56,000")

    keys.press("Programme reports")
    keys.to("Download XLSX")
    with keys.page.expect_download() as download:
        keys.page.keyboard.press("Enter")
    with open(download.value.path(), "rb") as file:
        sheet = openpyxl.load_workbook(file)["Awards"]
    assert sheet["A2"].value == entry.reference
