"""Totals beside the rows of the funding report: of them alone, of live awards, of real money or invented."""

import io
from contextlib import suppress
from decimal import Decimal

import openpyxl
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from applications.models import Competition, Strand
from funding import awards as making
from funding.exports import funding_report, totals
from funding.exports.funding_view import View
from funding.models import Award, AwardStatus
from tests.make import budgets, office, people
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

PAGE = "/admin/funding/programmereport/funding-report/"


@pytest.fixture
def here() -> list[Award]:
    """Three awards in one competition, of which the last is over, and one in another."""
    here, there = budgets.funded_competition(code="HERE"), budgets.funded_competition(code="THERE")
    made = [budgets.award(here, one) for one in ("40000.00", "56000.10", "30000.00")]
    making.reverse(made[2], by=budgets.fund_manager(), at=NOON + DAY)
    return [*made, budgets.award(there, "20000.00")]


def sheet(chosen: dict, person=None) -> dict[str, dict]:
    """The totals sheet of the workbook of this view, by the budgets' codes."""
    browser = office.sign_in(person or people.user(Role.FUNDS))
    answer = browser.get(reverse("admin:funding_report_xlsx"), chosen)
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    headings, *rows = book["Totals"].iter_rows(values_only=True)
    return {row[0]: dict(zip(headings, row, strict=True)) for row in rows}


def test_the_totals_sheet_is_of_the_rows_beside_it(here):
    drawn = here[0].budgets
    found = sheet({"competition": "HERE"})

    assert set(found) == {drawn.programme.code, drawn.region.code, drawn.pot.code}
    for row in found.values():
        assert (row["Live awards in this file"], row["Their grant in this file"]) == (2, 96000.1)
        assert (row["Allocated"], row["Headroom"]) == (96000.1, row["Ceiling"] - 96000.1)
    assert len(sheet({})) == 6
    assert sheet({"strand": Strand.CRD}) == {}


def test_an_award_that_is_over_stands_under_its_status_and_in_no_total(here):
    assert Award.objects.get(pk=here[2].pk).status == AwardStatus.REVERSED
    found = sheet({"competition": "HERE", "status": "reversed"})
    page = office.sign_in(people.user(Role.FUNDS)).get(PAGE, {"competition": "HERE"})

    assert {row["Live awards in this file"] for row in found.values()} == {0}
    assert {row["Their grant in this file"] for row in found.values()} == {0}
    assert page.context["page"].paginator.count == 3
    assert "2 live awards with a grant of £96,000.10" in page.text


def test_real_and_invented_money_are_never_one_sum(here):
    Competition.objects.filter(code="THERE").update(is_demonstration=True)
    browser = office.sign_in(people.user(Role.FUNDS))

    real, both = browser.get(PAGE).text, browser.get(PAGE, {"of": "all"}).text

    assert "2 live awards with a grant of £96,000.10" in real
    assert "invented" not in real
    assert "2 live awards with a grant of £96,000.10" in both
    assert "1 live award with an invented grant of £20,000" in both
    assert here[3].budgets.pot.code not in sheet({})
    assert set(sheet({"of": "demonstration"})) == {
        budget.code for budget in (here[3].budgets.programme, here[3].budgets.region, here[3].budgets.pot)
    }


def test_where_all_is_the_demonstration_the_page_leads_there(here):
    Competition.objects.update(is_demonstration=True)

    text = office.sign_in(people.user(Role.FUNDS)).get(PAGE, {"region": "LCR"}).text

    assert f'href="{PAGE}?region=LCR&amp;of=demonstration"' in text


def test_a_region_sees_the_totals_of_its_own_budgets_alone(here):
    region = here[0].budgets.region.region
    found = sheet({}, people.user(Role.FUNDS, region=region))

    assert {row["Kind"] for row in found.values()} == {"Region", "Pot"}


def test_what_was_paid_is_read_from_the_ledger(here):
    person = people.user(Role.FUNDS)
    column = next(one for one in funding_report.COLUMNS if one.heading == "Paid to date")

    def paid() -> dict[int, Decimal]:
        rows = View(chosen={}).rows(person).annotate(found=column.value)
        return dict(rows.values_list("award", "found"))

    before = paid()[here[0].pk]
    # Undone before the database asks, at COMMIT, whether the award's money may stand there.
    with suppress(ZeroDivisionError), transaction.atomic():
        pay(here[0], "reserved", "paid", "700.50")
        pay(here[0], "paid", "reserved", "0.50")
        after = paid()
        raise ZeroDivisionError

    assert before == Decimal("0.00")
    assert (after[here[0].pk], after[here[1].pk]) == (Decimal("700.00"), Decimal("0.00"))


def pay(award: Award, source: str, target: str, amount: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO funding_transfer (budget_id, award_id, source, target, amount, cause, made_at)"
            " SELECT budget, %s, %s, %s, %s, %s || budget, now() FROM unnest(%s) AS budget",
            [award.pk, source, target, amount, f"test {amount} ", award.budgets.budget_ids],
        )


def test_the_totals_of_rows_cost_the_same_queries_however_many(here):
    person, costs = people.user(Role.FUNDS), []
    for chosen in ({"competition": "THERE"}, {"competition": "HERE"}, {}):
        with CaptureQueriesContext(connection) as seen:
            list(totals.of_rows(View(chosen=chosen).rows(person), person))
        costs.append(len(seen))

    assert len(set(costs)) == 1
