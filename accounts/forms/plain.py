"""What a form says of something that it cannot take, in the words of its labels."""

from decimal import Decimal

from django import forms

#: Labels that already begin a clause: "Enter where the money comes from".
CLAUSES = ("how", "our", "what", "when", "where", "your")


class PlainForm(forms.Form):
    """A form that names the field in every refusal. A field that has its own words for one keeps them."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        for field in self.fields.values():
            usual = _usual_messages(field)
            for code, text in refusals(field).items():
                if str(field.error_messages.get(code, "")) == usual.get(code, ""):
                    field.error_messages[code] = text


def refusals(field: forms.Field) -> dict[str, str]:
    """Return what to say by Django's codes of refusal; ``%(limit_value)s`` is the limit."""
    name = str(field.label or "This").strip().rstrip("?")
    chosen = isinstance(field, forms.ChoiceField | forms.ModelChoiceField)
    # Django writes the limit into these by "%".
    bound = name.replace("%", "%%")
    asked = f"{'Choose' if chosen else 'Enter'} {_within_a_sentence(name)}"
    least, most = (_limit(field, getattr(field, end, None)) for end in ("min_value", "max_value"))
    return {
        "required": asked,
        "invalid_choice": f"Choose {_within_a_sentence(name)} from the list",
        "max_length": f"{bound} must be %(limit_value)s characters or fewer",
        "min_value": f"{bound} must be {least} or more",
        "max_value": f"{bound} must be {most} or less",
        "max_digits": f"{bound} has too many digits",
        "max_whole_digits": f"{bound} has too many digits",
        "max_decimal_places": f"{bound} can have up to %(max)s decimal places",
        "null_characters_not_allowed": f"{name} has an invisible character that cannot be kept",
    }


def _within_a_sentence(name: str) -> str:
    lowered = name if name[:2].isupper() else name[:1].lower() + name[1:]
    return lowered if lowered.split(" ")[0] in CLAUSES else f"the {lowered}"


def _limit(field: forms.Field, value) -> str:
    text = f"{value:,}" if isinstance(value, int | Decimal) else str(value)
    before, after = (getattr(field.widget, side, "") for side in ("prefix", "suffix"))
    return f"{before}{text.removesuffix('.00')}{after}".replace("%", "%%")


def _usual_messages(field: forms.Field) -> dict[str, str]:
    """Django's own words for this kind of field."""
    usual: dict[str, str] = {}
    for kind in reversed(type(field).__mro__):
        usual |= {code: str(text) for code, text in getattr(kind, "default_error_messages", {}).items()}
    return usual
