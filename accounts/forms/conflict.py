"""What to show where somebody saved before this person did: both versions, by whom and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import cast

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict

from accounts.forms.fields import PercentField, PoundsField
from accounts.models import Edited, User
from accounts.templatetags.launchpad_format import local_day, local_time, percent, pounds
from accounts.templatetags.launchpad_forms import first_control

NOTHING = "Nothing"


@dataclass(frozen=True, slots=True)
class Difference:
    """A field for which two things were entered, each in words; ``href`` leads to its control."""

    label: str
    saved: str
    typed: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """For ``components/conflict.html``. ``is_own``: the same person, in another window."""

    saved_by: User | None
    saved_at: datetime | None
    is_own: bool
    differences: list[Difference]

    @property
    def who(self) -> str:
        if self.is_own:
            return "You"
        return str(self.saved_by or "Somebody else")

    @property
    def sentence(self) -> str:
        where = " in another window" if self.is_own else ""
        when = f" at {local_time(self.saved_at)}" if self.saved_at else ""
        return f"{self.who} saved this{where}{when}, after you opened it. Nothing has been overwritten."

    @property
    def problems(self) -> list[dict[str, str]]:
        """For the error summary."""
        return [{"text": self.sentence, "href": "#conflict"}]


def between(current: Edited, differences: list[Difference], *, reader: User) -> Conflict:
    is_own = current.saved_by_id is not None and current.saved_by_id == reader.pk
    return Conflict(current.saved_by, current.saved_at, is_own, differences)


def differences(form: forms.BaseForm, saved: Mapping) -> list[Difference]:
    """Return where the bound form says something else than what is ``saved``, by the fields' names."""
    found = []
    for field in form.visible_fields():
        if field.name not in saved:
            continue
        typed = form.cleaned_data[field.name] if field.name in form.cleaned_data else field.value()
        texts = in_words(field, saved[field.name]), in_words(field, typed)
        if texts[0] != texts[1]:
            found.append(Difference(str(field.label), *texts, href=f"#{first_control(field)}"))
    return found


def with_version(form: forms.BaseForm, version: int, name: str = "version") -> forms.BaseForm:
    """The bound form as it stands, to be sent again over what is saved now."""
    data = cast(QueryDict, form.data).copy()
    data[form.add_prefix(name)] = str(version)
    form.data = data
    return form


def in_words(field: BoundField, value) -> str:
    """Write a value of the field as a page shows it."""
    if value in (None, "", []):
        return NOTHING
    if isinstance(value, (list, tuple, set)):
        return ", ".join(in_words(field, one) for one in value)
    if label := _choice(field.field, value):
        return label
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Decimal):
        return _number(field.field, value)
    if isinstance(value, datetime):
        return local_time(value)
    if isinstance(value, date):
        return local_day(value)
    return "\n".join(str(value).strip().splitlines())


def _number(field: forms.Field, value: Decimal) -> str:
    if isinstance(field, PoundsField):
        return pounds(value)
    return percent(value) if isinstance(field, PercentField) else f"{value.normalize():,f}"


def _choice(field: forms.Field, value) -> str:
    """Return the label of a choice; empty where the field offers none, or not this one."""
    if isinstance(field, forms.ModelChoiceField):
        row = field.queryset.filter(pk=value).first() if not hasattr(value, "pk") else value
        return field.label_from_instance(row) if row else ""
    choices = getattr(field, "choices", ())
    return next((str(label) for key, label in choices if str(key) == str(value)), "")
