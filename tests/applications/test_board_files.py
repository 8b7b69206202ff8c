"""The board of an assessment as a file: what is on the page, and a row in the trail."""

import csv
import io
import re

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import AuditEntry
from applications.assessment import board
from applications.models import AssessmentStatus
from applications.workflow import Status
from tests.make import applications, assessments, competitions, people
from tests.make.office import sign_in
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.slow


def test_the_board_as_a_file_is_what_is_on_the_page(committed_database):
    within = competitions.closed_competition(assessments_due_at=NOON - DAY, assessors_each=2)
    address = reverse("admin:applications_competition_board", args=[within.pk])
    late = assessments.assessment(
        applications.application(Status.IN_ASSESSMENT, within),
        people.assessor(name="=Rao"),
        status=AssessmentStatus.OPEN,
    )
    assessments.submitted(applications.application(Status.IN_ASSESSMENT, within, title="=1+1"))
    browser = sign_in(people.manager())

    def file(name: str) -> bytes:
        return b"".join(browser.get(f"{address}progress.{name}").streaming_content)

    for only, number in (("", 2), (board.LATE, 1), ("x", 2)):
        shown = re.findall(r"LP-\w{4}-\w{4}", browser.get(f"{address}?only={only}").text)
        rows = list(csv.reader(io.StringIO(file(f"csv?only={only}").decode())))
        book = load_workbook(io.BytesIO(file(f"xlsx?only={only}")))["By application"]
        assert [row[0] for row in rows[1:]] == list(dict.fromkeys(shown))
        assert [cell.value for cell in book["A"]][1:] == list(dict.fromkeys(shown))
        assert rows[1] == [late.application.reference, late.application.title, "1", "0", "0", "1", "0", "1"]
        noted = AuditEntry.objects.filter(action="export").order_by("-pk")[0].after
        filters = {"competition": within.code, **({"only": only} if only == board.LATE else {})}
        assert (noted["as"], noted["filters"], noted["rows"]) == ("xlsx", filters, number)
    people_ = list(csv.reader(io.StringIO(file("csv?by=assessor").decode())))
    assert people_[1] == ["'=Rao", "1", "0", "0", "1", "0", "1"]
    assert AuditEntry.objects.filter(action="export").count() == 7
