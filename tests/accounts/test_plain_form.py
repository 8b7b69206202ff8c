"""What a form says of what it cannot take: the field by name, and the limit in figures."""

from decimal import Decimal

import pytest
from django import forms

from accounts.forms.fields import PercentField, PoundsField, WholeNumberField
from accounts.forms.plain import PlainForm


class Line(PlainForm):
    role = forms.CharField(label="Role", max_length=5)
    source = forms.CharField(label="Where the money comes from")
    kind = forms.ChoiceField(label="VAT", choices=[("a", "A")])
    days = WholeNumberField(label="Working days in a year", min_value=1, max_value=365)
    cost = PoundsField(label="Cost", min_value=Decimal("0.01"), max_value=Decimal("100000.00"))
    share = PercentField(label="Use by the project", min_value=Decimal(1))
    own = forms.CharField(label="Own", max_length=3, error_messages={"required": "In its own words"})


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("role", "", "Enter the role"),
        ("role", "engineer", "Role must be 5 characters or fewer"),
        ("role", "a\0", "Role has an invisible character that cannot be kept"),
        ("source", "", "Enter where the money comes from"),
        ("kind", "", "Choose the VAT"),
        ("kind", "b", "Choose the VAT from the list"),
        ("days", "366", "Working days in a year must be 365 or less"),
        ("days", "0", "Working days in a year must be 1 or more"),
        ("days", "", "Enter the working days in a year"),
        ("cost", "0", "Cost must be £0.01 or more"),
        ("cost", "100,000.01", "Cost must be £100,000 or less"),
        ("cost", "1.234", "Cost can have up to 2 decimal places"),
        ("share", "0.5", "Use by the project must be 1% or more"),
        ("share", "101", "Use by the project must be 100% or less"),
        ("own", "", "In its own words"),
        ("own", "long", "Own must be 3 characters or fewer"),
    ],
)
def test_refusal_names_the_field_and_its_limit(field, typed, said):
    assert Line({field: typed}).errors[field] == [said]
