"""What every page of a draft has in common."""

from django import forms

from accounts.forms.fields import VersionField
from accounts.forms.plain import PlainForm
from accounts.forms.widgets import HintedRadios


class DraftForm(PlainForm):
    """A page of a draft. Nothing must be filled in to save it; marking it as complete asks for that.

    A field stays ``required`` for its label, which would say "(optional)" otherwise.
    """

    version = VersionField()

    def full_clean(self):
        asked = [field for field in self.fields.values() if field.required]
        for field in asked:
            field.required = False
        try:
            super().full_clean()
        finally:
            for field in asked:
                field.required = True


def yes_or_no(label: str, *, reveals: tuple[str, ...] = (), **options) -> forms.TypedChoiceField:
    """Two radio buttons that clean to True, False or None.

    reveals  fields that matter only where the answer is yes
    """
    return forms.TypedChoiceField(
        label=label,
        choices=[("True", "Yes"), ("False", "No")],
        coerce=lambda value: value == "True",
        empty_value=None,
        widget=HintedRadios(reveals={"True": reveals}),
        **options,
    )
