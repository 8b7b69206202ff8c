"""A line of costs, by its category, and how overheads are counted."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms.fields import PercentField, PoundsField, VersionField, WholeNumberField
from accounts.forms.plain import PlainForm
from accounts.forms.widgets import HintedRadios
from applications import costs, finances
from applications.models import Category, OverheadMethod

PENNY = Decimal("0.01")
TOO_MUCH = f"This comes to more than £{finances.MOST_POUNDS:,.0f}. Check the figures."


def pounds(label: str, *, least: Decimal = PENNY, **options) -> PoundsField:
    return PoundsField(label=label, min_value=least, max_value=finances.MOST_POUNDS, **options)


class LineForm(PlainForm):
    """One line of costs; each category adds what its formula needs."""

    category: Category
    description = forms.CharField(label="What it is for", max_length=300)
    version = VersionField()

    def clean(self):
        cleaned = super().clean()
        needed = [*finances.INPUTS[self.category], "description"]
        if not all(name in cleaned for name in needed):
            return cleaned
        if finances.line_amount(self.category, cleaned) > finances.MOST_POUNDS:
            raise ValidationError(TOO_MUCH)
        return cleaned


class LabourForm(LineForm):
    category = Category.LABOUR
    description = forms.CharField(label="Role", max_length=300, help_text="For example: design engineer.")
    annual_cost = pounds(
        "Gross cost of a year",
        help_text="Gross pay, National Insurance, pension and fixed benefits. No bonuses.",
    )
    working_days = WholeNumberField(
        label="Working days in a year",
        min_value=1,
        max_value=365,
        initial=costs.USUAL_WORKING_DAYS,
        help_text="Without holidays. Usually 232.",
    )
    days = WholeNumberField(
        label="Days on the project",
        min_value=1,
        max_value=10_000,
        help_text="Without sick leave, waiting and training.",
    )


class MaterialsForm(LineForm):
    category = Category.MATERIALS
    description = forms.CharField(label="Item", max_length=300)
    quantity = WholeNumberField(label="Quantity", min_value=1, max_value=1_000_000)
    unit_cost = pounds("Cost of one", help_text="Without VAT that you can get back.")


class CapitalForm(LineForm):
    category = Category.CAPITAL
    description = forms.CharField(label="Equipment", max_length=300)
    detail = forms.CharField(
        label="New or existing, and its life", max_length=300, required=False, help_text="In a few words."
    )
    new_price = pounds("Price when new, or its present value")
    residual_value = pounds("Value when the project ends", least=Decimal(0))
    utilisation = PercentField(
        label="Use by the project",
        min_value=Decimal(1),
        help_text="Only the use counts, never the whole price.",
    )

    def clean(self):
        cleaned = super().clean()
        new, residual = cleaned.get("new_price"), cleaned.get("residual_value")
        if new is not None and residual is not None and residual > new:
            self.add_error("residual_value", "The value at the end cannot be above the price when new.")
        return cleaned


class SubcontractingForm(LineForm):
    category = Category.SUBCONTRACTING
    description = forms.CharField(label="Subcontractor", max_length=300)
    country = forms.CharField(label="Country", max_length=60, help_text="The UK is preferred.")
    detail = forms.CharField(
        label="Role, and why no partner can do it", max_length=300, widget=forms.Textarea({"rows": "3"})
    )
    amount = pounds("Cost")


class TravelForm(LineForm):
    category = Category.TRAVEL
    description = forms.CharField(
        label="Purpose of the journeys",
        max_length=300,
        help_text="Economy class, for the people under Labour.",
    )
    quantity = WholeNumberField(label="Number of journeys", min_value=1, max_value=1_000_000)
    unit_cost = pounds("Cost of one")


class OtherForm(LineForm):
    category = Category.OTHER
    description = forms.CharField(
        label="What it is for",
        max_length=300,
        help_text="No legal, audit or accountancy fees. The cost of filing a patent for something new: "
        "up to £7,500, and only for a micro, small or medium-sized business.",
    )
    amount = pounds("Cost")


LINE_FORMS: dict[str, type[LineForm]] = {
    form.category: form
    for form in (LabourForm, MaterialsForm, CapitalForm, SubcontractingForm, TravelForm, OtherForm)
}


class OverheadsForm(PlainForm):
    method = forms.ChoiceField(
        label="How do you count overheads?",
        choices=OverheadMethod,
        widget=HintedRadios(
            hints={
                OverheadMethod.TWENTY: "Needs no evidence. It follows your labour costs by itself, "
                "and cannot be changed later in your claims.",
                OverheadMethod.CALCULATED: "We check your calculation after a decision.",
            },
            reveals={OverheadMethod.CALCULATED: ("amount", "explanation")},
        ),
        error_messages={"required": "Choose how you count overheads."},
    )
    amount = pounds("Overheads by your own calculation", least=Decimal(0), required=False)
    amount.needed_at_times = True  # type: ignore[attr-defined]
    explanation = forms.CharField(
        label="How you calculated them",
        max_length=300,
        required=False,
        help_text="What is in them, and how you share it between your projects. You cannot add a "
        "spreadsheet to this form yet. Keep yours: we ask for it when we check your calculation.",
        widget=forms.Textarea({"rows": "3"}),
    )
    explanation.needed_at_times = True  # type: ignore[attr-defined]
    version = VersionField()

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("method") != OverheadMethod.CALCULATED or "amount" in self.errors:
            return cleaned
        if cleaned.get("amount") is None:
            self.add_error("amount", "Enter the overheads by your own calculation.")
        return cleaned
