"""What the funders' panel says of one line, and of several at once."""

from django import forms
from django.db.models import QuerySet

from accounts.forms.plain import PlainForm
from funding.foreseen import Choice
from funding.models import AllocationLine, Verdict
from funding.verdicts import LONGEST_REASON

#: Lines that are decided with one press; the page shows as many.
MOST = 100


def reason_field() -> forms.CharField:
    return forms.CharField(
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": f"The reason must be {LONGEST_REASON:,} characters or fewer"},
    )


class VerdictForm(PlainForm):
    """For one line."""

    verdict = forms.ChoiceField(
        choices=[*Verdict.choices[:-1], (Verdict.TAKEN_BACK.value, Choice.TAKE_BACK.label)],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a decision", "invalid_choice": "Choose a decision from the list"},
    )
    reason = reason_field()


class LaterMoneyForm(PlainForm):
    """Why later money is to fund one that the round did not."""

    reason = forms.CharField(
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Give the reason for funding it with later money",
            "max_length": f"The reason must be {LONGEST_REASON:,} characters or fewer",
        },
    )


class LinesForm(PlainForm):
    """For several lines of one allocation."""

    lines = forms.ModelMultipleChoiceField(
        AllocationLine.objects.none(),
        error_messages={
            "required": "Choose at least one line",
            "invalid_choice": "One of these lines is not in this allocation",
            "invalid_pk_value": "One of these lines is not in this allocation",
        },
    )
    choice = forms.ChoiceField(
        choices=Choice.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a decision", "invalid_choice": "Choose a decision from the list"},
    )
    reason = reason_field()

    def __init__(self, lines: QuerySet, *args, **options):
        super().__init__(*args, **options)
        self.fields["lines"].queryset = lines  # type: ignore[attr-defined]

    def clean_lines(self):
        lines = self.cleaned_data["lines"]
        if len(lines) > MOST:
            raise forms.ValidationError(f"Choose {MOST} lines or fewer")
        return lines
