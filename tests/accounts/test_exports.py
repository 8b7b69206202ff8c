"""Whatever somebody wrote comes back from CSV and XLSX as it was, and is never taken for a formula."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import CharField, F, Value
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from accounts.exports import cells, csv_file, workbook
from accounts.exports.columns import Column, Kind, inert_text

pytestmark = pytest.mark.django_db

BEGINNINGS = ["=", "+", "-", "@", "\t", "\r", "|", "＝", "＋", "－", "＠", " =", "\u200b=", "\u3000="]
#: What XML and PostgreSQL can hold.
ANY = st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffe\uffff")
WRITTEN = st.text(ANY, max_size=40)
DANGEROUS = st.builds("".join, st.tuples(st.sampled_from(BEGINNINGS), WRITTEN))
#: A spreadsheet's numbers have fifteen digits.
SUMS = st.decimals(Decimal("-9999999999999"), Decimal("9999999999999"), places=2)
DAYS = st.dates(date(1900, 3, 1), date(9999, 12, 31))
AS_OF = datetime(2026, 6, 1, 12, tzinfo=UTC)
FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def as_csv(text: str) -> str:
    """The text's cell, by the database's own COPY."""
    rows = ContentType.objects.filter(model="user").order_by("pk")
    file = io.BytesIO()
    csv_file.copy(rows, [Column("Text", Value(text, CharField())), Column("Key", Value("k"))], file)
    _headings, [cell, _key] = csv.reader(io.StringIO(file.getvalue().decode(), newline=""))
    return cell


@pytest.mark.parametrize(
    "order", [["pk"], ["-pk"], [F("model").desc(nulls_last=True), "pk"], ["app_label", "-model"], []]
)
def test_rows_are_in_their_order_by_the_outer_statement_and_are_sorted_once(order):
    rows = ContentType.objects.order_by(*order)

    statement = csv_file.query_of(rows, [Column("Model", F("model")), Column("App", F("app_label"))])
    file = io.BytesIO()
    csv_file.copy(rows, [Column("Key", F("pk"), Kind.NUMBER)], file)

    assert ("ORDER BY" in statement.rpartition(") one")[2]) == bool(order)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_indexscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN {statement}")
        plan = [line for (line,) in cursor.fetchall()]
    assert sum("Sort  (" in line for line in plan) == bool(order)
    keys = [int(line) for line in file.getvalue().split()[1:]]
    assert keys == list(rows.values_list("pk", flat=True)) or not order


@FEW
@given(WRITTEN | DANGEROUS)
def test_a_text_comes_back_from_csv_once_the_apostrophe_is_taken_off(text):
    cell = as_csv(text)

    assert cell in (text, f"'{text}")
    assert not cell.lstrip(" \u3000\u200b").startswith(tuple(BEGINNINGS))


@FEW
@given(DANGEROUS)
def test_a_text_that_begins_a_formula_is_inert_by_the_database_and_in_hand(text):
    assert as_csv(text) == inert_text(text) == f"'{text}"


@FEW
@given(st.lists(WRITTEN | DANGEROUS, min_size=1, max_size=20))
def test_rows_that_were_read_in_python_come_back_from_csv_too(texts):
    content = b"".join(cells.as_csv(["Text", "Key"], [[(Kind.TEXT, one), (Kind.COUNT, 1)] for one in texts]))

    _headings, *found = csv.reader(io.StringIO(content.decode(), newline=""))

    assert found == [[inert_text(one), "1"] for one in texts]


@FEW
@given(st.lists(st.tuples(WRITTEN | DANGEROUS, SUMS, DAYS), min_size=1, max_size=20))
def test_all_comes_back_from_xlsx(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("files") / "file.xlsx"
    columns = [
        Column("Text", Value("")),
        Column("Sum", Value(0), Kind.MONEY),
        Column("Day", Value(0), Kind.DAY),
    ]

    workbook.write(str(path), [("Rows", columns, rows)], as_of=AS_OF)
    _headings, *found = openpyxl.load_workbook(path).active.iter_rows()

    for (text, sum_, day), row in zip(rows, found, strict=True):
        assert unescape(row[0].value or "") == text
        assert row[0].data_type == "s" or not text
        assert Decimal(str(row[1].value)) == sum_
        assert row[2].value.date() == day


def test_rows_that_a_sheet_cannot_hold_go_on_on_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "MOST_LINES", 2)
    rows = [(str(number),) for number in range(5)]

    workbook.write(str(tmp_path / "file.xlsx"), [("Rows", [Column("Text", Value(""))], rows)], as_of=AS_OF)
    book = openpyxl.load_workbook(tmp_path / "file.xlsx")

    assert book.sheetnames == ["Rows", "Rows 2", "Rows 3"]
    assert [[cell for [cell] in sheet.iter_rows(values_only=True)] for sheet in book] == [
        ["Text", "0", "1"], ["Text", "2", "3"], ["Text", "4"],
    ]  # fmt: skip


def test_the_headings_are_there_before_the_database_is_asked():
    blocks = csv_file.stream(ContentType.objects.all(), [Column("Text", Value(""))])

    assert next(blocks) == b'"Text"\n'
