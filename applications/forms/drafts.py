"""What every page of a draft has in common."""

from django import forms

from accounts.forms.fields import VersionField
from accounts.forms.plain import PlainForm
from accounts.forms.widgets import HintedRadios


class PartialForm(PlainForm):
    """A form in which nothing must be filled in.

    A field stays ``required`` for its label, which would say "(optional)" otherwise.
    """

    def full_clean(self):
        asked = [field for field in self.fields.values() if field.required]
        for field in asked:
            field.required = False
        try:
            super().full_clean()
        finally:
            for field in asked:
                field.required = True


class DraftForm(PartialForm):
    """A page of a draft, saved as far as it is filled in; marking it as complete asks for the rest."""

    version = VersionField()


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
