"""The form that keeps a view of the funding report by name."""

from django import forms

from accounts.forms.plain import PlainForm
from funding.models.saved_view import LONGEST_NAME


class KeepViewForm(PlainForm):
    name = forms.CharField(label="Name of the view", max_length=LONGEST_NAME)
    is_shared = forms.BooleanField(
        label="Share it with everybody who may open the funding report", required=False
    )
