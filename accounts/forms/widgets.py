"""Form controls of the public pages. How each looks is in ``templates/django/forms/``."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict


class NumberText(forms.TextInput):
    """A whole number as text: a number input drops what it cannot read and changes on scrolling."""

    def __init__(self, attrs=None):
        super().__init__(
            {"inputmode": "numeric", "spellcheck": "false", "class": "govuk-input--width-5", **(attrs or {})}
        )


class PoundsText(forms.TextInput):
    """A sum in pounds, with the sign in front of the box: what is saved shows as ``1,250``."""

    prefix = "£"

    def format_value(self, value):
        if not isinstance(value, Decimal):
            return super().format_value(value)
        return f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.2f}"

    def __init__(self, attrs=None):
        super().__init__(
            {"inputmode": "decimal", "spellcheck": "false", "class": "govuk-input--width-10", **(attrs or {})}
        )


class PercentText(forms.TextInput):
    """A percentage, with the sign behind the box: what is saved shows as ``62.5``."""

    suffix = "%"

    def format_value(self, value):
        return f"{value.normalize():f}" if isinstance(value, Decimal) else super().format_value(value)

    def __init__(self, attrs=None):
        super().__init__(
            {"inputmode": "decimal", "spellcheck": "false", "class": "govuk-input--width-3", **(attrs or {})}
        )


class CountedText(forms.Textarea):
    """A text box that says how many words (or characters) are left while one types.

    The count in the browser is a comfort; the limit is held on the server.
    """

    def __init__(self, attrs=None, *, max_words: int | None = None, max_characters: int | None = None):
        super().__init__({"rows": "8", **(attrs or {})})
        self.max_words = max_words
        self.max_characters = max_characters


class HintedRadios(forms.RadioSelect):
    """Radio buttons where a choice may carry a line of explanation: ``hints={value: text}``.

    ``reveals={value: names}`` puts other fields of the form under a choice, shown once it is made.
    Without script they always show.
    """

    def __init__(
        self,
        attrs=None,
        choices=(),
        *,
        hints: Mapping[Any, str] | None = None,
        reveals: Mapping[Any, tuple[str, ...]] | None = None,
    ):
        super().__init__(attrs, choices)
        self.hints = hints or {}
        self.reveals = reveals or {}


class DayInput(forms.MultiWidget):
    """A date in three boxes: ``name_day``, ``name_month`` and ``name_year``."""

    use_fieldset = True
    parts = ("day", "month", "year")

    def __init__(self, attrs=None):
        super().__init__({part: forms.TextInput() for part in self.parts}, attrs)

    def decompress(self, value: date | None) -> list[str]:
        return [str(value.day), str(value.month), str(value.year)] if value else ["", "", ""]

    def value_from_datadict(self, data: MultiValueDict, files, name: str) -> list[str]:
        return [data.get(f"{name}_{part}", "") for part in self.parts]

    def value_omitted_from_data(self, data, files, name: str) -> bool:
        return all(f"{name}_{part}" not in data for part in self.parts)
