"""Taking a mark out of the mean, deciding on that, and a note on the marks."""

from django import forms

from accounts.forms.plain import PlainForm
from applications.assessment.marks import Marks
from applications.assessment.moderation import LONGEST


def _text(required: str, rows: int = 3, *, name: str) -> forms.CharField:
    return forms.CharField(
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={
            "required": required,
            "max_length": f"{name} must be {LONGEST:,} characters or fewer",
        },
    )


class ExcludeForm(PlainForm):
    """``what`` is an assessment's id, or that and a question's with a dash between."""

    what = forms.ChoiceField(
        error_messages={
            "required": "Choose the mark, or the assessment",
            "invalid_choice": "Choose a mark or an assessment from the list",
        },
    )
    reason = _text("Give the reason", name="The reason")

    def __init__(self, marks: Marks, *args, **options):
        super().__init__(*args, **options)
        self.fields["what"].choices = [("", "Choose one"), *_groups(marks)]  # type: ignore[attr-defined]

    def chosen(self) -> tuple[int, int | None]:
        """The ids of the assessment, and of the question where it is one mark."""
        assessment, _, question = self.cleaned_data["what"].partition("-")
        return int(assessment), int(question) if question else None


class LiftForm(PlainForm):
    reason = _text("Give the reason", name="The reason")


class DecideExclusionForm(PlainForm):
    decision = forms.ChoiceField(
        choices=[("confirm", "Confirm it"), ("refuse", "Refuse it")],
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose whether you confirm it",
            "invalid_choice": "Choose one of the two",
        },
    )
    decision_reason = forms.CharField(
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": f"The reason must be {LONGEST:,} characters or fewer"},
    )


class NoteForm(PlainForm):
    text = _text("Enter the note", name="The note")


def _groups(marks: Marks) -> list:
    return [
        (
            str(column.assessment.assessor),
            [
                (str(column.assessment.pk), f"The whole assessment of {column.assessment.assessor}"),
                *[
                    (
                        f"{column.assessment.pk}-{row.question.pk}",
                        f"{column.assessment.assessor}, question {row.question.number}: "
                        f"{row.marks[position].mark} of {row.question.max_marks}",
                    )
                    for row in marks.rows
                    if row.marks[position].counts
                ],
            ],
        )
        for position, column in enumerate(marks.columns)
        if column.counts
    ]
