"""Giving a submitted assessment back to its assessor."""

from django import forms

from applications.assessment.reopening import WORD_LIMIT

#: More than anybody types; the word limit is said kindly, this one only bounds the row.
MOST_LETTERS = 20_000


class ReopenForm(forms.Form):
    use_required_attribute = False
    reopen_reason = forms.CharField(
        label="Why is it reopened?",
        help_text=f"The assessor reads this. At most {WORD_LIMIT} words.",
        max_length=MOST_LETTERS,
        error_messages={"required": "Enter why you reopen the assessment"},
        widget=forms.Textarea(
            {
                "rows": 3,
                "maxlength": False,
                "aria-describedby": "id_reopen_reason_hint id_reopen_reason_error",
            }
        ),
    )
