"""Working days in England: neither a weekend nor a bank holiday."""

from datetime import date, timedelta
from functools import cache

from holidays import country_holidays

SATURDAY = 5


@cache
def _bank_holidays():
    return country_holidays("GB", subdiv="ENG")


def is_working_day(day: date) -> bool:
    return day.weekday() < SATURDAY and day not in _bank_holidays()


def before(day: date, count: int) -> date:
    """The day that lies ``count`` working days before ``day``: one such before a Tuesday is the Monday.

    Ten before Wednesday 29 March 2023 is Wednesday 15 March; with Easter between, two days earlier.
    """
    while count:
        day -= timedelta(days=1)
        count -= is_working_day(day)
    return day


def after(day: date, count: int) -> date:
    """The day that lies ``count`` working days after ``day``: one such after a Friday is the Monday."""
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day
