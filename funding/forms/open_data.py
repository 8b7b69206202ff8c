"""What is typed about a publicity embargo, to publish, and to take a publication back."""

from collections.abc import Iterable

from django import forms

from accounts.forms.fields import DayField
from accounts.forms.plain import PlainForm
from funding.models import Award
from funding.verdicts import LONGEST_REASON


def why(missing: str) -> forms.CharField:
    return forms.CharField(
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": missing,
            "max_length": f"The reason must be {LONGEST_REASON:,} characters or fewer",
        },
    )


class EmbargoForm(PlainForm):
    """
    awards  those of the competition that the page is of
    """

    awards = forms.MultipleChoiceField(
        label="Awards",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one award"},
    )
    embargo = forms.ChoiceField(
        label="Their embargo",
        choices=[
            ("lifted", "Lift it: they may be published from today"),
            ("until", "Let it hold until a day, on which they may be published"),
            ("held", "Let it hold until somebody sets a day"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what becomes of their embargo"},
    )
    until = DayField(label="The day, where it holds until one", required=False)
    reason = why("Give the reason for this change")

    def __init__(self, awards: Iterable[Award], *args, **options):
        super().__init__(*args, **options)
        self.fields["awards"].choices = [  # type: ignore[attr-defined]
            (str(award.pk), f"{award.application.reference}, {award.application.title}") for award in awards
        ]

    def clean(self):
        cleaned = super().clean()
        needs_day = cleaned.get("embargo") == "until"
        if needs_day and cleaned.get("until") is None and not self.has_error("until"):
            self.add_error("until", "Enter the day on which they may be published")
        return cleaned


class PublishForm(PlainForm):
    """
    seen  the fingerprint of the records that the page showed
    """

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    reason = why("Give the reason for publishing")


class WithdrawPublicationForm(PlainForm):
    reason = why("Give the reason for withdrawing it")
