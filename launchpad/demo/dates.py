"""Moving a competition's dates to the present, all by the same whole months."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import count
from typing import overload

from accounts.london import moment_of
from applications.duration import months_after


@overload
def shifted(value: datetime, months: int) -> datetime: ...
@overload
def shifted(value: date, months: int) -> date: ...
def shifted(value, months):
    """A day, or a naive local time, so many months on; 31 March and six months is 30 September."""
    if isinstance(value, datetime):
        return datetime.combine(months_after(value.date(), months), value.time())
    return months_after(value, months)


def smallest_shift_ahead(base: datetime, at: datetime, days: int) -> int:
    """The fewest whole months that bring local time ``base`` to more than ``days`` after ``at``."""
    return next(
        months
        for months in _from_well_before(base, at)
        if moment_of(shifted(base, months)) > at + timedelta(days=days)
    )


def largest_shift_behind(base: datetime, at: datetime, days: int) -> int:
    """The most whole months that keep local time ``base`` at ``days`` or more before ``at``."""
    return smallest_shift_ahead(base, at, -days) - 1


def _from_well_before(base: datetime, at: datetime) -> Iterator[int]:
    return count((at.year - base.year) * 12 - 24)
