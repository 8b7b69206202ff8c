"""Every field of a form, a body or a view that could name a row, read off the code itself."""

import re
from collections.abc import Iterator

from django import forms
from django.apps import apps
from django.contrib import admin
from django.urls import get_resolver
from rest_framework import serializers

from tests import architecture

OURS = ("accounts", "applications", "funding", "launchpad")
#: Fields whose very kind is to name a row.
OF_ROWS = (forms.ModelChoiceField, serializers.RelatedField)
#: Words by which a field tells that it may name one, beside the names of our models.
WORDS = frozenset(
    {
        "about",
        "assessor",
        "by",
        "code",
        "covers",
        "held",
        "id",
        "number",
        "person",
        "pk",
        "press",
        "reference",
        "report",
    }
)
READ_BY_HAND = re.compile(r'\bPOST(?:\.get|\.getlist)?[\[(]"(\w+)"')


def fields() -> dict[str, str]:
    """Each as ``where.name``, with the name."""
    return {f"{where}.{name}": name for where, name in _fields()}


def _fields() -> Iterator[tuple[str, str]]:
    _loaded = get_resolver().url_patterns
    for form in _ours(forms.BaseForm):
        for name, field in getattr(form, "base_fields", {}).items():
            if _may_name_a_row(name, field):
                yield form.__name__, name
    for serializer in _ours(serializers.BaseSerializer):
        for name, field in _written(serializer):
            if _may_name_a_row(name, field):
                yield serializer.__name__, name
    for source in architecture.sources():
        if source.app in architecture.LINE:
            for name in READ_BY_HAND.findall(source.text):
                if _may_name_a_row(name):
                    yield source.path, name
    for model, office in admin.site._registry.items():
        if office.actions:
            yield model.__name__, "_selected_action"


def _written(serializer: type) -> list[tuple[str, serializers.Field]]:
    declared = getattr(serializer, "_declared_fields", {})
    if issubclass(serializer, serializers.ModelSerializer) and hasattr(serializer, "Meta"):
        declared = serializer().fields
    return [(name, field) for name, field in declared.items() if not field.read_only]


def _may_name_a_row(name: str, field: object = None) -> bool:
    if isinstance(field, OF_ROWS):
        return True
    words = WORDS | {model._meta.model_name for model in apps.get_models()}
    return bool(words & set(name.lower().split("_")))


def _ours(base: type) -> list[type]:
    """Those of the product, by name; what a test declares is none of them."""
    found = [kind for kind in _below(base) if kind.__module__.split(".")[0] in OURS]
    return sorted(found, key=lambda kind: kind.__name__)


def _below(base: type) -> Iterator[type]:
    for kind in base.__subclasses__():
        yield kind
        yield from _below(kind)
