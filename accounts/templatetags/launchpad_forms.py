"""Parts of a form that Django's templates cannot ask for by themselves."""

from collections.abc import Iterable

from django import forms, template
from django.forms.boundfield import BoundField

from accounts.forms.widgets import DayInput

register = template.Library()

KINDS = (
    (DayInput, "day"),
    (forms.CheckboxSelectMultiple, "choices"),
    (forms.RadioSelect, "choices"),
    (forms.CheckboxInput, "tick"),
    (forms.PasswordInput, "password"),
    (forms.Textarea, "text_area"),
    (forms.Select, "select"),
    (forms.FileInput, "file"),
)
CLASSES = {
    "text": "govuk-input",
    "password": "govuk-input govuk-password-input__input govuk-js-password-input-input",
    "text_area": "govuk-textarea",
    "select": "govuk-select",
    "file": "govuk-file-upload",
}
ERROR_CLASSES = {
    "text": "govuk-input--error",
    "password": "govuk-input--error",
    "text_area": "govuk-textarea--error",
    "select": "govuk-select--error",
    "file": "govuk-file-upload--error",
}


@register.filter
def control_template(field: BoundField) -> str:
    """The template that prints this field's control."""
    return f"django/forms/controls/{_kind(field)}.html"


@register.filter
def has_own_label(field: BoundField) -> bool:
    """Whether the control prints its label itself, as a single tick box does."""
    return _kind(field) == "tick"


@register.simple_tag
def control(field: BoundField) -> str:
    """Print the field's input, text area, select or file box with its classes."""
    kind = _kind(field)
    classes = [CLASSES[kind], field.field.widget.attrs.get("class", "")]
    if field.errors:
        classes.append(ERROR_CLASSES[kind])
    if kind == "text_area" and _limit(field):
        classes.append("govuk-js-character-count")
    attrs: dict[str, str | bool] = {
        "class": " ".join(filter(None, classes)),
        "aria-describedby": described_by(field),
    }
    if kind == "password":
        attrs |= {"spellcheck": "false", "autocapitalize": "none"}
    # The server says what is missing or too long, in our words and without cutting what was pasted.
    attrs["maxlength"] = attrs["minlength"] = False
    field.form.use_required_attribute = False
    return field.as_widget(attrs=attrs)


@register.filter
def described_by(field: BoundField) -> str | bool:
    """The ids of the field's hint, error and word count, for aria-describedby; False where it has none."""
    ids = []
    if field.help_text:
        ids.append(f"{field.auto_id}_helptext")
    if field.errors:
        ids.append(f"{field.auto_id}_error")
    if _limit(field):
        ids.append(f"{field.auto_id}-info")
    return " ".join(ids) or False


@register.filter
def first_control(field: BoundField) -> str:
    """The id that a link in the error summary leads to."""
    kind = _kind(field)
    if kind == "day":
        return f"{field.auto_id}_day"
    if kind == "choices":
        return f"{field.auto_id}_0"
    return field.id_for_label or field.auto_id


@register.filter
def day_parts(field: BoundField) -> list[dict[str, object]]:
    """What the three boxes of a date show: name, id, label, width and the text typed."""
    value = field.value()
    texts = value if isinstance(value, list) else field.field.widget.decompress(value)
    return [
        {
            "name": f"{field.html_name}_{part}",
            "id": f"{field.auto_id}_{part}",
            "label": part.capitalize(),
            "width": 4 if part == "year" else 2,
            "text": text,
        }
        for part, text in zip(DayInput.parts, texts, strict=True)
    ]


@register.filter
def choice_hint(field: BoundField, value) -> str:
    """The line of explanation under one choice, where the control has any."""
    return getattr(field.field.widget, "hints", {}).get(str(value), "")


@register.filter
def revealed_by(field: BoundField, value) -> list[BoundField]:
    """The fields that stand under one choice of this one."""
    names = getattr(field.field.widget, "reveals", {}).get(str(value), ())
    return [field.form[name] for name in names]


@register.filter
def is_revealed(field: BoundField) -> bool:
    """Whether another field prints this one under a choice of its own."""
    widgets = (other.widget for other in field.form.fields.values())
    reveals = (names for widget in widgets for names in getattr(widget, "reveals", {}).values())
    return any(field.name in names for names in reveals)


@register.filter
def refusals(form) -> list[dict[str, object]]:
    """Every error of a form or formset in the order of its fields: ``text`` and, at a field, ``href``.

    Takes a form, a formset, a list of them, or None.
    """
    return [refusal for part in _forms(form) for refusal in _refusals_of(part)]


def _refusals_of(form) -> Iterable[dict[str, str]]:
    # A form that a page shows for the first time is unbound and has none.
    if not form.is_bound:
        return
    first = next((f"#{first_control(field)}" for field in form.visible_fields()), "")
    for text in form.non_field_errors():
        yield {"text": text, "href": first}
    for field in form:
        for text in field.errors:
            yield {"text": text, "href": "" if field.is_hidden else f"#{first_control(field)}"}


def _forms(given) -> Iterable:
    if given is None or given == "":
        return
    if isinstance(given, forms.BaseFormSet):
        yield from given.forms
    elif isinstance(given, (list, tuple)):
        for part in given:
            yield from _forms(part)
    elif isinstance(given, forms.BaseForm):
        yield given


def _kind(field: BoundField) -> str:
    widget = field.field.widget
    return next((kind for widget_class, kind in KINDS if isinstance(widget, widget_class)), "text")


def _limit(field: BoundField) -> int | None:
    widget = field.field.widget
    return getattr(widget, "max_words", None) or getattr(widget, "max_characters", None)
