"""What is typed about Minimal Financial Assistance and the subsidy database."""

from decimal import Decimal

from django import forms

from accounts.forms.fields import DayField, PoundsField
from accounts.forms.plain import PlainForm
from applications.finances import MOST_POUNDS
from funding.models import AssistanceKind
from funding.subsidy.database import LONGEST_NOTE, LONGEST_REFERENCE
from funding.subsidy.mfa import LONGEST_NAME, LONGEST_REASON, MOST_EARLIER


class ConfirmAssistanceForm(PlainForm):
    """Who confirms for the enterprise that the limit will not be passed."""

    name = forms.CharField(
        label="Full name of who confirms",
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Enter the full name of who confirms"},
    )
    is_true = forms.BooleanField(
        label="I confirm for the enterprise and all companies of its group that with this assistance it does "
        "not pass the limit, and that what is stated here is true and complete.",
        error_messages={"required": "Confirm that the limit will not be passed"},
    )


class EarlierAssistanceForm(PlainForm):
    """One sum that the group was given; an empty one is left out."""

    giver = forms.CharField(label="Who gave it", max_length=200)
    kind = forms.ChoiceField(label="What it was", choices=[("", "Choose"), *AssistanceKind.choices])
    given_on = DayField(label="When it was given")
    amount = PoundsField(label="Amount", min_value=Decimal("0.01"), max_value=MOST_POUNDS)


EarlierSums = forms.formset_factory(
    EarlierAssistanceForm,
    extra=0,
    can_delete=False,
    max_num=MOST_EARLIER,
    absolute_max=MOST_EARLIER,
    validate_max=True,
)


class AskAgainForm(PlainForm):
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Give the reason for asking again",
            "max_length": f"The reason must be {LONGEST_REASON:,} characters or fewer",
        },
    )


class UploadedForm(PlainForm):
    reference = forms.CharField(
        label="Reference that the database gives it",
        max_length=LONGEST_REFERENCE,
        error_messages={"required": "Enter the reference that the subsidy database gives the entry"},
    )
    on = DayField(label="Day of the upload")


class ModifiedForm(PlainForm):
    note = forms.CharField(
        label="What was modified",
        max_length=LONGEST_NOTE,
        error_messages={"required": "Say what was modified"},
    )
    on = DayField(label="Day on which the modification was confirmed")
