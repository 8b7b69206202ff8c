"""A report as a page and on paper: its long list, its chart of the forecast, and no link that is not ours."""

import io
import re
from datetime import date
from decimal import Decimal

import pypdf
import pytest

from accounts.roles import Role
from funding.exports import programme_report as files
from funding.models import ProgrammeReport
from funding.reports import contents, covered, programme, shown
from funding.reports.contents import Column, Kind, Section, Table
from tests.make import budgets, people
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

BAD = "See https://evil.example and www.bad.example"


def kept(sections: list[Section]) -> ProgrammeReport:
    text = contents.as_json(sections)
    return ProgrammeReport.objects.create(
        requested_by=people.user(Role.FUNDS), requested_at=NOON, due_at=NOON, state="done", finished_at=NOON,
        as_of=NOON, figures={"F01": {"received": 3}}, contents=text, fingerprint=contents.fingerprint(text),
    )  # fmt: skip


def listed(number: int, title: str = "Gears") -> list[Section]:
    columns = [Column("Application"), Column("Project"), Column("Source", Kind.LINK), Column("On", Kind.DAY)]
    rows = [[f"LP-{place:04}", title, "https://example.org/source", "2026-09-13"] for place in range(number)]
    table = Table(name="projects", title="Projects funded", columns=columns, rows=rows, is_annex=True)
    return [Section(name="projects", title="Projects", tables=[table])]


def page(client, report: ProgrammeReport, **query) -> str:
    client.force_login(people.user(Role.AUDITOR))
    answer = client.get(f"/admin/funding/programmereport/{report.pk}/change/", query)
    assert answer.status_code == 200
    return answer.content.decode()


def printed(report: ProgrammeReport) -> str:
    pdf = pypdf.PdfReader(io.BytesIO(files.as_pdf(report)))
    return "\n".join(one.extract_text() for one in pdf.pages)


def test_what_applicants_wrote_leads_nowhere_and_a_source_of_ours_does(client):
    html = page(client, kept(listed(1, BAD)))

    assert BAD in html
    links = re.findall(r'<a href="(http[^"]*)"', html)
    assert links == ["https://example.org/source"]


def test_the_list_of_projects_goes_by_pages_and_any_page_is_answered(client):
    report = kept(listed(shown.LINES * 2 + 1))

    first, last = page(client, report), page(client, report, page="3")

    assert "LP-0000" in first and "LP-0020" not in first
    assert f"Rows 1 to {shown.LINES} of {shown.LINES * 2 + 1}" in first
    assert 'href="?page=2#table-projects" rel="next"' in first
    assert "LP-0040" in last and "LP-0000" not in last
    for odd in ("", "0", "x", "99", "١", "-1"):
        page(client, report, page=odd)


def test_the_document_has_the_list_as_an_annex_and_says_where_the_rest_is(monkeypatch):
    report = kept(listed(12))
    assert "Annex: Projects funded" in printed(report) and "LP-0011" in printed(report)

    monkeypatch.setattr(files, "PRINTED", 10)

    text = printed(report)
    assert "LP-0009" in text and "LP-0010" not in text
    assert "The first 10 of 12 are printed here." in text and "XLSX and CSV" in " ".join(text.split())


def test_the_forecast_is_drawn_beside_its_table_without_its_totals(client):
    within = budgets.funded_competition()
    one = budgets.assessed(within, start_on=date(2037, 1, 1), duration_months=12)
    budgets.approved(within)
    one.refresh_from_db()
    sections = programme.sections(covered.read([within], is_whole=True, as_of=NOON + 400 * DAY))
    [table] = [
        one for each in shown.shown(sections) for one in each.tables if one.table.name == "by-financial-year"
    ]

    assert [bar.label for bar in table.bars] == ["2036 to 2037", "2037 to 2038"]
    assert [bar.says for bar in table.bars] == ["£13,999.98", "£42,000.02"]
    assert [is_total for _, is_total in table.lines] == [False, False, True]
    report = kept(sections)
    assert "£13,999.98" in page(client, report)
    assert "2037 to 2038, £42,000.02" in " ".join(printed(report).split())


def test_a_year_in_which_nothing_falls_has_its_place(monkeypatch):
    within = budgets.funded_competition()
    for start_on in (date(2030, 5, 1), date(2033, 5, 1)):
        budgets.assessed(within, start_on=start_on, duration_months=3)
    budgets.approved(within)
    sections = programme.sections(covered.read([within], is_whole=True, as_of=NOON + 400 * DAY))

    [table] = [one for each in sections for one in each.tables if one.name == "by-financial-year"]

    assert [(row[0], Decimal(row[1])) for row in table.rows[1:3]] == [
        ("2031 to 2032", 0),
        ("2032 to 2033", 0),
    ]


def test_a_column_of_the_document_has_room_for_its_longest_word():
    assert files._room(Column("Share, %"), ["LCR-R1-CRD-PAST-DEMO", "a b"]) == (20, 20)
    assert files._room(Column("Project costs"), ["x" * 400]) == (files.LONGEST_WORD, files.LONGEST_LINE)
    assert files._room(Column("Starts on", Kind.DAY), ["13 Sep 2026"]) == (11, 11)
