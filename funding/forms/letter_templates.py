"""The texts of the offer letter as they are typed; what they may name is checked where they are saved."""

from django import forms

from accounts.forms.plain import PlainForm
from funding.offers.letter_templates import LONGEST_PART, LONGEST_REASON, PARTS


def _text(name: str, rows: int) -> forms.CharField:
    return forms.CharField(
        label=PARTS[name],
        required=False,
        max_length=LONGEST_PART,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class LetterTemplateForm(PlainForm):
    """
    seen  the number of the version that the texts were written from
    """

    opening = _text("opening", 12)
    conditions = _text("conditions", 4)
    closing = _text("closing", 16)
    signatory = _text("signatory", 4)
    reason = forms.CharField(
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": f"The reason must be {LONGEST_REASON:,} characters or fewer"},
    )
    seen = forms.IntegerField(label="Version", min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)


class CompareForm(PlainForm):
    """Which other version stands beside this one, by its number; read from the address."""

    beside = forms.IntegerField(label="Version", required=False, min_value=1, max_value=2**31 - 1)
