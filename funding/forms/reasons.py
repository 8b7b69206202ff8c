"""Why an allocation is refused as a whole, and why its release is recalled."""

from django import forms

from accounts.forms.plain import PlainForm
from funding import release, verdicts


def _reason(missing: str, longest: int) -> forms.CharField:
    return forms.CharField(
        max_length=longest,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": missing,
            "max_length": f"The reason must be {longest:,} characters or fewer",
        },
    )


class RefusalForm(PlainForm):
    reason = _reason("Give the reason for refusing.", verdicts.LONGEST_REASON)

    def __init__(self, *args, **options):
        # The page has another box for a reason, of the lines that are decided.
        super().__init__(*args, auto_id="refuse-%s", **options)


class RecallForm(PlainForm):
    recall_reason = _reason(
        f"Give the reason, in {release.LONGEST_REASON:,} characters or fewer.", release.LONGEST_REASON
    )
