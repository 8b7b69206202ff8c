"""The funding report's files, read back from their bytes."""

import csv
import io
import re
from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse
from openpyxl.utils.escape import unescape

from accounts.exports import csv_file, workbook
from accounts.exports.columns import Kind
from accounts.models import Size
from accounts.roles import Role
from applications.models import Application, Competition, Participant
from applications.workflow import Status
from funding import awards
from funding.exports import funding_report, totals
from funding.models import Award, Budget
from tests.make import applications as make
from tests.make import budgets, organisations, people
from tests.make.programme import generate
from tests.make.times import NOON

pytestmark = pytest.mark.django_db

AS_OF = datetime(2026, 6, 1, 12, tzinfo=UTC)
DANGEROUS = ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "\u200b=1", "＝1", "＋1", "－1", "＠1", "|calc", "\r=1"]
HARMLESS = ["Gear", "3 = 3", "a-b", "Ünïcode 漢字", 'with "quotes", and commas']


#: Section 12 of the programme's rules, with the project and the organisation beside them.
HEADINGS = {
    Kind.TEXT: [
        "Application",
        "Project",
        "Competition",
        "Pot",
        "Region",
        "Strand",
        "Lead",
        "Organisation",
        "Company number",
        "Local authority",
        "ONS code",
        "Size",
        "Status",
        "Demonstration",
    ],
    Kind.MONEY: ["Total cost", "Grant offered", "Other public funding", "Paid to date"],
    Kind.NUMBER: ["Intensity %", "Mean score %"],
    Kind.DAY: ["Start", "End"],
    Kind.PERCENT: [],
    Kind.COUNT: [],
    Kind.MOMENT: [],
}


def applied(title="Lighter gears", *, number="01234567") -> Application:
    application = make.application(
        Status.IN_ASSESSMENT,
        budgets.funded_competition(),
        title=title,
        start_on=date(2027, 1, 31),
        duration_months=1,
    )
    Participant.objects.filter(application=application).update(company_number=number)
    return application


def award(title="Lighter gears", *, number="01234567") -> Award:
    return awarded(applied(title, number=number))


def awarded(application: Application) -> Award:
    shares = awards.shares_asked_for(application)
    people_ = {"recommended_by": budgets.fund_manager(), "by": budgets.approver()}
    return awards.make(application, shares, **people_, at=NOON)


def partner(application: Application, **fields) -> Participant:
    """A second organisation with £20,000 of costs, £9,999.99 of grant and £500 of other public money."""
    organisation = organisations.organisation()
    return Participant.objects.create(
        **{
            "application": application,
            "organisation": organisation,
            "is_lead": False,
            "name": organisation.name,
            "company_number": "SC654321",
            "kind": organisation.kind,
            "size": Size.LARGE,
            "details_on": NOON.date(),
            "percentage_asked": Decimal("52.5"),
            "total_costs": Decimal("20000.00"),
            "other_funding": Decimal("500.00"),
            "grant_sought": Decimal("9999.99"),
            "contribution": Decimal("9500.01"),
            **fields,
        }
    )


def read_csv(user, source=funding_report) -> list[dict]:
    file = io.BytesIO()
    csv_file.copy(source.rows(user), source.COLUMNS, file)
    text = file.getvalue().decode()
    assert text.split("\n")[0] == ",".join(f'"{column.heading}"' for column in source.COLUMNS)
    return list(csv.DictReader(io.StringIO(text, newline="")))


def read_xlsx(user, path):
    sheets = [
        (name, source.COLUMNS, workbook.values(source.rows(user), source.COLUMNS))
        for name, source in (("Awards", funding_report), ("Totals", totals))
    ]
    workbook.write(str(path), sheets, as_of=AS_OF)
    return openpyxl.load_workbook(path)


def cells(sheet) -> list[dict]:
    """The rows below the headings, each a dict of openpyxl's cells."""
    headings, *rows = sheet.iter_rows()
    return [{heading.value: cell for heading, cell in zip(headings, row, strict=True)} for row in rows]


def test_the_columns_are_those_of_the_programmes_rules_each_of_its_kind():
    assert {
        kind: [column.heading for column in funding_report.COLUMNS if column.kind is kind] for kind in Kind
    } == HEADINGS


def test_csv_has_a_row_per_award_and_organisation():
    application = applied()
    partner(application)
    awarded(application)

    lead, other = read_csv(people.user(Role.FUNDS))

    assert [column.heading for column in funding_report.COLUMNS] == list(lead)
    assert lead["Application"] == other["Application"] == application.reference
    assert lead["Lead"] == other["Lead"] == lead["Organisation"] != other["Organisation"]
    assert (lead["Company number"], other["Company number"]) == ("01234567", "SC654321")
    assert (lead["Size"], other["Size"]) == ("Micro or small", "Large")
    assert (lead["Local authority"], lead["ONS code"]) == ("Liverpool", "E08000012")
    assert (other["Local authority"], other["ONS code"]) == ("", "")
    assert (lead["Grant offered"], other["Grant offered"]) == ("56000.00", "9999.99")
    assert (lead["Intensity %"], other["Intensity %"]) == ("70.00", "50.00")
    assert (lead["Other public funding"], other["Other public funding"]) == ("0.00", "500.00")
    assert (lead["Start"], lead["End"], lead["Status"]) == ("2027-01-31", "2027-02-27", "Approved")
    assert (lead["Paid to date"], other["Paid to date"]) == ("0.00", "")
    assert lead["Demonstration"] == ""


