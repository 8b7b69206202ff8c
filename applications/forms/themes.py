from django import forms
from django.core.exceptions import ValidationError

#: As long as a filter's choice can be read.
LONGEST, MOST = 60, 20


class ThemesField(forms.CharField):
    """The themes of a competition, one to a line. Empty for none; one that is there twice counts once."""

    widget = forms.Textarea(attrs={"rows": "4"})

    def __init__(self, **options):
        super().__init__(required=False, max_length=MOST * LONGEST, **options)

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value) -> list[str]:
        lines = (" ".join(line.split()) for line in (super().to_python(value) or "").splitlines())
        themes = list(dict.fromkeys(line for line in lines if line))
        if len(themes) > MOST:
            raise ValidationError(f"Enter up to {MOST} themes")
        if any(len(theme) > LONGEST for theme in themes):
            raise ValidationError(f"Each theme must be {LONGEST} characters or fewer")
        return themes

    def validate(self, value):
        """None at all is a choice too."""

    def run_validators(self, value):
        """The lines were checked when they were read."""

    def has_changed(self, initial, data) -> bool:
        try:
            return self.to_python(data) != (initial or [])
        except ValidationError:
            return True
