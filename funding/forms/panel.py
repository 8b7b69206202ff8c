"""What the panel says of its sheet."""

from django import forms

from accounts.forms.plain import PlainForm
from applications.assessment.standings import RanksBy
from funding.panel_sheets import LONGEST


class RankingForm(PlainForm):
    ranks_by = forms.ChoiceField(
        choices=RanksBy.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what ranks", "invalid_choice": "Choose one of the two"},
    )
    reason = forms.CharField(
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": "Give the reason",
            "max_length": f"The reason must be {LONGEST:,} characters or fewer",
        },
    )


class PanelNoteForm(PlainForm):
    text = forms.CharField(
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Enter the note",
            "max_length": f"The note must be {LONGEST:,} characters or fewer",
        },
    )
