"""The funding report as it was chosen: the page, and each file beside it, have the same rows and columns."""

import csv
import io
import json
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse

from accounts.exports import csv_file, json_lines
from accounts.models import AuditEntry
from accounts.roles import Role
from applications.models import Competition, Strand
from funding.exports import funding_report
from funding.exports.funding_view import BY_NAME, View
from tests.make import budgets, competitions, office, people

pytestmark = pytest.mark.django_db

PAGE = "/admin/funding/programmereport/funding-report/"
CHOSEN = {
    "competition": "HERE",
    "columns": ["column_application", "column_company_number", "column_grant_offered"],
    "order": "column_grant_offered",
    "direction": "falling",
}


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """In the test's own transaction, since another connection would see none of its rows."""

    def streamed(write, *, before=lambda: None):
        before()
        file = io.BytesIO()
        write(file)
        yield file.getvalue()

    monkeypatch.setattr(csv_file, "streamed", streamed)


@pytest.fixture
def awards():
    here, there = budgets.funded_competition(code="HERE"), budgets.funded_competition(code="THERE")
    sums = ("40000.00", "56000.10", "40000.00")
    made = [budgets.award(here, one) for one in sums]
    return [*made, budgets.award(there, "20000.00")]


def read(answer, kind: str) -> list[dict]:
    content = b"".join(answer.streaming_content)
    if kind == "csv":
        return list(csv.DictReader(io.StringIO(content.decode())))
    if kind == "jsonl":
        return [json.loads(line) for line in content.splitlines()]
    headings, *rows = openpyxl.load_workbook(io.BytesIO(content))["Awards"].iter_rows(values_only=True)
    return [dict(zip(headings, row, strict=True)) for row in rows]


@pytest.mark.parametrize("kind", ["csv", "jsonl", "xlsx"])
def test_a_file_has_the_rows_the_columns_and_the_order_of_the_screen(awards, kind):
    browser = office.sign_in(people.user(Role.FUNDS))

    page = browser.get(PAGE, CHOSEN)
    rows = read(browser.get(reverse(f"admin:funding_report_{kind}"), CHOSEN), kind)

    [first, *equal] = sorted(awards[:3], key=lambda one: (-one.amount, one.shares.get().pk))
    wanted = [one.application.reference for one in (first, *equal)]
    assert [row["Application"] for row in rows] == wanted
    assert [row[0]["text"] for row in page.context["rows"]] == wanted
    assert list(rows[0]) == ["Application", "Company number", "Grant offered"]
    assert [column.heading for column in page.context["columns"]] == list(rows[0])
    assert Decimal(str(rows[0]["Grant offered"])) == Decimal("56000.10")
    assert page.context["rows"][0][2]["text"] == "£56,000.10"
    entry = AuditEntry.objects.get(action="export")
    assert (entry.after["rows"], entry.after["as"]) == (3, kind)
    assert entry.after["filters"]["order"] == "-column_grant_offered"


def test_json_lines_keep_sums_to_the_penny_and_days_as_the_api_does(awards):
    file = io.BytesIO()

    json_lines.copy(funding_report.rows(people.user(Role.FUNDS)), funding_report.COLUMNS, file)

    rows = [json.loads(line) for line in file.getvalue().splitlines()]
    sums = sorted(row["Grant offered"] for row in rows)
    assert sums == ["20000.00", "40000.00", "40000.00", "56000.10"]
    assert list(rows[0]) == [column.heading for column in funding_report.COLUMNS]


@pytest.mark.parametrize("name", BY_NAME)
@pytest.mark.parametrize("is_falling", [False, True])
def test_it_can_be_sorted_by_every_column(awards, name, is_falling):
    rows = View(chosen={}, order=name, is_falling=is_falling).rows(people.user(Role.FUNDS))

    given = list(rows.annotate(by=BY_NAME[name].value).values_list("by", "pk"))

    known = [(value, pk) for value, pk in given if value is not None]
    assert len(given) == 4
    assert known == sorted(sorted(known, key=lambda row: row[1]), key=lambda row: row[0], reverse=is_falling)
    assert [pk for value, pk in given if value is None] == [pk for _, pk in given[len(known) :]]


def test_each_filter_narrows_it(awards):
    Competition.objects.filter(code="THERE").update(is_demonstration=True)
    person = people.user(Role.FUNDS)

    def number(**chosen) -> int:
        return View(chosen=chosen).rows(person).count()

    assert (number(), number(of="demonstration"), number(of="all")) == (3, 1, 4)
    # Whoever names a competition need not say which part it is of.
    assert (number(competition="THERE"), number(competition="HERE", of="demonstration")) == (1, 0)
    assert (number(region="LCR"), number(region="TV")) == (3, 0)
    assert (number(strand=Strand.MFA), number(strand=Strand.CRD)) == (3, 0)
    assert (number(status=awards[0].status), number(status="paid")) == (3, 0)


def test_what_is_no_choice_is_refused_at_its_field_and_kept(awards):
    browser = office.sign_in(people.user(Role.FUNDS))
    wrong = {"columns": ["column_application", "column_secret"], "order": "column_grant_offered"}

    for address in (PAGE, reverse("admin:funding_report_csv"), reverse("admin:funding_report_xlsx")):
        answer = browser.get(address, wrong)

        assert answer.status_code == 422
        assert "Choose the columns from the list" in answer.text
        assert '<option value="column_grant_offered" selected>' in answer.text
    assert not AuditEntry.objects.filter(action="export").exists()


def test_each_sees_the_rows_and_the_choices_that_are_theirs(awards):
    there = competitions.region("TV", "Tees Valley")
    browser = office.sign_in(people.user(Role.FUNDS, region=there))

    page = browser.get(PAGE)

    assert page.context["page"].paginator.count == 0
    assert "No award has what was chosen." in page.text
    assert "HERE" not in page.text
    assert browser.get(PAGE, {"competition": "HERE"}).status_code == 422
    assert office.sign_in(people.assessor()).get(PAGE).status_code == 403


def test_a_csv_begins_with_its_headings_and_is_noted_before_any_row_leaves(awards):
    browser = office.sign_in(people.user(Role.FUNDS))
    noted = AuditEntry.objects.filter(action="export")

    blocks = iter(browser.get(reverse("admin:funding_report_csv"), CHOSEN).streaming_content)
    begun, at_first = next(blocks), noted.count()
    rest, after = next(blocks), noted.get()

    assert begun == b'"Application","Company number","Grant offered"\n'
    assert (at_first, after.after["rows"], rest.count(b"\n")) == (0, 3, 3)
    assert after.request_id


def test_a_csv_that_cannot_be_noted_has_no_rows(awards, monkeypatch):
    def fails(*arguments, **named):
        raise RuntimeError("not noted")

    monkeypatch.setattr("accounts.exporting.note", fails)
    answer = office.sign_in(people.user(Role.FUNDS)).get(reverse("admin:funding_report_csv"), CHOSEN)
    blocks = iter(answer.streaming_content)
    next(blocks)

    with pytest.raises(RuntimeError, match="not noted"):
        next(blocks)
    assert not list(blocks)
