"""The check values of the programme's guidance, and the edges around them."""

from decimal import Decimal

import pytest

from applications import costs
from applications.forms.costs import CapitalForm, LabourForm


def test_labour_is_the_daily_rate_times_the_days():
    assert costs.labour(Decimal("46400"), 232, 60) == Decimal("12000.00")


def test_labour_is_rounded_half_up_to_the_pound():
    assert costs.labour(Decimal("100.50"), 1, 1) == Decimal("101.00")


def test_overheads_are_a_fifth_of_labour():
    assert costs.twenty_percent_overheads(Decimal("12000")) == Decimal("2400.00")


def test_only_the_use_of_equipment_counts():
    assert costs.capital_usage(Decimal("20000"), Decimal("8000"), Decimal(50)) == Decimal("6000.00")


def test_materials_are_quantity_times_unit_cost_half_up():
    assert costs.bought(3, Decimal("149.50")) == Decimal("449.00")


@pytest.mark.parametrize(
    ("total", "percentage", "other", "grant", "contribution"),
    [
        ("80000", "70", "0", "56000.00", "24000.00"),
        ("80000", "70", "10000", "46000.00", "24000.00"),
        ("80000", "70", "60000", "0.00", "20000.00"),
        ("80000", "70", "90000", "0.00", "0.00"),
        ("0", "70", "0", "0.00", "0.00"),
        ("33333", "33.33", "0", "11109.00", "22224.00"),
    ],
)
def test_other_public_money_goes_off_after_the_percentage(total, percentage, other, grant, contribution):
    sought = costs.grant(Decimal(total), Decimal(percentage), Decimal(other))

    assert sought == Decimal(grant)
    assert costs.contribution(Decimal(total), sought, Decimal(other)) == Decimal(contribution)


def test_a_grant_is_rounded_down_to_the_pound():
    assert costs.grant(Decimal("80001"), Decimal("70"), Decimal(0)) == Decimal("56000.00")


def test_research_participation_is_rounded_up_to_two_decimals():
    assert costs.research_participation(Decimal(1), Decimal(3)) == Decimal("33.34")


def test_research_participation_of_nothing_is_nought():
    assert costs.research_participation(Decimal(0), Decimal(0)) == Decimal("0.00")


def test_intensity_is_the_share_that_the_grant_covers():
    assert costs.intensity(Decimal(56_000), Decimal(80_000)) == Decimal("70.00")
    assert costs.intensity(Decimal(11_109), Decimal(33_333)) == Decimal("33.33")


def test_a_percentage_has_two_decimals():
    assert costs.grant(Decimal(80_000), Decimal("62.55"), Decimal(0)) == Decimal("50040.00")


LABOUR = {"description": "Fitter", "annual_cost": "46400", "working_days": "232", "days": "60"}
CAPITAL = {"description": "Press", "new_price": "20000", "residual_value": "8000", "utilisation": "50"}


@pytest.mark.parametrize(
    ("form", "given", "field", "value", "is_taken"),
    [
        (LabourForm, LABOUR, "working_days", "1", True),
        (LabourForm, LABOUR, "working_days", "365", True),
        (LabourForm, LABOUR, "working_days", "0", False),
        (LabourForm, LABOUR, "working_days", "366", False),
        (CapitalForm, CAPITAL, "utilisation", "1", True),
        (CapitalForm, CAPITAL, "utilisation", "100", True),
        (CapitalForm, CAPITAL, "utilisation", "0.99", False),
        (CapitalForm, CAPITAL, "utilisation", "100.01", False),
        (CapitalForm, CAPITAL, "residual_value", "20000", True),
        (CapitalForm, CAPITAL, "residual_value", "20000.01", False),
    ],
)
def test_what_goes_into_a_formula_is_held_to_its_bounds(form, given, field, value, is_taken):
    tried = form({**given, field: value})

    assert (field not in tried.errors) == is_taken
    assert tried.is_valid() == is_taken


def test_a_year_has_232_working_days_until_somebody_says_otherwise():
    assert LabourForm().fields["working_days"].initial == 232
