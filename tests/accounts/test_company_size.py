"""The two-of-three rule at every limit, and which limits hold for which year."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.company_size import THRESHOLDS, Band, Year, of, of_year

BEFORE, SINCE = date(2025, 3, 31), date(2026, 4, 5)
#: What no limit of any band allows.
TOO_MUCH = {"turnover": 54_000_001, "balance_total": 27_000_001, "employees": 251}


def year(ends_on=BEFORE, turnover=0, balance_total=0, employees=0) -> Year:
    return Year(ends_on, Decimal(turnover), Decimal(balance_total), employees)


#: The dossier's section 3.1, by the day on which a period ends: turnover, balance sheet, people.
LIMITS = [
    (BEFORE, Band.MICRO, 632_000, 316_000, 10),
    (BEFORE, Band.SMALL, 10_200_000, 5_100_000, 50),
    (BEFORE, Band.MEDIUM, 36_000_000, 18_000_000, 250),
    (SINCE, Band.MICRO, 1_000_000, 500_000, 10),
    (SINCE, Band.SMALL, 15_000_000, 7_500_000, 50),
    (SINCE, Band.MEDIUM, 54_000_000, 27_000_000, 250),
]
every_limit = pytest.mark.parametrize(("ends_on", "band", "turnover", "balance_total", "employees"), LIMITS)
every_pair = pytest.mark.parametrize(
    "pair",
    [("turnover", "balance_total"), ("turnover", "employees"), ("balance_total", "employees")],
    ids=" and ".join,
)


@every_limit
@every_pair
def test_two_limits_reached_exactly_are_met_whatever_the_third(
    ends_on, band, turnover, balance_total, employees, pair
):
    at_limit = {"turnover": turnover, "balance_total": balance_total, "employees": employees}

    figures = {**TOO_MUCH, **{name: at_limit[name] for name in pair}}

    assert of_year(year(ends_on, **figures)) == band


@every_limit
@every_pair
def test_one_above_either_of_the_two_is_the_next_band(
    ends_on, band, turnover, balance_total, employees, pair
):
    at_limit = {"turnover": turnover, "balance_total": balance_total, "employees": employees}

    for above in pair:
        figures = {**TOO_MUCH, **{name: at_limit[name] for name in pair}, above: at_limit[above] + 1}

        assert of_year(year(ends_on, **figures)) > band


@pytest.mark.parametrize(
    ("figures", "band"),
    [
        # One of three is not enough.
        ({"turnover": 632_001, "balance_total": 316_001, "employees": 3}, Band.SMALL),
        # £10.2m turnover and 50 people; the balance sheet does not matter.
        ({"turnover": 10_200_000, "balance_total": 99_000_000, "employees": 50}, Band.SMALL),
        ({"turnover": 10_200_001, "balance_total": 5_100_001, "employees": 50}, Band.MEDIUM),
        # A pound over the turnover of a medium company, a balance sheet within it, 251 people.
        ({"turnover": 36_000_001, "balance_total": 18_000_000, "employees": 251}, Band.LARGE),
        ({}, Band.MICRO),
    ],
)
def test_worked_figures(figures, band):
    assert of_year(year(**figures)) == band


@pytest.mark.parametrize(
    ("ends_on", "begins_on", "is_new"),
    [
        (date(2026, 4, 4), date(2025, 4, 5), False),
        (date(2026, 4, 5), date(2025, 4, 6), True),
        (date(2026, 4, 6), date(2025, 4, 7), True),
        (date(2025, 12, 31), date(2025, 1, 1), False),
        (date(2026, 12, 31), date(2026, 1, 1), True),
        (date(2024, 2, 29), date(2023, 3, 1), False),
        (date(2025, 2, 28), date(2024, 3, 1), False),
        (date(2028, 2, 28), date(2027, 3, 1), True),
        (date(2023, 3, 31), date(2022, 4, 1), False),
    ],
)
def test_the_limits_are_those_of_the_day_on_which_the_period_began(ends_on, begins_on, is_new):
    found = year(ends_on)

    assert found.begins_on == begins_on
    assert (found.thresholds.since is not None) == is_new


def test_the_same_figures_are_a_smaller_company_since_the_change():
    figures = {"turnover": 15_000_000, "balance_total": 7_500_000, "employees": 300}

    assert of_year(year(date(2026, 4, 4), **figures)) == Band.MEDIUM
    assert of_year(year(date(2026, 4, 5), **figures)) == Band.SMALL


SMALL, MEDIUM = {"turnover": 9_000_000, "employees": 50}, {"turnover": 12_000_000, "employees": 60}


@pytest.mark.parametrize(
    ("last", "this", "band"),
    [
        (None, MEDIUM, Band.MEDIUM),
        (SMALL, SMALL, Band.SMALL),
        # Missed in one year: kept.
        (SMALL, MEDIUM, Band.SMALL),
        # Missed two years running: gone.
        (MEDIUM, MEDIUM, Band.MEDIUM),
        # Met again in one year alone: not back yet.
        (MEDIUM, SMALL, Band.MEDIUM),
    ],
)
def test_a_band_is_kept_until_it_is_missed_two_years_running(last, this, band):
    def with_balance(figures: dict) -> dict:
        return {**figures, "balance_total": 6_000_000}

    before = year(date(2024, 3, 31), **with_balance(last)) if last else None

    assert of(year(**with_balance(this)), before) == band


def test_the_newest_limits_stand_first_and_the_oldest_have_no_beginning():
    since = [one.since for one in THRESHOLDS]

    assert since[-1] is None
    assert since[:-1] == sorted(since[:-1], reverse=True)
