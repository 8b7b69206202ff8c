from django import forms
from django.core.exceptions import ValidationError

from applications import lead_times


class RemindersField(forms.CharField):
    """Lead times in words: ``14 days, 3 days, 1 day, 2 hours``. Empty for no reminders."""

    def __init__(self, **options):
        super().__init__(required=False, max_length=200, **options)

    def prepare_value(self, value):
        return lead_times.in_words(value) if isinstance(value, list) else value

    def to_python(self, value) -> list[int]:
        try:
            return lead_times.read(super().to_python(value))
        except lead_times.NotLeadTimes as refusal:
            raise ValidationError(str(refusal)) from None

    def validate(self, value):
        """Whatever could be read will do; none at all is a choice too."""

    def run_validators(self, value):
        """The list was checked when it was read."""

    def has_changed(self, initial, data) -> bool:
        try:
            return self.to_python(data) != (initial or [])
        except ValidationError:
            return True
