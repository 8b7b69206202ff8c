"""What is typed to make an offer, to answer one and to take one back."""

from django import forms

from accounts.forms.fields import WholeNumberField
from accounts.forms.plain import PlainForm
from funding.offers.answering import LONGEST_NAME, LONGEST_REASON
from funding.offers.making import DAYS, FEWEST_DAYS, LONGEST_CONDITION, MOST_CONDITIONS, MOST_DAYS

#: Of all conditions together, with the ends of their lines.
LONGEST_TEXT = MOST_CONDITIONS * (LONGEST_CONDITION + 2)


class OfferForm(PlainForm):
    conditions = forms.CharField(
        label="Conditions, one on each line",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    seen = forms.CharField(
        label="Version of the letter", required=False, max_length=20, widget=forms.HiddenInput
    )
    days = WholeNumberField(label="Days to answer", initial=DAYS, min_value=FEWEST_DAYS, max_value=MOST_DAYS)


class WithdrawOfferForm(PlainForm):
    what = forms.ChoiceField(
        label="What becomes of the money",
        choices=[
            ("again", "Keep it for another offer of this award"),
            ("for good", "End the award: the money returns to every budget"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what becomes of the money"},
    )
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Give the reason for withdrawing it",
            "max_length": f"The reason must be {LONGEST_REASON:,} characters or fewer",
        },
    )


class SignedForm(PlainForm):
    """Who answers for the lead organisation."""

    name = forms.CharField(
        label="Full name of who signs",
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Enter the full name of who signs"},
    )
    role = forms.CharField(
        label="Their role in the organisation",
        help_text="For example, managing director.",
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
        error_messages={"required": "Enter their role in the organisation"},
    )


class AcceptOfferForm(SignedForm):
    may_sign = forms.BooleanField(
        label="I have read the letter and its conditions, and I may sign for the lead organisation.",
        error_messages={"required": "Confirm that you have read the letter and may sign"},
    )


class DeclineOfferForm(SignedForm):
    reason = forms.CharField(
        label="Why do you decline it? (optional)",
        help_text=f"The programme office reads this. No more than {LONGEST_REASON:,} characters.",
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"max_length": f"The reason must be {LONGEST_REASON:,} characters or fewer"},
    )
