from django import forms
from django.core.exceptions import ValidationError

from accounts import company_number, postcode
from accounts.forms.fields import VersionField
from accounts.forms.plain import PlainForm
from accounts.forms.widgets import HintedRadios
from accounts.models import Kind, Size
from accounts.models.organisation import Organisation

SIZE_HINTS = {
    # Two of three; micro and small count as one size. Limits of periods before 6 April 2025.
    Size.SMALL: "Two of: up to 50 employees, turnover up to £10.2 million, balance sheet up to £5.1 million",
    Size.MEDIUM: "Two of: up to 250 employees, turnover up to £36 million, balance sheet up to £18 million",
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

    @classmethod
    def showing(cls, organisation: Organisation) -> "OrganisationForm":
        """The form as the organisation's details stand."""
        return cls(initial=as_shown(organisation))

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
        number, has_none = given.get("company_number"), given.get("has_no_number")
        if number and has_none:
            self.add_error("company_number", "Enter a company number or tick that you have none, not both")
        needs_number = given.get("kind") == Kind.BUSINESS and "company_number" not in self.errors
        if needs_number and not number and not has_none:
            self.add_error("company_number", "Enter the company number, or tick that you do not have one")
        return given