def test_an_award_of_the_demonstration_says_so():
    Competition.objects.filter(applications=award().application).update(is_demonstration=True)

    assert [row["Demonstration"] for row in read_csv(people.user(Role.FUNDS))] == ["demonstration"]


def test_both_files_say_the_same_of_a_whole_programme(tmp_path):
    generate(2)
    reader = people.user(Role.FUNDS)

    book = read_xlsx(reader, tmp_path / "report.xlsx")

    for sheet, source in (("Awards", funding_report), ("Totals", totals)):
        in_csv, in_xlsx = read_csv(reader, source), cells(book[sheet])
        assert len(in_csv) == len(in_xlsx) >= 5
        for line, row in zip(in_csv, in_xlsx, strict=True):
            for column in source.COLUMNS:
                assert_same(row[column.heading], line[column.heading], column.kind)


def assert_same(cell, text: str, kind: Kind) -> None:
    if cell.value is None:
        assert text == ""
    elif kind is Kind.TEXT:
        assert (cell.data_type, cell.value) == ("s", text)
    elif kind is Kind.DAY:
        assert (cell.is_date, cell.value.date().isoformat()) == (True, text)
    else:
        assert (cell.data_type, Decimal(str(cell.value))) == ("n", Decimal(text))


def test_the_mean_score_is_the_one_that_the_award_was_decided_by():
    competition = budgets.funded_competition()
    budgets.assessed(competition, marks=(9, 8, 8))
    budgets.approved(competition)

    [row] = read_csv(people.user(Role.FUNDS))

    assert row["Mean score %"] == "83.3"


def test_the_totals_are_the_sums_of_what_is_offered_against_each_ceiling():
    generate(3)
    reader = people.user(Role.AUDITOR)
    live = {award.application.reference: award for award in Award.objects.live().select_related("budgets")}
    drawn = defaultdict(Decimal)
    for row in read_csv(reader):
        if row["Status"] in ("Approved", "Accepted"):
            for budget in live[row["Application"]].budgets.budget_ids:
                drawn[budget] += Decimal(row["Grant offered"])

    found = {row["Code"]: row for row in read_csv(reader, totals)}

    assert {row["Kind"] for row in found.values()} == {"Programme", "Region", "Pot"}
    assert set(found) == set(Budget.objects.values_list("code", flat=True))
    for budget in Budget.objects.all():
        row = found[budget.code]
        assert Decimal(row["Allocated"]) == drawn[budget.pk]
        assert Decimal(row["Headroom"]) == Decimal(row["Ceiling"]) - drawn[budget.pk]
    assert all(drawn.values())


@pytest.mark.parametrize("title", DANGEROUS, ids=ascii)
def test_a_text_that_begins_a_formula_is_inert_in_csv(title):
    award(title)

    assert read_csv(people.user(Role.FUNDS))[0]["Project"] == f"'{title}"


@pytest.mark.parametrize("title", HARMLESS)
def test_other_text_is_written_as_it_is(title):
    award(title)

    assert read_csv(people.user(Role.FUNDS))[0]["Project"] == title


@pytest.mark.parametrize("title", [*DANGEROUS, *HARMLESS], ids=ascii)
def test_xlsx_keeps_a_text_as_it_is_and_as_text(tmp_path, title):
    award(title, number="00000001")

    [row] = cells(read_xlsx(people.user(Role.FUNDS), tmp_path / "report.xlsx")["Awards"])

    # A carriage return is written as _x000D_, which a spreadsheet turns back.
    assert (unescape(row["Project"].value), row["Project"].data_type) == (title, "s")
    assert (row["Company number"].value, row["Company number"].data_type) == ("00000001", "s")


def test_xlsx_keeps_numbers_as_numbers_and_days_as_days(tmp_path):
    award()

    book = read_xlsx(people.user(Role.FUNDS), tmp_path / "report.xlsx")
    [row] = cells(book["Awards"])

    assert (row["Grant offered"].value, row["Grant offered"].data_type) == (56000, "n")
    assert (row["Intensity %"].value, row["Intensity %"].data_type) == (70, "n")
    assert row["Start"].value == datetime(2027, 1, 31)
    assert book.properties.created == AS_OF.replace(tzinfo=None)


def test_every_file_begins_with_what_its_reader_may_see():
    hidden, released = award(), award()
    Application.objects.filter(pk=released.application_id).update(released_at=NOON)

    assert read_csv(people.assessor()) == read_csv(people.assessor(), totals) == []
    assert read_csv(hidden.application.started_by) == []
    assert [row["Application"] for row in read_csv(released.application.started_by)] == [
        released.application.reference
    ]
    assert read_csv(released.application.started_by, totals) == []


def test_the_same_moment_gives_the_same_bytes(tmp_path):
    award()
    user = people.user(Role.FUNDS)

    read_xlsx(user, tmp_path / "one.xlsx")
    read_xlsx(user, tmp_path / "two.xlsx")

    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


@pytest.mark.parametrize("name", ["funding_report_csv", "funding_report_xlsx", "funding_totals_csv"])
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
    name = r'attachment; filename="funding-report-\d{4}-\d{2}-\d{2}-\d{4}\.xlsx"'
    assert re.fullmatch(name, answer["Content-Disposition"])
    assert openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))["Awards"].max_row == 2
