from decimal import Decimal

from django import forms

from accounts.forms.fields import PoundsField, WholeNumberField
from accounts.forms.plain import PlainForm
from applications import rules
from applications.finances import MOST_POUNDS
from applications.models import Competition
from applications.waivers import LONGEST_REASON

#: Longer than any programme of grants.
MOST_MONTHS = 120


class WaiverForm(PlainForm):
    """Asks for what the competition limits and makes exceptions from, and for nothing else."""

    amount = PoundsField(required=False, min_value=Decimal("1"), max_value=MOST_POUNDS)
    months = WholeNumberField(
        label="Months that the project lasts", required=False, min_value=1, max_value=MOST_MONTHS
    )
    reason = forms.CharField(
        label="Why does the project need it?",
        help_text=f"A competition manager reads this. No more than {LONGEST_REASON:,} characters.",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Say why the project needs it"},
    )

    def __init__(self, competition: Competition, *args, **options):
        super().__init__(*args, **options)
        if rules.is_amount_waivable(competition):
            self.fields["amount"].label = rules.AMOUNTS[competition.limit_basis]
            self.fields["amount"].help_text = f"{rules.amount_rule(competition)} Leave empty if yours are."
        else:
            del self.fields["amount"]
        if rules.is_duration_waivable(competition):
            self.fields["months"].help_text = f"{rules.duration_rule(competition)} Leave empty if it does."
        else:
            del self.fields["months"]


class WaiverDecisionForm(PlainForm):
    decision = forms.ChoiceField(
        choices=[("grant", "Grant it"), ("refuse", "Refuse it")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether you grant it", "invalid_choice": "Choose one of the two"},
    )
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": "Give the reason for your decision",
            "max_length": f"The reason must be {LONGEST_REASON:,} characters or fewer",
        },
    )
