"""Working days in England."""

from datetime import date

import pytest

from accounts import working_days


@pytest.mark.parametrize(
    ("day", "count", "found"),
    [
        (date(2023, 3, 29), 10, date(2023, 3, 15)),
        (date(2023, 3, 28), 1, date(2023, 3, 27)),
        (date(2023, 3, 27), 1, date(2023, 3, 24)),
        (date(2023, 4, 12), 10, date(2023, 3, 27)),  # Good Friday and Easter Monday between
        (date(2023, 5, 9), 1, date(2023, 5, 5)),  # the King's coronation
        (date(2023, 4, 3), 0, date(2023, 4, 3)),
    ],
)
def test_weekends_and_bank_holidays_do_not_count(day, count, found):
    assert working_days.before(day, count) == found


@pytest.mark.parametrize(
    "day",
    [date(2022, 9, 19), date(2022, 12, 27), date(2026, 12, 28), date(2027, 5, 3), date(2026, 11, 28)],
)
def test_a_bank_holiday_that_was_moved_is_none_to_work_on(day):
    assert not working_days.is_working_day(day)


def test_st_andrews_day_is_a_working_day_in_england():
    assert working_days.is_working_day(date(2026, 11, 30))
