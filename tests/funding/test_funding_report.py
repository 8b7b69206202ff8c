"""The funding report's files, read back from their bytes."""

import csv
import io
from datetime import UTC, date, datetime

import openpyxl
import pytest
from django.urls import reverse

from accounts.roles import Role
from applications.models import Participant
from applications.workflow import Status
from funding import awards
from funding.exports import csv_file, funding_report, totals, workbook
from funding.models import Award
from tests.make import applications as make
from tests.make import budgets, people
from tests.make.times import NOON

pytestmark = pytest.mark.django_db

AS_OF = datetime(2026, 6, 1, 12, tzinfo=UTC)
DANGEROUS = ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "\u200b=1", "＝1", "＋1", "－1", "＠1", "|calc", "\r=1"]
HARMLESS = ["Gear", "3 = 3", "a-b", "Ünïcode 漢字", 'with "quotes", and commas']


def award(title="Lighter gears", *, number="01234567") -> Award:
    application = make.application(
        Status.IN_ASSESSMENT,
        budgets.funded_competition(),
        title=title,
        start_on=date(2027, 1, 31),
        duration_months=1,
    )
    Participant.objects.filter(application=application).update(company_number=number)
    shares = awards.shares_asked_for(application)
    people_ = {"recommended_by": budgets.fund_manager(), "by": budgets.approver()}
    return awards.make(application, shares, **people_, at=NOON)


def read_csv(user) -> list[dict]:
    file = io.BytesIO()
    csv_file.copy(funding_report.rows(user), funding_report.COLUMNS, file)
    return list(csv.DictReader(io.StringIO(file.getvalue().decode(), newline="")))


def read_xlsx(user, path):
    sheets = [
        (
            "Awards",
            funding_report.COLUMNS,
            workbook.values(funding_report.rows(user), funding_report.COLUMNS),
        ),
        ("Budgets", totals.COLUMNS, totals.rows(funding_report.totals(user))),
    ]
    workbook.write(str(path), sheets, as_of=AS_OF)
    return openpyxl.load_workbook(path)


def test_csv_has_a_row_per_award_and_organisation():
    made = award()

    rows = read_csv(people.user(Role.FUNDS))

    assert [column.heading for column in funding_report.COLUMNS] == list(rows[0])
    assert rows[0]["Application"] == made.application.reference
    assert rows[0]["Company number"] == "01234567"
    assert rows[0]["Grant offered"] == "56000.00"
    assert rows[0]["Intensity %"] == "70.00"
    assert (rows[0]["Start"], rows[0]["End"]) == ("2027-01-31", "2027-02-27")
    assert (rows[0]["Paid to date"], rows[0]["Retained"]) == ("0.00", "0.00")


@pytest.mark.parametrize("title", DANGEROUS, ids=ascii)
def test_a_text_that_begins_a_formula_is_inert_in_csv(title):
    award(title)

    assert read_csv(people.user(Role.FUNDS))[0]["Project"] == f"'{title}"


@pytest.mark.parametrize("title", HARMLESS)
def test_other_text_is_written_as_it_is(title):
    award(title)

    assert read_csv(people.user(Role.FUNDS))[0]["Project"] == title


def test_xlsx_keeps_numbers_as_numbers_and_text_as_text(tmp_path):
    award("=1+1")

    book = read_xlsx(people.user(Role.FUNDS), tmp_path / "report.xlsx")
    row = {heading.value: cell for heading, cell in zip(book["Awards"][1], book["Awards"][2], strict=True)}

    assert (row["Project"].value, row["Project"].data_type) == ("=1+1", "s")
    assert (row["Company number"].value, row["Company number"].data_type) == ("01234567", "s")
    assert (row["Grant offered"].value, row["Grant offered"].data_type) == (56000, "n")
    assert row["Start"].value == datetime(2027, 1, 31)
    assert book.properties.created == AS_OF.replace(tzinfo=None)
    assert [cell.value for cell in book["Budgets"][1]] == [column.heading for column in totals.COLUMNS]


def test_the_same_moment_gives_the_same_bytes(tmp_path):
    award()
    user = people.user(Role.FUNDS)

    read_xlsx(user, tmp_path / "one.xlsx")
    read_xlsx(user, tmp_path / "two.xlsx")

    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


@pytest.mark.parametrize("name", ["funding_report_csv", "funding_report_xlsx"])
@pytest.mark.parametrize("role", [Role.ASSESSOR, Role.ADMINISTRATOR, Role.LEAD])
def test_people_without_a_say_in_money_get_no_file(client, name, role):
    award()
    client.force_login(people.user(role))

    assert client.get(reverse(f"admin:{name}")).status_code == 403


def test_xlsx_is_served_to_the_auditor(client):
    award()
    client.force_login(people.user(Role.AUDITOR))

    answer = client.get(reverse("admin:funding_report_xlsx"))

    assert answer.status_code == 200
    assert openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))["Awards"].max_row == 2
