"""The answer to somebody who asks to be let in: by a member, or by the office."""

from django import forms

from accounts import membership_requests, settling
from accounts.forms.members import EDIT, HINTS, NONE, READ
from accounts.forms.plain import PlainForm
from accounts.forms.widgets import HintedRadios

ANSWERS = [(EDIT, "Let them in: can edit"), (READ, "Let them in: can read"), (NONE, "Refuse")]
#: What the actions take, by what is chosen.
MAY_EDIT = {EDIT: True, READ: False, NONE: None}


class AnswerForm(PlainForm):
    right = forms.ChoiceField(
        label="Your answer",
        choices=ANSWERS,
        widget=HintedRadios(hints={**HINTS, NONE: "They can ask again after a week"}),
        error_messages={"required": "Select your answer"},
    )
    word = forms.CharField(
        label="What to tell them with it",
        required=False,
        max_length=membership_requests.LONGEST_WORD,
        widget=forms.Textarea({"rows": "3"}),
    )


class SettlingForm(PlainForm):
    right = forms.ChoiceField(
        label="Your decision",
        choices=ANSWERS,
        widget=forms.RadioSelect,
        error_messages={"required": "Select your decision"},
    )
    reason = forms.CharField(
        label="Reason",
        max_length=settling.LONGEST_REASON,
        widget=forms.Textarea({"rows": "3"}),
        error_messages={"required": "Say why"},
    )


class MergingForm(PlainForm):
    """Which organisation this one is to be merged into, and why."""

    kept = forms.IntegerField(label="Merge it into", min_value=1, max_value=2**62)
    reason = forms.CharField(
        label="Reason",
        max_length=settling.LONGEST_REASON,
        widget=forms.Textarea({"rows": "3"}),
        error_messages={"required": "Say why"},
    )
