"""The ledger as files: the rows that are on the list as it is searched."""

import csv
import io

import openpyxl
import pytest

from accounts.models import AuditEntry
from accounts.roles import Role
from tests.make import budgets, office, people

# The CSV is streamed from a connection of its own.
pytestmark = pytest.mark.slow

TRANSFERS = "/admin/funding/transfer/"


def rows_of(answer) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text)))


def test_transfers_are_taken_away_as_they_are_shown(committed_database):
    award, _other = budgets.award(grant="11000.00"), budgets.award(grant="22000.00")
    browser = office.sign_in(people.user(Role.AUDITOR))

    rows = rows_of(browser.get(f"{TRANSFERS}transfers.csv", {"q": award.application.reference}))
    answer = browser.get(f"{TRANSFERS}transfers.xlsx", {"q": award.application.reference})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active

    assert {row["Application"] for row in rows} == {award.application.reference}
    assert {row["Amount"] for row in rows} == {"11000.00"}
    assert len(rows) == 3
    assert [row[0].value for row in sheet.iter_rows()].count("Transfer") == 1
    assert AuditEntry.objects.filter(action="export").count() == 2
