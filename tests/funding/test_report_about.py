"""What a report's files say of themselves: moment, scope, who asked, version, what is left out."""

import csv
import io
import json
import zipfile
from datetime import UTC, datetime

import openpyxl
import pytest
from django.conf import settings

from accounts.models import Region
from accounts.roles import Role
from funding.exports import programme_report as files
from funding.models import Occasion, ProgrammeReport
from funding.reports import contents
from funding.reports.contents import Column, Kind, Section, Table
from tests.make import competitions, people

pytestmark = pytest.mark.django_db

#: In summer, so that the clocks of the UK and of UTC differ.
AS_OF = datetime(2026, 7, 1, 10, 30, 0, 250_000, tzinfo=UTC)
FIGURES = {
    "F01": {"received": 3}, "F02": {"assessed": 2}, "F03": {"funded": 1, "lapsed": 0},
    "F04": {"of_received": "33.3", "of_assessed": "50.0"}, "F05": {"lowest_funded": None},
    "F10": {"allocated": "1250.00"},
}  # fmt: skip


def table(name: str = "codes", rows: int = 1, **facts) -> Table:
    columns = [Column("Company number"), Column("Sum", Kind.MONEY), Column("Share, %", Kind.PERCENT)]
    return Table(
        name=name, title=f"By {name}", columns=columns, note="Counted once.",
        rows=[[f"0{place:07}", "1250.00", "33.3"] for place in range(rows)], **facts,
    )  # fmt: skip


def a_report(*tables: Table, **facts) -> ProgrammeReport:
    text = contents.as_json([Section(name="s", title="S", tables=tables or [table()])], settings.VERSION)
    return ProgrammeReport(
        pk=7, requested_at=AS_OF, as_of=AS_OF, figures=FIGURES, contents=text,
        fingerprint=contents.fingerprint(text), **facts,
    )  # fmt: skip


def about(report: ProgrammeReport) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(files.as_csv(report))) as archive:
        assert archive.namelist()[:2] == ["about.csv", "figures.csv"]
        return dict(csv.reader(io.TextIOWrapper(archive.open("about.csv"), "utf-8")))


def book(report: ProgrammeReport, tmp_path) -> openpyxl.Workbook:
    files.as_xlsx(report, str(tmp_path / "report.xlsx"))
    return openpyxl.load_workbook(tmp_path / "report.xlsx")


def test_csv_and_xlsx_say_what_they_are_of_and_when_and_for_whom(tmp_path):
    person = people.user(Role.FUNDS)
    report = a_report(requested_by=person)

    said = about(report)

    assert said["Figures as of, UK time"] == "11:30:00.250000am on 1 July 2026 (BST)"
    assert said["Figures as of, UTC"] == "2026-07-01T10:30:00.250000+00:00"
    assert said["Fingerprint of its tables (SHA-256)"] == report.fingerprint
    assert said["Covers"] == "The whole programme"
    assert said["Parameters"] == "competition all, region all, demonstration no, occasion asked"
    assert said["Asked for by"] == str(person)
    assert said["Compiled by"] == f"Launchpad {settings.VERSION}"
    assert "Claims" in said["Left out"] and "leading zeros" in said["Which file to use"]
    assert said["By codes (codes.csv)"] == "Counted once."
    sheet = book(report, tmp_path)["About"]
    assert {row[0].value: row[1].value for row in sheet.iter_rows()} == said
    assert json.loads(files.as_json(report))["about"]["Covers"] == "The whole programme"


def test_one_of_the_timetable_and_of_a_region_says_so():
    report = a_report(occasion=Occasion.WEEKLY, milestone="2026-W27", region=competitions.region())

    said = about(report)

    assert said["Asked for by"].startswith("Nobody") and "Due at" in said
    assert said["Parameters"].endswith("region LCR, demonstration no, occasion weekly, milestone 2026-W27")
    assert "programme's own budget" in said["Left out"]
    assert "programme's own budget" not in about(a_report())["Left out"]


@pytest.mark.parametrize("is_demonstration", [True, False])
def test_what_is_real_and_what_is_invented_is_said_in_every_form(client, is_demonstration):
    within = competitions.closed_competition(is_demonstration=is_demonstration)
    person = people.user(Role.FUNDS)
    report = a_report(competition=within, requested_by=person)
    report.pk, report.due_at, report.state, report.finished_at = None, AS_OF, "done", AS_OF
    report.save()
    client.force_login(person)

    page = client.get(f"/admin/funding/programmereport/{report.pk}/change/").content.decode()

    said = report.reality
    assert ("Nothing here is real" in said) is is_demonstration
    assert said in page and about(report)["Real or invented"] == said
    assert files.content(report)["reality"] == said
    assert files.content(report)["is_invented"] is is_demonstration


def test_a_report_of_the_whole_counts_what_is_real_unless_the_demonstration_is_asked_for():
    assert not a_report().is_invented and a_report(of_demonstration=True).is_invented
    assert Region.objects.count() == 0


def test_numbers_are_numbers_with_their_unit_and_zeros_stay(tmp_path):
    found = book(a_report(), tmp_path)

    codes, glance = found["By codes"], found["At a glance"]
    assert [cell.value for cell in codes[2]] == ["00000000", 1250, 33.3]
    assert [cell.number_format for cell in codes[2]] == ["@", "£#,##0.00", '0.0"%"']
    values = {row[0].value: (row[1].value, row[2].value) for row in glance.iter_rows(min_row=2)}
    assert values["Total allocated"] == (1250, "pounds")
    assert values["Success rate, of received"] == (33.3, "percent")
    assert values["Received"] == (3, "number")
    assert values["Lowest funded score"] == (None, "percent")


def test_a_sheet_has_room_for_what_it_says_and_prints_on_one_page_across(tmp_path):
    long = Table(
        name="long", title="A title that is much longer than a sheet's name", totals=1,
        columns=[Column("What it means"), Column("Organisations that applied for it", Kind.COUNT)],
        rows=[["word " * 60, 1], ["Together", 1]],
    )  # fmt: skip
    sheet = book(a_report(long), tmp_path).worksheets[2]

    assert sheet.title == "A title that is much longer"
    assert sheet.column_dimensions["B"].width >= len("Organisations")
    assert sheet.row_dimensions[1].height > 15 and sheet.row_dimensions[2].height >= 60
    assert sheet["A2"].alignment.wrap_text and sheet["A3"].font.bold and not sheet["A2"].font.bold
    assert sheet.page_setup.orientation == "landscape" and sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$1:$1"
