"""What of the awards is reserved, committed and paid, in the programme report, under each label."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from applications.models import Application, Competition, Participant
from applications.workflow import Status
from funding import ledger
from funding.models import Award
from funding.places import Place
from funding.reports import covered, funds
from funding.reports.contents import Cell
from tests.make import budgets, offers
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

AT = NOON + 60 * DAY


def lines(*within: Competition) -> dict[tuple, list[Cell]]:
    read = covered.read(list(within), is_whole=True, as_of=AT)
    [found] = [one for one in funds.section(read).tables if one.name == "money-by"]
    return {(by, label): rest for by, label, *rest in found.rows}


def pay(award: Award, amount: str, cause: str, *, back: bool = False) -> None:
    way = (Place.PAID, Place.COMMITTED) if back else (Place.COMMITTED, Place.PAID)
    ledger.transfer(award, Decimal(amount), source=way[0], target=way[1], cause=cause, by=None, at=AT)


def test_what_is_paid_is_no_more_committed_and_counts_by_award_alone():
    here, there = budgets.funded_competition(code="HERE"), budgets.funded_competition(code="THERE")
    accepted = offers.accepted(offers.offer(offers.award(here, "56000.00")))
    waiting = offers.award(there, "40000.10")
    Participant.objects.filter(application=accepted.application_id).update(size="large")
    Participant.objects.filter(application=waiting.application_id).update(size="medium")
    pay(accepted, "10000.00", "claim 1 paid")
    pay(accepted, "1000.00", "claim 1 put right", back=True)

    found = lines(here, there)

    assert found["Competition", "HERE"] == [1, "0.00", "47000.00", "9000.00"]
    assert found["Competition", "THERE"] == [1, "40000.10", "0.00", "0.00"]
    assert found["Financial year of the award", "2026 to 2027"] == [2, "40000.10", "47000.00", "9000.00"]
    assert found["Size", "Large"] == [1, "0.00", "56000.00", None]
    assert found["Size", "Medium"] == [1, "40000.10", "0.00", None]


@pytest.mark.parametrize(
    ("at", "year"),
    [
        (datetime(2027, 3, 31, 22, 59, tzinfo=UTC), "2026 to 2027"),
        (datetime(2027, 3, 31, 23, 0, tzinfo=UTC), "2027 to 2028"),
    ],
)
def test_an_award_is_of_the_financial_year_of_its_day_in_the_uk(at, year):
    within = budgets.funded_competition()
    budgets.award(within, at=at)
    Application.objects.filter(competition=within).update(status=Status.SUCCESSFUL)

    years = [label for by, label in lines(within) if by == "Financial year of the award"]

    assert years == [year]
