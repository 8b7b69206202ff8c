from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError

from accounts import company_number, postcode
from accounts.company_size import THRESHOLDS, Band
from accounts.formats import local_day
from accounts.forms.fields import VersionField
from accounts.forms.plain import PlainForm
from accounts.forms.widgets import HintedRadios
from accounts.models import Kind, Size
from accounts.models.organisation import Organisation

MILLION = 1_000_000


def _limits(band: Band) -> str:
    """Those for accounts of today, and of before: two of the three are to be met."""
    now, before = (one.bands[band] for one in THRESHOLDS)
    return (
        f"Two of: up to {now.employees} employees, turnover up to {_millions(now.turnover)}, "
        f"balance sheet up to {_millions(now.balance_total)}. In accounting periods that began before "
        f"{local_day(THRESHOLDS[0].since)}: {_millions(before.turnover)} and "
        f"{_millions(before.balance_total)}"
    )


def _millions(amount: int) -> str:
    return f"£{(Decimal(amount) / MILLION).normalize():f} million"


#: Micro and small count as one size.
SIZE_HINTS = {
    Size.SMALL: _limits(Band.SMALL),
    Size.MEDIUM: _limits(Band.MEDIUM),
    Size.LARGE: "Anything above that",
}


def as_shown(organisation: Organisation) -> dict:
    """What the form shows of an organisation, by its fields' names."""
    names = ("name", "kind", "company_number", "size", "address", "postcode", "version")
    values = {name: getattr(organisation, name) for name in names}
    return {**values, "has_no_number": not organisation.company_number}


class OrganisationForm(PlainForm):
    """An organisation's own details. Saving is for ``accounts.organisations``."""

    name = forms.CharField(
        label="Organisation name",
        max_length=200,
        help_text="As it is registered, for example at Companies House",
        error_messages={"required": "Enter the organisation's name"},
        widget=forms.TextInput({"autocomplete": "organization"}),
    )
    kind = forms.ChoiceField(
        label="Type of organisation",
        choices=Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Select the type of organisation"},
    )
    company_number = forms.CharField(
        label="Company number",
        required=False,
        max_length=40,
        help_text="8 characters, like 01234567 or SC123456. We add zeros in front where they are missing.",
        widget=forms.TextInput(
            {"class": "govuk-input--width-10", "spellcheck": "false", "autocapitalize": "characters"}
        ),
    )
    # Asked for by ``clean``, so the page does not call it optional.
    company_number.needed_at_times = True  # type: ignore[attr-defined]
    has_no_number = forms.BooleanField(
        label="We do not have a company number",
        required=False,
        help_text="For example, because registration is not finished",
    )
    size = forms.ChoiceField(
        label="Size",
        choices=Size.choices,
        widget=HintedRadios(hints=SIZE_HINTS),
        help_text="With the other companies of your group. It decides what share of costs a grant can meet.",
        error_messages={"required": "Select the size of the organisation"},
    )
    address = forms.CharField(
        label="Registered address",
        max_length=500,
        widget=forms.Textarea({"rows": "4", "autocomplete": "street-address"}),
        help_text="Without the postcode",
        error_messages={"required": "Enter the registered address"},
    )
    postcode = forms.CharField(
        label="Postcode",
        max_length=20,
        widget=forms.TextInput(
            {"class": "govuk-input--width-10", "autocomplete": "postal-code", "spellcheck": "false"}
        ),
        error_messages={"required": "Enter the postcode"},
    )
    version = VersionField()

    def __init__(self, *args, worked_out: str = "", **options):
        """``worked_out``: the size that the organisation's figures give, which is not asked for then."""
        super().__init__(*args, **options)
        self.worked_out = worked_out
        if worked_out:
            del self.fields["size"]

    @classmethod
    def showing(cls, organisation: Organisation, worked_out: str = "") -> "OrganisationForm":
        """The form as the organisation's details stand."""
        return cls(initial=as_shown(organisation), worked_out=worked_out)

    def clean_company_number(self) -> str:
        number = self.cleaned_data["company_number"]
        try:
            return company_number.normalise(number) if number else ""
        except company_number.NotACompanyNumber as refusal:
            raise ValidationError(str(refusal)) from None

    def clean_postcode(self) -> str:
        try:
            return postcode.normalise(self.cleaned_data["postcode"])
        except postcode.NotAPostcode as refusal:
            raise ValidationError(str(refusal)) from None

    def clean(self):
        given = self.cleaned_data
        if self.worked_out:
            given["size"] = self.worked_out
        number, has_none = given.get("company_number"), given.get("has_no_number")
        if number and has_none:
            self.add_error("company_number", "Enter a company number or tick that you have none, not both")
        # While the kind is not known it may be a business: what is missing is said at once.
        may_be_business = given.get("kind") in (Kind.BUSINESS, "", None)
        needs_number = may_be_business and "company_number" not in self.errors
        if needs_number and not number and not has_none:
            self.add_error("company_number", "Enter the company number, or tick that you do not have one")
        return given
