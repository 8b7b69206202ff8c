"""Form fields that read what people really type, and say kindly what is wrong."""

import re
from datetime import date
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms.widgets import DayInput, NumberText, PercentText, PoundsText

MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?|[0-9]+(\.[0-9]+)?")

#: £6m, 250k, 1.5 million: how people write sums, and no two in the same way.
SHORTENED = re.compile(r"£?\s*[0-9][0-9.,]*\s*(m|mn|mio|million|k|thousand|bn|billion)\.?", re.IGNORECASE)


def _named(label: object) -> str:
    """The label as the beginning of a sentence: ``Start date``."""
    return str(label or "This").strip()


class WholeNumberField(forms.IntegerField):
    """A whole number, typed as text: ``1,250`` is read as 1250."""

    widget = NumberText

    def __init__(self, **options):
        options.setdefault("max_value", 999_999_999)
        super().__init__(**options)
        name = _named(self.label)
        self.error_messages.setdefault("required", f"Enter {name[:1].lower()}{name[1:]}")
        self.error_messages["invalid"] = f"{name} must be a whole number, like 12"

    def to_python(self, value):
        if isinstance(value, str):
            value = value.strip().replace(" ", "")
            if value and (len(value) > 20 or not GROUPED.fullmatch(value) or "." in value):
                raise ValidationError(self.error_messages["invalid"], code="invalid")
            value = value.replace(",", "")
        return super().to_python(value)


class PoundsField(forms.DecimalField):
    """A sum in pounds: ``£1,234.50`` is read as 1234.50. With ``whole`` it takes pounds alone."""

    widget = PoundsText

    def __init__(self, *, whole: bool = False, **options):
        self.whole = whole
        options.setdefault("max_digits", 14)
        options.setdefault("min_value", Decimal("0"))
        options.setdefault("decimal_places", 2)
        super().__init__(**options)
        name = _named(self.label)
        self.error_messages["invalid"] = f"{name} must be an amount in pounds, like 1,250"
        self.error_messages["shortened"] = f"{name}: enter the amount in full, like 6,000,000"
        self.error_messages["whole"] = f"{name} must be in whole pounds, like 1,250"

    def to_python(self, value):
        if isinstance(value, str):
            is_short = SHORTENED.fullmatch(value.strip())
            value = _plain_number(
                value.replace("£", ""), self.error_messages["shortened" if is_short else "invalid"]
            )
        amount = super().to_python(value)
        if amount is not None and self.whole and amount != amount.to_integral_value():
            raise ValidationError(self.error_messages["whole"], code="whole")
        return amount


class PercentField(forms.DecimalField):
    """A percentage from 0 to 100 with at most two decimal places."""

    widget = PercentText

    def __init__(self, **options):
        options.setdefault("max_digits", 5)
        options.setdefault("decimal_places", 2)
        options.setdefault("min_value", Decimal("0"))
        options.setdefault("max_value", Decimal("100"))
        super().__init__(**options)
        self.error_messages["invalid"] = f"{_named(self.label)} must be a percentage, like 62.5"

    def to_python(self, value):
        if isinstance(value, str):
            value = _plain_number(value.replace("%", ""), self.error_messages["invalid"])
        return super().to_python(value)


def _plain_number(text: str, refusal: str) -> str:
    """Return the digits of ``text`` without spaces and grouping commas; no exponent, sign or NaN."""
    text = re.sub(r"\s", "", text)
    if text and (len(text) > 24 or not GROUPED.fullmatch(text)):
        raise ValidationError(refusal, code="invalid")
    return text.replace(",", "")


class VersionField(forms.Field):
    """The version that the writer saw, carried by the page; see ``accounts.versions``.

    What cannot be read is 0, the version of nothing: it never passes for what somebody saved.
    """

    widget = forms.HiddenInput

    def __init__(self, **options):
        super().__init__(required=False, **options)

    def to_python(self, value) -> int:
        text = str(value or "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


class DayField(forms.Field):
    """A date in three boxes; a month may be written as a word."""

    widget = DayInput

    def to_python(self, value) -> date | None:
        parts = [str(part).strip() for part in value or ()]
        if not any(parts):
            return None
        name = _named(self.label)
        missing = [part for part, text in zip(DayInput.parts, parts, strict=True) if not text]
        if missing:
            raise ValidationError(f"{name} must include a {' and '.join(missing)}", code="incomplete")
        day, month, year = parts
        try:
            if not re.fullmatch(r"[0-9]{4}", year):
                raise ValueError("a year has four digits")
            return date(int(year), _month(month), int(day) if re.fullmatch(r"[0-9]{1,2}", day) else 0)
        except ValueError:
            raise ValidationError(f"{name} must be a real date", code="invalid") from None

    def has_changed(self, initial, data) -> bool:
        return DayInput().decompress(initial) != [str(part).strip() for part in data or ()]


def _month(text: str) -> int:
    """Return the number of a month given as ``3``, ``03``, ``Mar`` or ``March``; 0 when it is none."""
    if re.fullmatch(r"[0-9]{1,2}", text):
        return int(text)
    word = text.lower()
    matches = [number for number, month in enumerate(MONTHS, 1) if month.startswith(word)]
    return matches[0] if len(matches) == 1 and len(word) >= 3 else 0
