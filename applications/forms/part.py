from django import forms
from django.core.exceptions import ValidationError

from accounts import postcode
from applications.forms.drafts import DraftForm
from applications.models import Area

#: What the list of areas offers beside those of the region.
ELSEWHERE = "elsewhere"


class PartForm(DraftForm):
    """An organisation's own part in the project."""

    work_postcode = forms.CharField(
        label="Postcode where most of the work happens",
        max_length=20,
        help_text="It need not be your registered address. For example L3 5TF.",
        widget=forms.TextInput({"class": "govuk-input--width-10", "autocomplete": "postal-code"}),
    )
    work_area = forms.ChoiceField(
        label="Local authority area of that place",
        help_text="Postcodes cross borders, so we ask. "
        "The work may be elsewhere if it grows your activity in the cluster.",
    )
    elsewhere = forms.CharField(
        label="Town or area, if it is elsewhere in the UK",
        max_length=100,
        required=False,
        help_text="For example Cardiff. Leave it empty if you chose an area of the region.",
    )
    elsewhere.needed_at_times = True  # type: ignore[attr-defined]
    terms_accepted = forms.BooleanField(
        label="We accept the terms of an award",
        help_text="What may be claimed, when, and what we need from you. An offer has them in full.",
    )

    def __init__(self, *args, areas, **options):
        super().__init__(*args, **options)
        self.areas = {str(area.pk): area for area in areas}
        self.fields["work_area"].choices = [  # type: ignore[attr-defined]
            ("", "Choose an area"),
            *((key, area.name) for key, area in self.areas.items()),
            (ELSEWHERE, "Elsewhere in the UK"),
        ]

    def area(self) -> Area | None:
        """The area of the region that was chosen; None for a place elsewhere or nothing yet."""
        return self.areas.get(self.cleaned_data["work_area"])

    def clean_work_postcode(self) -> str:
        text = self.cleaned_data["work_postcode"]
        if not text:
            return ""
        try:
            return postcode.normalise(text)
        except postcode.NotAPostcode as refusal:
            raise ValidationError(str(refusal)) from None

    def clean(self):
        given = super().clean()
        if "work_area" not in given or "elsewhere" not in given:
            return given
        chosen, place = given["work_area"], given["elsewhere"]
        if chosen == ELSEWHERE and not place:
            self.add_error("elsewhere", "Enter the town or area where most of the work happens")
        elif chosen in self.areas and place:
            self.add_error("elsewhere", "Choose “Elsewhere in the UK” above, or leave this empty")
        return given
