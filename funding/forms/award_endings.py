"""Why an award is to end, and how that is decided."""

from django import forms

from accounts.forms.plain import PlainForm
from funding.forms.verdicts import reason_field
from funding.verdicts import LONGEST_REASON


class EndingForm(PlainForm):
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Give the reason for ending this award",
            "max_length": f"The reason must be {LONGEST_REASON:,} characters or fewer",
        },
    )


class EndingDecisionForm(PlainForm):
    decision = forms.ChoiceField(
        choices=[("approve", "Approve it: the award ends"), ("refuse", "Refuse it: the award goes on")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a decision", "invalid_choice": "Choose one of the two"},
    )
    reason = reason_field()
    seen = forms.CharField(
        label="How the award stood", max_length=20, required=False, widget=forms.HiddenInput
    )
