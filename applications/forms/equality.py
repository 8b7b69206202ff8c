"""The equality questions. Each may be left out; a form on which all are is a press by mistake."""

from django import forms

from applications import characteristics
from applications.characteristics import Characteristic
from applications.forms.drafts import PartialForm


def _asked(asked: Characteristic) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=asked.question,
        help_text=asked.hint,
        choices=asked.answers,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose one of the answers."},
    )


class EqualityForm(PartialForm):
    age = _asked(characteristics.AGE)
    disability = _asked(characteristics.DISABILITY)
    neurodiversity = _asked(characteristics.NEURODIVERSITY)
    education = _asked(characteristics.EDUCATION)
    ethnicity = _asked(characteristics.ETHNICITY)
    gender = _asked(characteristics.GENDER)
    background = _asked(characteristics.BACKGROUND)

    def clean(self):
        if not self.errors and not any(self.cleaned_data.values()):
            raise forms.ValidationError("Answer at least one question. “Prefer not to say” is an answer too.")
        return self.cleaned_data
