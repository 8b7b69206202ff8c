"""Saying that one cannot assess an application, and taking an assessment back."""

from django import forms

from applications.assessment.declining import WORD_LIMIT
from applications.workflow import DeclineReason

#: More than anybody types; the word limit is said kindly, this one only bounds the row.
MOST_LETTERS = 20_000


class DeclineForm(forms.Form):
    use_required_attribute = False
    decline_reason = forms.ChoiceField(
        label="Why can you not assess this application?",
        choices=DeclineReason.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Select why you cannot assess this application",
            "invalid_choice": "Select why you cannot assess this application",
        },
    )
    decline_comment = forms.CharField(
        label="Comment (optional)",
        help_text=f"Staff read this, never the applicant. At most {WORD_LIMIT} words.",
        max_length=MOST_LETTERS,
        required=False,
        widget=forms.Textarea(
            {
                "rows": 3,
                "maxlength": False,
                "aria-describedby": "id_decline_comment_hint id_decline_comment_error",
            }
        ),
    )


class TakeBackForm(forms.Form):
    """One stands beside each open assessment, so the ids carry the assessment's number."""

    use_required_attribute = False
    reason = forms.CharField(
        label="Reason",
        max_length=MOST_LETTERS,
        error_messages={"required": "Enter why you take the assessment back"},
        widget=forms.Textarea({"rows": 2, "maxlength": False}),
    )

    def __init__(self, assessment_id: int, *args, **kwargs):
        super().__init__(*args, auto_id=f"take-back-{assessment_id}-%s", **kwargs)
        self.assessment_id = assessment_id
        self.fields["reason"].widget.attrs["aria-describedby"] = f"{self['reason'].auto_id}-error"
