"""What is proposed for a budget, and how it is decided."""

from collections.abc import Iterable
from decimal import Decimal

from django import forms

from accounts.forms.fields import PoundsField
from accounts.forms.plain import PlainForm
from funding.forms.verdicts import reason_field
from funding.models import Budget
from funding.verdicts import LONGEST_REASON


def why() -> forms.CharField:
    return forms.CharField(
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Give the reason for this change",
            "max_length": f"The reason must be {LONGEST_REASON:,} characters or fewer",
        },
    )


class CeilingForm(PlainForm):
    ceiling = PoundsField(label="New ceiling, in pounds", max_digits=14)
    reason = why()


class MoveForm(PlainForm):
    """
    pots  those that the money may go to
    """

    into = forms.ChoiceField(label="The pot that it goes to")
    amount = PoundsField(label="How much would move, in pounds", min_value=Decimal("0.01"), max_digits=14)
    reason = why()

    def __init__(self, pots: Iterable[Budget], *args, **options):
        super().__init__(*args, **options)
        self.pots = {pot.code: pot for pot in pots}
        self.fields["into"].choices = [(code, pot.name) for code, pot in self.pots.items()]  # type: ignore[attr-defined]


class ChangeDecisionForm(PlainForm):
    decision = forms.ChoiceField(
        choices=[("approve", "Approve it"), ("refuse", "Refuse it")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a decision", "invalid_choice": "Choose one of the two"},
    )
    reason = reason_field()
