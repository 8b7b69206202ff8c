"""Writes the workbook of one's open assessments."""

import io

import xlsxwriter

from applications.assessment import scoring
from applications.exports import sheet_layout as layout
from applications.models import Assessment, Question

WIDTHS = (44, 14, 18, 80)
YES_OR_NO = {True: "yes", False: "no", None: ""}


def workbook(assessments: list[Assessment]) -> bytes:
    """One sheet for each. Only what an assessor fills in can be changed in it."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        styles = {
            "fixed": book.add_format({"text_wrap": True, "valign": "top"}),
            "head": book.add_format({"bold": True, "bg_color": "#12303a", "font_color": "#ffffff"}),
            "open": book.add_format(
                {"text_wrap": True, "valign": "top", "locked": False, "bg_color": "#eff6f5", "border": 1}
            ),
        }
        for assessment in assessments:
            _sheet(book, assessment, styles)
        if not assessments:
            book.add_worksheet("Nothing to mark").write_string(0, 0, "You have no open assessment.")
    return file.getvalue()


def _sheet(book, assessment: Assessment, styles: dict) -> None:
    sheet = book.add_worksheet(assessment.application.reference)
    questions = scoring.scored_questions(assessment)
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    sheet.set_column(layout.NAME - 1, layout.NAME - 1, None, None, {"hidden": True})
    facts = {
        layout.REFERENCE_ROW: ("Application", assessment.application.reference),
        layout.PROJECT_ROW: ("Project", assessment.application.title),
        layout.VERSION_ROW: ("Version", str(assessment.version)),
        layout.MARK_ROW: ("Fingerprint", layout.mark_of(assessment.pk, assessment.version, questions)),
    }
    for row, (name, value) in facts.items():
        sheet.write_string(row - 1, 0, name)
        sheet.write_string(row - 1, 1, value)
    for column, heading in enumerate(layout.HEADINGS):
        sheet.write_string(layout.HEADING_ROW - 1, column, heading, styles["head"])
    row = _questions(sheet, assessment, questions, styles)
    _verdict(sheet, assessment, row, styles)
    sheet.freeze_panes(layout.HEADING_ROW, 1)
    sheet.protect("", {"format_rows": True, "format_columns": True})


def _questions(sheet, assessment: Assessment, questions: list[Question], styles: dict) -> int:
    scores = {score.question_id: score for score in assessment.scores.all()}
    row = layout.FIRST_ROW - 1
    for question in questions:
        score = scores.get(question.pk)
        sheet.write_string(row, 0, f"{question.number}. {question.title}", styles["fixed"])
        sheet.write_string(row, 1, f"0 to {question.max_marks}", styles["fixed"])
        if score and score.mark is not None:
            sheet.write_number(row, 2, score.mark, styles["open"])
        else:
            sheet.write_blank(row, 2, None, styles["open"])
        sheet.write_string(row, 3, score.feedback if score else "", styles["open"])
        sheet.write_string(row, 4, str(question.pk))
        sheet.data_validation(
            row, 2, row, 2,
            {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": question.max_marks},
        )  # fmt: skip
        row += 1
    return row


def _verdict(sheet, assessment: Assessment, row: int, styles: dict) -> None:
    for choice, text, asked in layout.VERDICT:
        sheet.write_string(row, 0, asked, styles["fixed"])
        sheet.write_string(row, 1, "yes or no" if choice else "", styles["fixed"])
        if choice:
            sheet.write_string(row, 2, YES_OR_NO[getattr(assessment, choice)], styles["open"])
            sheet.data_validation(row, 2, row, 2, {"validate": "list", "source": ["yes", "no"]})
        if text:
            sheet.write_string(row, 3, getattr(assessment, text), styles["open"])
        sheet.write_string(row, 4, choice or text)
        row += 1
