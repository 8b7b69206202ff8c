from django import forms

from applications.forms.moment import LocalMoment


class DueForm(forms.Form):
    """Until when the assessments of a competition are to be submitted."""

    use_required_attribute = False
    due_at = LocalMoment(
        label="Assessments are due at (UK time)",
        required=True,
        error_messages={
            "required": "Enter the day and time at which assessments are due",
            "invalid": "Enter a day and time that exist, like 29 March 2027, 11:00",
        },
    )
