"""Taking on an application that is offered for assessment."""

from django import forms


class AcceptForm(forms.Form):
    use_required_attribute = False
    has_no_conflict = forms.BooleanField(
        label="I have no conflict of interest: neither I nor my close family work for, own part of, or "
        "compete with anybody named above",
        error_messages={"required": "Confirm that you have no conflict of interest, or decline"},
        widget=forms.CheckboxInput({"aria-describedby": "id_has_no_conflict_error"}),
    )
