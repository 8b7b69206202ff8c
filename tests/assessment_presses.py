"""The forms by which an assessment ends or begins again, each ready to be sent."""

import io
from datetime import timedelta

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts import clock
from applications.exports import sheet_layout
from applications.workflow import DeclineReason, Status
from tests.form_on_page import Press, Reader, form_of
from tests.make import applications, assessments, competitions, office, people
from tests.make.times import NOON


def take_back_assessment() -> Press:
    given = assessments.assessment(applications.application(Status.IN_ASSESSMENT), people.assessor())
    page = f"/admin/applications/application/{given.application_id}/change/"
    return form_of(office.sign_in(people.manager()), page, "take-back", reason="They are ill.")


def decline_assessment() -> Press:
    owed = assessments.marked(applications.application(Status.IN_ASSESSMENT))
    page, reason = f"/admin/applications/assessment/{owed.pk}/score/", DeclineReason.EXPERTISE
    browser = office.sign_in(owed.assessor)
    return form_of(browser, page, having="decline_reason", decline_reason=reason, decline="yes")


def reopen_assessment() -> Press:
    done = assessments.submitted(applications.application(Status.IN_ASSESSMENT))
    page = f"/admin/applications/assessment/{done.pk}/score/"
    browser, reason = office.sign_in(people.manager()), "Question 3 has no reason."
    return form_of(browser, page, having="reopen_reason", reopen_reason=reason, reopen="1")


def board(**fields) -> str:
    """Of a competition in which somebody owes an assessment."""
    within = competitions.closed_competition(**fields)
    assessments.assessment(applications.application(Status.IN_ASSESSMENT, within))
    return f"/admin/applications/competition/{within.pk}/board/"


def set_due_date() -> Press:
    wanted = f"{clock.now() + timedelta(days=60):%Y-%m-%dT12:00}"
    return form_of(office.sign_in(people.manager()), board(), having="due_at", due_at=wanted)


def remind_late() -> Press:
    page, browser = board(assessments_due_at=NOON), office.sign_in(people.manager())
    _, action, sent = form_of(browser, page)
    sent.pop("due_at", None)
    return browser, action, {**sent, "remind": "1"}


def take_sheet() -> Press:
    """Of a sheet that was filled and uploaded, and is shown."""
    marked = assessments.marked(applications.application(Status.IN_ASSESSMENT))
    browser, page = office.sign_in(marked.assessor), "/admin/applications/assessment/sheet/"
    book = openpyxl.load_workbook(io.BytesIO(browser.get(f"{page}file/").content))
    book.worksheets[0].cell(sheet_layout.FIRST_ROW, sheet_layout.CHOICE, 3)
    file = io.BytesIO()
    book.save(file)
    shown = browser.post(page, {"sheet": SimpleUploadedFile("assessments.xlsx", file.getvalue())})
    reader = Reader()
    reader.feed(shown.text)
    form = next(one for one in reader.forms if "filled" in one.names)
    return browser, page, {**form.values, "intent": "a-key-of-its-own"}


PRESSES = {
    "take an offline sheet": take_sheet,
    "set the due date of assessments": set_due_date,
    "remind late assessors": remind_late,
    "take back an assessment": take_back_assessment,
    "decline an assessment": decline_assessment,
    "reopen an assessment": reopen_assessment,
}
GO_TO = {
    "take an offline sheet": "admin:applications_assessment_sheet",
    "set the due date of assessments": "admin:applications_competition_board",
    "remind late assessors": "admin:applications_competition_board",
    "take back an assessment": "admin:applications_application_take_back",
    "decline an assessment": "admin:applications_assessment_score",
    "reopen an assessment": "admin:applications_assessment_score",
}
