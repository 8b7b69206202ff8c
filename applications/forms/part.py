from django import forms
from django.core.exceptions import ValidationError

from accounts import postcode
from applications.forms.drafts import DraftForm
from applications.models import Area


class PartForm(DraftForm):
    """An organisation's own part in the project."""

    work_postcode = forms.CharField(
        label="Postcode where most of the work happens",
        max_length=20,
        help_text="It need not be your registered address. For example L3 5TF.",
        widget=forms.TextInput({"class": "govuk-input--width-10", "autocomplete": "postal-code"}),
    )
    work_area = forms.ModelChoiceField(
        label="Local authority area of that place",
        queryset=Area.objects.none(),
        empty_label="Choose an area",
        help_text="Postcodes cross borders, so we ask.",
    )
    terms_accepted = forms.BooleanField(
        label="We accept the terms of an award",
        help_text="What may be claimed, when, and what we need from you. An offer has them in full.",
    )

    def __init__(self, *args, areas, **options):
        super().__init__(*args, **options)
        self.fields["work_area"].queryset = areas

    def clean_work_postcode(self) -> str:
        text = self.cleaned_data["work_postcode"]
        if not text:
            return ""
        try:
            return postcode.normalise(text)
        except postcode.NotAPostcode as refusal:
            raise ValidationError(str(refusal)) from None
