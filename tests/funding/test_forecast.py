"""Grants spread over the months of their projects, by financial year, against the programme's end."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest

from applications.duration import last_day
from funding import forecast
from funding.forecast import Project

END = date(2025, 3, 31)


def project(grant: str, start_on: date | None, months: int | None, key: object = 1) -> Project:
    return Project(key=key, grant=Decimal(grant), start_on=start_on, months=months)


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2025, 3, 31), 2024),
        (date(2025, 4, 1), 2025),
        (date(2024, 12, 31), 2024),
        (date(2024, 1, 1), 2023),
    ],
)
def test_a_financial_year_begins_on_1_april(day, year):
    assert forecast.year_of(day) == year


def test_a_grant_is_even_to_the_penny_and_the_rest_is_in_the_last_month():
    assert forecast.monthly(Decimal("100.00"), date(2024, 1, 15), 3) == [
        (date(2024, 2, 14), Decimal("33.33")),
        (date(2024, 3, 14), Decimal("33.33")),
        (date(2024, 4, 14), Decimal("33.34")),
    ]


def test_a_month_counts_in_the_year_of_its_last_day():
    found = forecast.of([project("100.00", date(2024, 1, 15), 3)], END)

    assert found.years == {2023: Decimal("66.66"), 2024: Decimal("33.34")}
    assert found.after == {}


def test_a_project_that_ends_on_the_programmes_last_day_has_nothing_after_it():
    found = forecast.of([project("24000.00", date(2023, 4, 1), 24)], END)

    assert found.years == {2023: Decimal("12000.00"), 2024: Decimal("12000.00")}
    assert found.after == {}


def test_what_falls_after_the_end_is_named_with_its_project():
    late = project("24000.00", date(2023, 4, 2), 24, key="late")
    found = forecast.of([late, project("5.00", date(2024, 4, 1), 1)], END)

    assert found.after == {"late": Decimal("1000.00")}
    assert found.years[2025] == Decimal("1000.00")


@pytest.mark.parametrize(
    ("start_on", "months"), [(None, 12), (date(2024, 4, 1), None), (date(2024, 4, 1), 0)]
)
def test_without_dates_it_falls_in_no_year(start_on, months):
    found = forecast.of([project("7.01", start_on, months)], END)

    assert (found.years, found.undated, found.total) == ({}, Decimal("7.01"), Decimal("7.01"))


def test_without_an_end_nothing_is_after_it():
    assert forecast.of([project("24000.00", date(2030, 1, 1), 24)]).after == {}


@pytest.mark.parametrize("seed", range(100))
def test_what_is_spread_is_the_grant_to_the_penny(seed):
    """Of any grants and dates: the months, the years and what has no dates add up to the grants."""
    chance = Random(seed)
    many = [
        Project(
            key=number,
            grant=Decimal(chance.randint(1, 10**8)) / 100,
            start_on=chance.choice([None, date(2022, 1, 1) + timedelta(days=chance.randint(0, 1500))]),
            months=chance.randint(1, 60),
        )
        for number in range(chance.randint(1, 8))
    ]

    found = forecast.of(many, END)

    assert found.total == sum(one.grant for one in many)
    for one in many:
        if one.start_on:
            parts = forecast.monthly(one.grant, one.start_on, one.months)
            assert sum(part for _, part in parts) == one.grant
            assert parts[-1][0] == last_day(one.start_on, one.months)
            assert all(0 <= parts[-1][1] - part < one.months * Decimal("0.01") for _, part in parts)
            after = sum(part for day, part in parts if day > END)
            assert found.after.get(one.key, 0) == after
