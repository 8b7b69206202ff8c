"""A moment typed as it is on the clock in the UK."""

from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError

from accounts import london


class LocalMoment(forms.DateTimeField):
    """A moment as it is on the clock in the UK, in one box with one label.

    A time that the change of clocks skips or repeats is refused, with the reason.
    """

    FORMAT = "%Y-%m-%dT%H:%M"

    def __init__(self, **options):
        widget = forms.DateTimeInput({"type": "datetime-local"}, format=self.FORMAT)
        formats = [self.FORMAT, f"{self.FORMAT}:%S", "%Y-%m-%d %H:%M"]
        super().__init__(**{"widget": widget, "input_formats": formats, "required": False, **options})

    def to_python(self, value):
        if value in self.empty_values or isinstance(value, datetime):
            return super().to_python(value)
        # Past Django's own reading, which only says that something is wrong with such a time.
        local = super(forms.DateTimeField, self).to_python(value)
        try:
            return london.moment_of(local)
        except london.NoSuchMoment as refusal:
            raise ValidationError(f"{refusal}. Choose a time outside that hour.", code="invalid") from refusal
