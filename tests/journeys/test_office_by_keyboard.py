"""The office's whole story with the keys alone and without script."""

from decimal import Decimal

import openpyxl
import pytest

from accounts import role_groups
from accounts.roles import Role
from applications.models import Application, Assessment
from applications.workflow import Status
from funding.models import Award, ProgrammeReport
from tests import browser as browsers
from tests.funding.test_pages_in_browser import compile_now
from tests.journeys.keys import Keys
from tests.make import applications, budgets, people

pytestmark = pytest.mark.slow

GRANT = Decimal(56_000)


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
    keys.press(f"Accept or decline {entry.reference}")
    keys.to(field="has_no_conflict")
    keys.page.keyboard.press("Space")
    keys.press("Accept and read")
    for _ in range(10):
        keys.types("mark-", "8")
        keys.types("feedback-", "Good, with some evidence.")
    keys.says_yes("in_scope")
    keys.says_yes("category_fits")
    keys.types("scope_reason", "It is about manufacturing.")
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
    keys.press("Rehearse the release")
    keys.press("Release the outcomes")
    keys.sees("will be released at")


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
