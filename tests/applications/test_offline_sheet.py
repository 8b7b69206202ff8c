"""The offline sheet: down, filled, up; and files that nobody should have to trust."""

import io
import re
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import AuditEntry
from applications.assessment import scoring
from applications.exports import sheet_layout, sheet_reading
from applications.models import Assessment, Score
from applications.workflow import Status
from tests.make import applications, assessments, people
from tests.make.office import sign_in
from tests.make.times import NOON

pytestmark = pytest.mark.django_db

PAGE = "/admin/applications/assessment/sheet/"


@pytest.fixture
def assessment() -> Assessment:
    return assessments.marked(applications.application(Status.IN_ASSESSMENT))


def sheet_of(browser):
    return openpyxl.load_workbook(io.BytesIO(browser.get(f"{PAGE}file/").content))


def as_bytes(book) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def upload(browser, content: bytes):
    return browser.post(PAGE, {"sheet": SimpleUploadedFile("assessments.xlsx", content)})


def take(browser, shown, *ticked):
    filled = re.search(r'name="filled" value="([^"]+)"', shown.text).group(1)
    return browser.post(PAGE, {"filled": filled, "take": ticked}, follow=True)


def test_filled_sheet_is_shown_first_and_then_saved(assessment):
    browser = sign_in(assessment.assessor)
    book = sheet_of(browser)
    book.worksheets[0].cell(sheet_layout.FIRST_ROW, sheet_layout.CHOICE, 3)
    book.worksheets[0].cell(sheet_layout.FIRST_ROW, sheet_layout.TEXT, "Thin <b>.")

    shown = upload(browser, as_bytes(book))
    question = scoring.scored_questions(assessment)[0]
    before = Score.objects.get(assessment=assessment, question=question).mark
    taken = take(browser, shown, assessment.pk)

    assert (shown.status_code, before) == (200, 8)
    assert "Thin &lt;b&gt;." in shown.text and "Clear, with some evidence." in shown.text
    score = Score.objects.get(assessment=assessment, question=question)
    assert (score.mark, score.feedback) == (3, "Thin <b>.")
    assert "saved from your sheet" in taken.text
    assert "not taken" in take(browser, shown, assessment.pk).text


def test_sheets_that_change_nothing_are_named_in_one_place(assessment):
    browser = sign_in(assessment.assessor)
    others = [assessments.marked(assessment.application, people.assessor()).application]
    others += [
        assessments.marked(applications.application(Status.IN_ASSESSMENT), assessment.assessor).application
        for _ in range(2)
    ]

    shown = upload(browser, as_bytes(sheet_of(browser))).text

    assert "3 sheets with nothing new" in shown
    assert all(one.reference in shown for one in others) and "Save what is ticked" not in shown


def test_each_download_leaves_a_row_with_the_number_of_sheets(assessment):
    sheet_of(sign_in(assessment.assessor))

    entry = AuditEntry.objects.get(action="export")
    assert entry.by_id == assessment.assessor_id
    assert entry.after == {"list": "offline sheet", "as": "xlsx", "filters": {}, "rows": 1}


