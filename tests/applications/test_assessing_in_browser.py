"""An assessor's day in Chromium, and the board over it: every state accessible, at any width, by keyboard."""

import io
import os

import pytest
from openpyxl import load_workbook

from accounts import clock, role_groups
from accounts.roles import Role
from applications.assessment import scoring
from applications.exports import sheet_layout
from applications.models import Assessment, AssessmentStatus, Competition, Score
from applications.workflow import Status
from tests import browser as browsers
from tests.axe import assert_accessible
from tests.make import applications, assessments, competitions, people
from tests.make.times import DAY

pytestmark = pytest.mark.slow

WIDTHS = (browsers.WIDE, 375, browsers.NARROW)
TITLE = "Presses for blanks of recycled steel that take whatever the scrapyard of the region sends them"
SHEET = "/admin/applications/assessment/sheet/"


@pytest.fixture
def site(committed_database, tmp_path):
    role_groups.sync()
    with browsers.website(committed_database, tmp_path) as site:
        yield site


def looks(page, name: str) -> None:
    """Accessible and within the window at each width."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        # The whole page at once: what is half beneath a bar that stays is not judged by its half.
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": height})
        if folder := os.environ.get("SHOTS"):
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
        assert_accessible(page)
    page.set_viewport_size({"width": browsers.WIDE, "height": 900})


def begun(**fields) -> Assessment:
    entry = applications.application(Status.IN_ASSESSMENT, title=TITLE, **fields)
    return assessments.assessment(entry, people.assessor(name="Rea Ready"), status=AssessmentStatus.OPEN)


def test_the_board_in_every_state(site):
    within = competitions.closed_competition(assessors_each=2)
    manager = people.manager()
    board = f"/admin/applications/competition/{within.pk}/board/"
    with browsers.chromium() as chromium:
        page = site.open(chromium, person=manager)
        assert page.goto(board).status == 200
        looks(page, "board-empty")

        entry = applications.application(Status.IN_ASSESSMENT, within, title=TITLE)
        assessments.assessment(entry, people.assessor(name="Bran Olorunfemi-Whitehead"))
        assessments.submitted(applications.application(Status.IN_ASSESSMENT, within))
        Competition.objects.filter(pk=within.pk).update(assessments_due_at=clock.now() - DAY)
        assert page.goto(board).status == 200
        looks(page, "board-late")

        page.get_by_label("due", exact=False).first.fill("")
        page.get_by_role("button", name="Set the due date").press("Enter")
        page.wait_for_selector("#errors")
        looks(page, "board-refused")

        page.get_by_role("link", name="Have an overdue assessment").press("Enter")
        page.get_by_text("1 application.").wait_for()
        page.get_by_role("button", name="Remind all who are late").press("Enter")
        page.get_by_text("1 assessor is reminded.").wait_for()
        looks(page, "board-reminded")

        page = site.open(chromium, person=people.user(Role.AUDITOR))
        page.goto(board)
        assert not page.get_by_role("button", name="Set the due date").count()
        looks(page, "board-read")


def test_marking_by_keyboard_and_in_every_state(site):
    given = begun()
    questions = scoring.scored_questions(given)
    mark, text = (f"#id_{name}-{questions[0].pk}" for name in ("mark", "feedback"))
    address = f"/admin/applications/assessment/{given.pk}/score/"
    with browsers.chromium() as chromium:
        page = site.open(chromium, person=given.assessor)
        assert page.goto(address).status == 200
        looks(page, "score-new")

        page.locator(mark).focus()
        for key in ("ArrowUp", "ArrowUp", "ArrowUp", "ArrowDown", "Enter"):
            page.keyboard.press(key)
        page.keyboard.type("Clear, with some evidence.")
        page.keyboard.press("Control+Enter")
        focused = page.evaluate("document.activeElement.id")
        assert (page.locator(mark).input_value(), focused) == ("1", f"id_mark-{questions[1].pk}")
        page.keyboard.type("99")
        page.get_by_role("button", name="Check and submit").press("Enter")
        page.wait_for_selector("#errors")
        assert page.evaluate("document.activeElement.id") == "errors"
        assert page.locator(text).input_value() == "Clear, with some evidence."
        looks(page, "score-refused")
        assert Score.objects.get(assessment=given, question=questions[0]).mark == 1

        page.locator("summary", has_text="I cannot assess this").press("Enter")
        page.get_by_role("button", name="Decline").press("Enter")
        page.wait_for_selector("#decline-errors")
        looks(page, "score-declining")

        page.goto(f"{address}?saved")
        page.locator(mark).fill("4")
        scoring.save(
            Assessment.objects.get(pk=given.pk),
            {questions[0].pk: (9, "Other words.")},
            {},
            version=Assessment.objects.get(pk=given.pk).version,
            by=given.assessor,
            at=clock.now(),
        )
        page.locator("#score-form [name=save]").press("Enter")
        page.wait_for_selector("#conflict")
        looks(page, "score-conflict")


def test_the_offline_sheet_in_every_state(site):
    given = begun()
    with browsers.chromium() as chromium:
        page = site.open(chromium, person=given.assessor)
        assert page.goto(SHEET).status == 200
        looks(page, "sheet")
        with page.expect_download() as waited:
            page.get_by_role("link", name="Download the workbook (XLSX)").press("Enter")
        book = load_workbook(io.BytesIO(waited.value.path().read_bytes()))
        page.get_by_role("button", name="Show what would change").press("Enter")
        page.wait_for_selector("#errors")
        looks(page, "sheet-missing")

        book.worksheets[0].cell(sheet_layout.FIRST_ROW, sheet_layout.CHOICE, 7)
        book.worksheets[0].cell(sheet_layout.FIRST_ROW, sheet_layout.TEXT, f"{TITLE}. " * 4)
        book.worksheets[0].cell(sheet_layout.FIRST_ROW + 1, sheet_layout.CHOICE, "many")
        filled = io.BytesIO()
        book.save(filled)
        file = {"name": "filled.xlsx", "mimeType": "application/octet-stream", "buffer": filled.getvalue()}
        page.locator("#id_sheet").set_input_files(file)
        page.get_by_role("button", name="Show what would change").press("Enter")
        page.get_by_role("button", name="Save what is ticked").wait_for()
        looks(page, "sheet-differences")
        page.get_by_role("button", name="Save what is ticked").press("Enter")
        page.get_by_text("saved from your sheet", exact=False).wait_for()
        looks(page, "assessments")
    assert Score.objects.get(assessment=given, question=scoring.scored_questions(given)[0]).mark == 7
