from django import forms

from applications.forms.moment import LocalMoment


class DeadlineForm(forms.Form):
    """When a competition closes instead, and why."""

    closes_at = LocalMoment(
        label="It closes at (UK time)",
        required=True,
        error_messages={
            "required": "Enter the day and time at which it closes",
            "invalid": "Enter a day and time that exist, like 29 March 2027, 11:00",
        },
    )
    reason = forms.CharField(
        label="Why the close is moved",
        max_length=2000,
        widget=forms.Textarea({"rows": 3, "aria-describedby": "id_reason-hint"}),
        error_messages={"required": "Say why the close is moved"},
    )
