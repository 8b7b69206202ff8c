from datetime import date

import pytest

from applications import duration


@pytest.mark.parametrize(
    ("start_on", "months", "last"),
    [
        (date(2023, 4, 1), 12, date(2024, 3, 31)),
        (date(2023, 1, 31), 1, date(2023, 2, 27)),
        (date(2024, 1, 31), 1, date(2024, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 27)),
        (date(2026, 10, 25), 6, date(2027, 4, 24)),
        (date(2026, 12, 1), 1, date(2026, 12, 31)),
        (date(9999, 12, 31), 120, date.max),
    ],
)
def test_a_project_ends_the_day_before_its_months_are_over(start_on, months, last):
    assert duration.last_day(start_on, months) == last
