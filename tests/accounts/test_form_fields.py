"""What people type into our fields: kept values, and refusals in words. And how values are written."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from accounts.forms.fields import DayField, PercentField, PoundsField, WholeNumberField
from accounts.templatetags import launchpad_format


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("1250", "1250"),
        ("£1,250.50", "1250.50"),
        (" £ 1 250 ", "1250"),
        ("0", "0"),
        ("999,999,999,999.99", "999999999999.99"),
    ],
)
def test_pounds_are_kept_exactly(typed, kept):
    assert PoundsField(label="Cost").clean(typed) == Decimal(kept)


@pytest.mark.parametrize(
    "typed",
    [
        "-1",
        "1.234",
        "1e5",
        "NaN",
        "Infinity",
        "1,25",
        "12,50",
        "1.2.3",
        "٣",
        "ten",
        "1" * 30,
        "1000000000000",
        "$5",
    ],
)
def test_what_is_no_sum_of_pounds_is_refused(typed):
    with pytest.raises(ValidationError):
        PoundsField(label="Cost").clean(typed)


def test_whole_pounds_refuse_pence():
    with pytest.raises(ValidationError, match="Cost must be in whole pounds"):
        PoundsField(label="Cost", whole=True).clean("1,250.50")


@pytest.mark.parametrize(("typed", "kept"), [("62.5", "62.5"), ("70 %", "70"), ("0", "0"), ("100", "100")])
def test_percentages_are_kept(typed, kept):
    assert PercentField(label="Share").clean(typed) == Decimal(kept)


@pytest.mark.parametrize("typed", ["100.01", "-1", "1.234", "1e1", "half"])
def test_what_is_no_percentage_is_refused(typed):
    with pytest.raises(ValidationError):
        PercentField(label="Share").clean(typed)


@pytest.mark.parametrize(("typed", "kept"), [("12", 12), ("1,250", 1250), (" 1 250 ", 1250), ("007", 7)])
def test_whole_numbers_are_kept(typed, kept):
    assert WholeNumberField(label="Days").clean(typed) == kept


@pytest.mark.parametrize("typed", ["1.5", "1.0", "1e3", "-", "", "９", "1" * 25, "9999999999"])
def test_what_is_no_whole_number_is_refused(typed):
    with pytest.raises(ValidationError):
        WholeNumberField(label="Days").clean(typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (["1", "4", "2027"], date(2027, 4, 1)),
        (["01", "04", "2027"], date(2027, 4, 1)),
        ([" 29 ", "Feb", "2028"], date(2028, 2, 29)),
        (["31", "december", "2026"], date(2026, 12, 31)),
    ],
)
def test_days_are_kept(typed, kept):
    assert DayField(label="Start date").clean(typed) == kept


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        (["29", "2", "2027"], "Start date must be a real date"),
        (["31", "4", "2027"], "Start date must be a real date"),
        (["1", "13", "2027"], "Start date must be a real date"),
        (["1", "Ju", "2027"], "Start date must be a real date"),
        (["1", "4", "27"], "Start date must be a real date"),
        (["1", "4", "0000"], "Start date must be a real date"),
        (["１", "4", "2027"], "Start date must be a real date"),
        (["", "4", "2027"], "Start date must include a day"),
        (["1", "", ""], "Start date must include a month and year"),
    ],
)
def test_what_is_no_day_is_refused_in_words(typed, reason):
    with pytest.raises(ValidationError, match=reason):
        DayField(label="Start date").clean(typed)


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (Decimal("1250.00"), "£1,250"),
        (Decimal("1250.5"), "£1,250.50"),
        (Decimal("0"), "£0"),
        (Decimal("-40000"), "−£40,000"),
        (Decimal("-0.00"), "£0"),
        (None, ""),
    ],
)
def test_money_is_written_one_way(amount, written):
    assert launchpad_format.pounds(amount) == written


def test_money_is_never_a_float():
    with pytest.raises(TypeError):
        launchpad_format.pounds(1250.0)


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(2023, 3, 29, 10, tzinfo=UTC), "11am on 29 March 2023 (BST)"),
        (datetime(2026, 12, 30, 11, tzinfo=UTC), "11am on 30 December 2026 (GMT)"),
        (datetime(2026, 6, 30, 23, 30, tzinfo=UTC), "12:30am on 1 July 2026 (BST)"),
        (datetime(2026, 1, 1, 12, 5, tzinfo=UTC), "12:05pm on 1 January 2026 (GMT)"),
    ],
)
def test_moments_are_written_in_uk_time_with_the_zone(moment, written):
    assert launchpad_format.local_time(moment) == written


def test_a_moment_is_of_the_day_it_is_in_the_uk():
    assert launchpad_format.local_day(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == "1 July 2026"


@pytest.mark.parametrize(
    ("value", "written"), [(Decimal("62.50"), "62.5%"), (Decimal("70.00"), "70%"), (None, "")]
)
def test_percentages_are_written_without_empty_places(value, written):
    assert launchpad_format.percent(value) == written
