"""CSV as it is streamed: by a thread with a connection of its own, in bounded blocks."""

import io
from contextlib import closing

import openpyxl
import psycopg2
import pytest
from django.db import connection
from django.db.models import CharField, Func, Value
from django.db.models.functions import Cast
from django.urls import reverse

from accounts import patience
from accounts.exports import csv_file
from accounts.exports.columns import Column
from accounts.models import AuditEntry
from accounts.roles import Role
from funding.exports import funding_report, totals
from funding.models import AwardShare
from tests.funding.test_funding_report import award
from tests.make import office, people

pytestmark = pytest.mark.slow


def test_the_file_is_streamed_from_a_connection_of_its_own(committed_database, client):
    award()
    client.force_login(people.user(Role.AUDITOR))

    answer = client.get(reverse("admin:funding_report_csv"))

    assert b"".join(answer.streaming_content).count(b"\n") == 2


def test_a_reader_who_goes_away_ends_the_copying():
    pipe = csv_file.Pipe()
    pipe.abandoned.set()

    with pytest.raises(csv_file.Abandoned):
        pipe.write(b"x" * csv_file.BLOCK)


def test_blocks_are_of_one_size_and_lose_nothing():
    pipe = csv_file.Pipe()
    pipe.write(b"a" * (csv_file.BLOCK + 7))
    pipe.close()

    blocks = list(pipe)

    assert [len(block) for block in blocks] == [csv_file.BLOCK, 7]


#: A row that takes longer than the page's limit in these tests.
SLOW = Column("Slow", Cast(Func(Value(0.7), function="pg_sleep"), CharField()))


def slow_file() -> bytes:
    return b"".join(csv_file.stream(AwardShare.objects.all(), [SLOW]))


@pytest.fixture
def hurried_pages(committed_database, monkeypatch):
    """Every connection, the copying thread's too, gives a statement 0.4 seconds."""
    award()
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "options", "-c statement_timeout=400ms")
    connection.close()


def test_a_file_may_take_longer_than_a_page(hurried_pages):
    assert slow_file().count(b"\n") == 2


def test_without_time_of_its_own_it_would_be_cut(hurried_pages, monkeypatch):
    monkeypatch.setattr(patience, "LIMIT", "400ms")

    with pytest.raises(psycopg2.errors.QueryCanceled, match="statement timeout"):
        slow_file()


def test_the_page_s_own_limit_is_back_after_the_file(hurried_pages):
    with patience.unhurried(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        during = cursor.fetchone()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        after = cursor.fetchone()

    assert (during, after) == (("10min",), ("400ms",))


@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl"])
def test_rows_may_take_longer_than_a_page_to_be_counted_for_the_audit_trail(hurried_pages, monkeypatch, kind):
    rows = funding_report.rows
    slept = Cast(Func(Value(0.7), function="pg_sleep"), CharField())
    monkeypatch.setattr(
        funding_report, "rows", lambda *asked: rows(*asked).annotate(slept=slept).filter(slept="")
    )
    browser = office.sign_in(people.user(Role.FUNDS))

    answer = browser.get(reverse(f"admin:funding_report_{kind}"))

    assert answer.status_code == 200
    assert b"".join(answer.streaming_content)
    assert AuditEntry.objects.get(action="export").after["rows"] == 1


def slow_workbook():
    browser = office.sign_in(people.user(Role.FUNDS))
    return browser.get(reverse("admin:funding_report_xlsx"))


def test_a_workbook_may_take_longer_than_a_page(hurried_pages, monkeypatch):
    monkeypatch.setattr(funding_report, "COLUMNS", [SLOW])

    answer = slow_workbook()

    assert answer.status_code == 200
    assert b"".join(answer.streaming_content).startswith(b"PK")


def test_a_workbook_over_its_time_is_ended_and_may_be_asked_for_again(hurried_pages, monkeypatch):
    monkeypatch.setattr(funding_report, "COLUMNS", [SLOW])
    monkeypatch.setattr(patience, "LIMIT", "400ms")

    answer = slow_workbook()

    assert answer.status_code == 503
    assert answer["Retry-After"]


def test_a_workbook_s_totals_are_of_its_rows_whatever_is_written_between_the_two(
    committed_database, monkeypatch
):
    """Between its two sheets every budget is given another name."""
    award()
    browser = office.sign_in(people.user(Role.FUNDS))
    of_rows = totals.of_rows

    def after_a_change(*asked):
        with closing(connection.copy()) as other, other.cursor() as cursor:
            cursor.execute("UPDATE funding_budget SET name = 'Renamed since'")
        yield from of_rows(*asked)

    monkeypatch.setattr(totals, "of_rows", after_a_change)

    content = b"".join(browser.get(reverse("admin:funding_report_xlsx")).streaming_content)

    book = openpyxl.load_workbook(io.BytesIO(content))
    text = str([list(sheet.values) for sheet in book])
    assert "Programme" in text and "Renamed since" not in text
