"""The office's money in Chromium: accessible and within the window, wide and on a phone."""

from datetime import timedelta

import pytest

from accounts import clock, role_groups
from accounts.roles import Role
from funding import tasks
from funding.models import FundingFile, ProgrammeReport
from funding.reports import programme, saved_views
from tests import browser as browsers
from tests.axe import assert_accessible
from tests.make import budgets, funding_files, people
from tests.make.programme import generate

pytestmark = pytest.mark.slow

PHONE = 375

#: Every box whose content has to be moved sideways to be read.
SCROLLING = """[...document.querySelectorAll(".results, .case-scroll")]
    .filter(box => box.scrollWidth > box.clientWidth + 1)
    .map(box => `${box.className}: ${box.scrollWidth} in ${box.clientWidth}`)"""


@pytest.fixture
def site(committed_database, tmp_path):
    role_groups.sync()
    with browsers.website(committed_database, tmp_path) as site:
        yield site


def compiled(competition=None) -> ProgrammeReport:
    report = programme.request(competition, by=people.user(Role.FUNDS), at=clock.now())
    compile_now(report)
    return report


def compile_now(report: ProgrammeReport) -> None:
    """What relay and worker do between them."""
    ProgrammeReport.objects.lease(clock.now(), timedelta(minutes=3))
    tasks.compile_reports([report.pk])


def test_the_pages_about_money_are_accessible_and_quiet_at_every_width(site):
    competition, *_ = generate(1, more_each=0)
    decided = budgets.funded_competition(ceiling="120000.00", code="DECIDED")
    for mark in (9, 8, 7):
        budgets.assessed(decided, mark, title="A project with a title of the length that people give them")
    allocation, report = budgets.approved(decided), compiled()
    waiting = programme.request(None, by=people.user(Role.FUNDS), at=clock.now())
    person, other = people.user(Role.FUNDS, Role.AUDITOR), people.user(Role.FUNDS)
    for keeper in (person, other):
        saved_views.keep("A view of the money", "", is_shared=True, by=keeper, at=clock.now())
    kept, asked = funding_files.written(person), funding_files.asked(person, "of=all", at=clock.now())
    files = "programmereport/funding-report/files"
    addresses = [
        f"{files}/{kept.pk}/",
        f"{files}/{asked.pk}/",
        "allocation/",
        f"allocation/panel-sheet/{competition.code}/",
        "allocation/panel-sheet/DECIDED/",
        f"allocation/panel-sheet/{competition.code}/assessors/",
        f"allocation/{allocation.pk}/change/",
        "programmereport/",
        "programmereport/funding-report/?columns=column_application&columns=column_grant_offered",
        f"programmereport/{report.pk}/change/",
        f"programmereport/{waiting.pk}/change/",
        "budget/",
        "award/",
        "transfer/",
    ]
    complaints = []

    with browsers.chromium() as browser:
        page = site.open(browser, person=person)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        for address in addresses:
            assert page.goto(f"/admin/funding/{address}").status == 200
            for width in (browsers.WIDE, PHONE, browsers.NARROW):
                page.set_viewport_size({"width": width, "height": 900})
                assert_accessible(page)
                assert page.evaluate(SCROLLING) == []

    assert complaints == []


def test_on_a_phone_every_figure_of_the_panel_sheet_is_in_sight_with_its_name(site):
    competition = budgets.funded_competition(code="SHEET")
    budgets.assessed(competition, title="Lighter gears from recycled steel")

    with browsers.chromium() as browser:
        page = site.open(browser, width=PHONE, person=people.user(Role.FUNDS))
        page.goto("/admin/funding/allocation/panel-sheet/SHEET/")
        row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Lighter gears"))

        cells = row.get_by_role("cell").all()
        assert [cell.inner_text().split() for cell in cells][1] == ["Mean", "%", "80.0"]
        assert len(cells) == 8
        for cell in cells:
            box = cell.bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE


def test_a_report_that_is_ready_takes_the_place_of_the_waiting(site):
    report = programme.request(None, by=people.user(Role.FUNDS), at=clock.now())

    with browsers.chromium() as browser:
        page = site.open(browser, person=people.user(Role.FUNDS))
        page.goto(f"/admin/funding/programmereport/{report.pk}/change/")
        assert page.get_by_role("status").inner_text() == ""
        compile_now(report)

        page.get_by_role("heading", name="Scores by band").wait_for()

        assert page.get_by_role("status").inner_text() == "The report is ready."
        assert page.get_by_role("link", name="Check again").count() == 0
        assert_accessible(page)


#: Every pause is over at once, so that hours pass in a moment.
AT_ONCE = "const wait = window.setTimeout; window.setTimeout = (then) => wait(then, 1);"


def test_a_file_that_waits_for_very_long_is_looked_for_until_it_is_there(site):
    person = people.user(Role.FUNDS)
    file = funding_files.asked(person, at=clock.now())
    address = f"/admin/funding/programmereport/funding-report/files/{file.pk}/"
    looks = []

    with browsers.chromium() as browser:
        page = site.open(browser, person=person)
        page.add_init_script(AT_ONCE)
        page.goto(address)
        waiting = page.content()

        def answer(route):
            looks.append(route.request.url)
            if len(looks) < 300:
                route.fulfill(body=waiting, content_type="text/html")
            else:
                route.continue_()

        page.route(f"**{address}", answer)
        FundingFile.objects.lease(clock.now(), timedelta(minutes=3))
        tasks.write_files([file.pk])

        page.get_by_role("link", name="Download the file").wait_for()

        assert page.get_by_role("status").inner_text() == "The file is ready."
        assert len(looks) == 300


def test_without_scripts_the_waiting_page_stays_and_is_asked_again_by_its_link(site):
    report = programme.request(None, by=people.user(Role.FUNDS), at=clock.now())

    with browsers.chromium() as browser:
        state = site.open(browser, person=people.user(Role.FUNDS)).context.storage_state()
        page = browser.new_context(
            java_script_enabled=False, storage_state=state, base_url=site.address
        ).new_page()
        page.goto(f"/admin/funding/programmereport/{report.pk}/change/")
        assert page.locator("meta[http-equiv=refresh]").count() == 0
        compile_now(report)

        page.get_by_role("link", name="Check again").click()

        page.get_by_role("heading", name="Scores by band").wait_for()


def test_on_a_phone_each_cell_of_a_list_names_its_column_and_the_list_can_be_sorted(site):
    budgets.funded_competition(code="LISTED")

    with browsers.chromium() as browser:
        page = site.open(browser, width=PHONE, person=people.user(Role.FUNDS))
        page.goto("/admin/funding/budget/")
        row = page.get_by_role("row").filter(has=page.get_by_role("rowheader")).first

        assert [cell.inner_text().split("\n")[0] for cell in row.get_by_role("cell").all()] == [
            *("Kind", "Ceiling", "Available", "Reserved", "Committed", "Paid")
        ]
        page.get_by_role("columnheader", name="Ceiling").get_by_role("link").click()
        assert "o=" in page.url
