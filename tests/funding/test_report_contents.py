"""The tables of a programme report beside an independent count of the same rows, and its files."""

import csv
import io
import json
import zipfile
from collections import defaultdict
from fractions import Fraction

import openpyxl
import pypdf
import pytest
from django.db import connection

from accounts.roles import Role
from applications.workflow import Status
from funding.exports import programme_report as files
from funding.models import ProgrammeReport
from funding.reports import contents, covered, marking, programme, shown
from funding.reports.contents import Column, Kind, Section, Table
from funding.reports.suppression import Hidden
from tests.make import people
from tests.make.programme import generate
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

#: Of everything on a closing list, or that would be on one: what the figures are counted from.
RECEIVED = """
    SELECT a.id, c.code, a.status, a.total_costs, a.research_category, r.name AS region,
        (SELECT w.amount FROM funding_award w
            WHERE w.application_id = a.id AND w.status IN ('reserved', 'committed')) AS award
    FROM applications_application a
    JOIN applications_competition c ON c.id = a.competition_id
    JOIN accounts_region r ON r.id = c.region_id
    WHERE a.id = ANY(%s)
"""
SHARES = """
    SELECT p.size, p.work_area_id, s.grant FROM funding_awardshare s
    JOIN funding_award w ON w.id = s.award_id JOIN applications_participant p ON p.id = s.participant_id
    JOIN applications_application a ON a.id = w.application_id
    WHERE w.status IN ('reserved', 'committed') AND a.status = 'successful' AND a.id = ANY(%s)
"""


def rows(query: str, *parameters) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall()


def table(sections: list[Section], name: str) -> dict:
    """The rows of a table by their first cell."""
    (found,) = [one for section in sections for one in section.tables if one.name == name]
    return {row[0]: row[1:] for row in found.rows}


@pytest.fixture
def compiled():
    made = generate(2)
    read = covered.read(made, is_whole=True, as_of=NOON + 400 * DAY)
    return read, programme.sections(read)


def test_money_and_numbers_equal_an_independent_count(compiled):
    read, sections = compiled
    received = rows(RECEIVED, [one.pk for one in read.received])
    by_region, by_category = defaultdict(lambda: [0, 0, Fraction()]), defaultdict(lambda: [0, 0, Fraction()])
    for _pk, _code, status, _costs, category, region, award in received:
        funded = status == "successful" and award is not None
        for found in (by_region[region], by_category[category]):
            found[0] += 1
            found[1] += funded
            found[2] += Fraction(award) if funded else 0

    assert {
        name: [cells[0], cells[1], Fraction(cells[2])] for name, cells in table(sections, "by-region").items()
    } == dict(by_region)
    assert sorted(
        (cells[0], cells[1], Fraction(cells[2])) for cells in table(sections, "by-research-category").values()
    ) == sorted(map(tuple, by_category.values()))


def test_each_pound_stands_with_one_size_and_one_area(compiled):
    read, sections = compiled
    shares = rows(SHARES, [one.pk for one in read.received])
    total = sum(Fraction(grant) for *_, grant in shares)

    assert total > 0
    assert sum(Fraction(cells[-1]) for cells in table(sections, "by-size").values()) == total
    assert sum(Fraction(cells[-1]) for cells in table(sections, "by-area").values()) == total
    assert sum(Fraction(cells[2]) for cells in table(sections, "by-strand").values()) == total


def test_the_forecast_is_all_that_was_awarded(compiled):
    read, sections = compiled

    years = table(sections, "by-financial-year")

    assert Fraction(years["Together"][-1]) == sum(Fraction(one.award) for one in read.funded)


def test_demand_and_selection_count_every_status(compiled):
    read, sections = compiled
    statuses = defaultdict(int)
    for _pk, code, status, *_ in rows(RECEIVED, [one.pk for one in read.received]):
        statuses[code, status] += 1

    received, scores = table(sections, "received"), table(sections, "scores")
    for competition in read.competitions:
        assert received[competition.code][2:4] == [
            statuses[competition.code, Status.INELIGIBLE],
            statuses[competition.code, Status.WITHDRAWN],
        ]
        funded = [one for one in read.of(competition) if one.is_funded]
        assert scores[competition.code][1] == len(funded)
        assert scores[competition.code][3] == (str(min(one.score for one in funded)) if funded else None)
    assert received["Together"][0] == len(read.received)


def test_an_assessor_has_a_number_that_leads_nowhere():
    assessors = [("A", 11), ("A", 12), ("A", 13), ("B", 11)]

    first, again = marking.pseudonyms(assessors, of="noon"), marking.pseudonyms(assessors[::-1], of="noon")
    other = [marking.pseudonyms(assessors, of=str(moment))["A", 11] for moment in range(20)]

    assert first == again
    assert {first["A", pk] for pk in (11, 12, 13)} == {"Assessor 001", "Assessor 002", "Assessor 003"}
    assert len(set(other)) == 3