def test_sheet_that_is_older_than_what_is_saved_is_a_choice(assessment):
    browser = sign_in(assessment.assessor)
    book = sheet_of(browser)
    book.worksheets[0].cell(sheet_layout.FIRST_ROW, sheet_layout.CHOICE, 3)
    scoring.save(assessment, {}, {"note_to_staff": "Later."}, version=1, by=assessment.assessor, at=NOON)

    shown = upload(browser, as_bytes(book))

    assert "You saved this after the sheet was downloaded" in shown.text
    assert "checked" not in shown.text.split('name="take"')[1].split(">")[0]
    assert take(browser, shown).status_code == 422


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        (sheet_layout.CHOICE, 11, "C7: the mark must be a whole number from 0 to 10"),
        (sheet_layout.CHOICE, -1, "C7: the mark must be a whole number"),
        (sheet_layout.CHOICE, 7.5, "C7: the mark must be a whole number"),
        (sheet_layout.CHOICE, "eight", "C7: the mark must be a whole number"),
        (sheet_layout.CHOICE, "٣", "C7: the mark must be a whole number"),
        (sheet_layout.CHOICE, "=1+1", "C7: type the mark; a formula is not taken"),
        (sheet_layout.TEXT, "=A1", "D7: type the text; a formula is not taken"),
        (sheet_layout.TEXT, "x" * 20_001, "D7: the text must be 20,000 characters or fewer"),
    ],
)
def test_cell_that_cannot_be_taken_is_named_and_the_rest_still_offered(assessment, column, value, said):
    browser = sign_in(assessment.assessor)
    book = sheet_of(browser)
    book.worksheets[0].cell(sheet_layout.FIRST_ROW, column, value)
    book.worksheets[0].cell(sheet_layout.FIRST_ROW + 1, sheet_layout.CHOICE, 1)

    shown = upload(browser, as_bytes(book))

    assert shown.status_code == 422
    assert said in shown.text
    assert 'name="take"' in shown.text


def test_submitted_sheet_is_refused_in_a_sentence_and_the_others_offered(assessment):
    other = assessments.marked(applications.application(Status.IN_ASSESSMENT), assessment.assessor)
    browser = sign_in(assessment.assessor)
    book = sheet_of(browser)
    for sheet in book.worksheets:
        sheet.cell(sheet_layout.FIRST_ROW, sheet_layout.CHOICE, 2)
    scoring.submit(other, by=other.assessor, at=NOON)

    shown = upload(browser, as_bytes(book))

    assert "You have submitted it, so it cannot be changed." in shown.text
    assert shown.text.count('name="take"') == 1


def test_sheet_of_somebody_else_changes_nothing(assessment):
    theirs = as_bytes(sheet_of(sign_in(assessment.assessor)))

    shown = upload(sign_in(people.assessor()), theirs)

    assert "It is not yours to mark" in shown.text
    assert 'name="take"' not in shown.text


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", b"0" * (sheet_reading.MOST_UNPACKED + 1))
    return file.getvalue()


def entities() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as parts:
        parts.writestr("xl/workbook.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    return file.getvalue()


def foreign() -> bytes:
    book = openpyxl.Workbook()
    book.active["A1"] = "Budget"
    return as_bytes(book)


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", b"not a zip", b"\x00" * 1000, b"x" * 2_000_001, bomb(), entities(), foreign()],
    ids=["empty", "cut", "text", "nul", "large", "bomb", "entities", "foreign"],
)
def test_file_that_is_no_sheet_is_refused_in_words(assessment, content):
    answer = upload(sign_in(assessment.assessor), content)

    assert answer.status_code == 422
    assert "There is a problem" in answer.text


def test_changed_fingerprint_is_none_of_ours(assessment):
    browser = sign_in(assessment.assessor)
    book = sheet_of(browser)
    book.worksheets[0].cell(sheet_layout.MARK_ROW, 2, "1.1.1:forged")

    assert upload(browser, as_bytes(book)).status_code == 422


@pytest.mark.parametrize("filled", ["", "forged", "a:b:c"])
def test_forged_changes_are_not_taken(assessment, filled):
    answer = sign_in(assessment.assessor).post(PAGE, {"filled": filled, "take": assessment.pk})

    assert answer.status_code == 422


def test_only_what_is_to_be_filled_in_can_be_changed(assessment):
    sheet = sheet_of(sign_in(assessment.assessor)).worksheets[0]

    assert sheet.protection.sheet
    assert sheet.cell(sheet_layout.FIRST_ROW, sheet_layout.ASKED).protection.locked
    assert not sheet.cell(sheet_layout.FIRST_ROW, sheet_layout.CHOICE).protection.locked
