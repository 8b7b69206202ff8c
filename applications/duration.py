"""Dates of a project: whole months from a start date."""

import calendar
from datetime import date, timedelta


def months_after(start_on: date, months: int) -> date:
    """The same day of the month, or the month's last where there is none: 31 January + 1 is 28 February."""
    year, month = divmod(start_on.year * 12 + start_on.month - 1 + months, 12)
    month += 1
    if year > date.max.year:
        return date.max
    return date(year, month, min(start_on.day, calendar.monthrange(year, month)[1]))


def last_day(start_on: date, months: int) -> date:
    """The project's last day: start + months - 1 day. 1 April 2023 for 12 months ends on 31 March 2024."""
    after = months_after(start_on, months)
    return after if after == date.max else after - timedelta(days=1)