def a_report(sections: list[Section]) -> ProgrammeReport:
    text = contents.as_json(sections)
    figures = {
        "F01": {"received": 3}, "F02": {"assessed": 2}, "F03": {"funded": 1},
        "F04": {"of_received": "33.3"}, "F10": {"allocated": "1250.00"},
    }  # fmt: skip
    return ProgrammeReport(
        pk=7, requested_at=NOON, as_of=NOON, figures=figures, contents=text,
        fingerprint=contents.fingerprint(text),
    )  # fmt: skip


ODD = Section(
    name="odd",
    title="Odd ones",
    tables=[
        Table(
            name="by-name",
            title="By name",
            columns=[Column("Name"), Column("Number", Kind.COUNT), Column("Sum", Kind.MONEY)],
            rows=[["=1+1", 3, "1250.00"], ["01234567", 0, None]],
            charted=("Sum",),
        )
    ],
)


def test_the_same_report_is_the_same_bytes(tmp_path):
    report, again = a_report([ODD]), a_report(contents.from_json(contents.as_json([ODD])))
    files.as_xlsx(report, str(tmp_path / "one.xlsx"))
    files.as_xlsx(again, str(tmp_path / "two.xlsx"))

    assert files.as_json(report) == files.as_json(again)
    assert files.as_csv(report) == files.as_csv(again)
    assert files.as_pdf(report) == files.as_pdf(again)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_files_keep_text_as_text_and_numbers_as_numbers(tmp_path):
    report = a_report([ODD])
    files.as_xlsx(report, str(tmp_path / "report.xlsx"))
    sheet = openpyxl.load_workbook(tmp_path / "report.xlsx")["By name"]
    with zipfile.ZipFile(io.BytesIO(files.as_csv(report))) as archive:
        lines = list(csv.reader(io.TextIOWrapper(archive.open("by-name.csv"), "utf-8")))

    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        ["=1+1", 3, 1250],
        ["01234567", 0, None],
    ]
    assert {cell.data_type for cell in sheet["A"]} == {"s"}
    assert lines == [["Name", "Number", "Sum"], ["'=1+1", "3", "1250.00"], ["01234567", "0", ""]]
    assert json.loads(files.as_json(report))["sections"][0]["tables"][0]["rows"][0] == ["=1+1", 3, "1250.00"]


def test_the_document_is_tagged_and_says_what_the_page_says():
    pdf = pypdf.PdfReader(io.BytesIO(files.as_pdf(a_report([ODD]))))
    text = "\n".join(page.extract_text() for page in pdf.pages)

    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert pdf.trailer["/Root"]["/Lang"] == "en-GB"
    for words in ("Programme report 7", "The whole programme", "By name", "£1,250", "Fingerprint"):
        assert words in text


def test_the_page_shows_the_tables_and_gives_the_files(client):
    client.force_login(people.user(Role.AUDITOR))
    report = a_report([ODD])
    report.pk, report.requested_by, report.due_at, report.state = None, people.user(Role.FUNDS), NOON, "done"
    report.finished_at = NOON
    report.save()
    address = f"/admin/funding/programmereport/{report.pk}/"

    page = client.get(f"{address}change/").content.decode()

    assert "By name" in page and "£1,250" in page and report.fingerprint in page
    for as_, start in (("pdf", b"%PDF"), ("xlsx", b"PK"), ("csv", b"PK"), ("json", b"{")):
        answer = client.get(f"{address}file/", {"as": as_})
        assert b"".join(answer.streaming_content).startswith(start)
    assert client.get(f"{address}file/", {"as": "doc"}).status_code == 404


def test_a_cell_in_words():
    assert shown.in_words("1250.00", Kind.MONEY) == "£1,250"
    assert shown.in_words("33.3", Kind.PERCENT) == "33.3%"
    assert shown.in_words(1204, Kind.COUNT) == "1,204"
    assert shown.in_words(None, Kind.SCORE) == "–"
    assert shown.in_words(Hidden.FEW, Kind.COUNT) == "fewer than 5"


def test_a_shape_of_another_time_is_not_read():
    with pytest.raises(ValueError, match="form 3"):
        contents.from_json('{"form":3,"sections":[]}')


def test_a_report_of_the_first_form_is_read_as_it_was_written():
    text = (
        '{"form":1,"sections":[{"about":"","name":"odd","tables":[{"charted":[],"columns":[{"heading":"Name",'
        '"kind":"text"}],"is_long":true,"mapped":"","name":"by-name","note":"","rows":[["A"]],'
        '"title":"By name"}],'
        '"title":"Odd ones"}]}'
    )

    [section] = contents.from_json(text)

    assert (section.tables[0].rows, section.tables[0].is_long) == ([["A"]], True)
    assert contents.kept(text).version == ""
