"""What the pages of the office ask of fields and rows."""

from django import template
from django.forms.boundfield import BoundField

from applications import word_count
from applications.assessment.bands import Band

register = template.Library()


@register.filter
def words(field: BoundField) -> int:
    return word_count.count(field.value() or "")


@register.filter
def is_in(field: BoundField, band: Band) -> bool:
    """Whether the mark in the field lies in the band."""
    text = str(field.value())
    return text.isdecimal() and len(text) < 4 and band.lowest <= int(text) <= band.highest


@register.filter
def differs(field: BoundField, others: dict | None) -> bool:
    return field.name in (others or {})


@register.filter
def at_field(others: dict, field: BoundField) -> str:
    """The other version's text for this field; a choice in words."""
    return {"yes": "Yes", "no": "No"}.get(others[field.name], others[field.name])


@register.filter
def under(rows: dict, key):
    """What is kept under ``key``; nothing where it is not there."""
    return rows.get(key, ())


@register.filter
def in_words(notification) -> str:
    """The kind of a notification for people: ``assessment_given`` is "Assessment given"."""
    return notification.kind.replace("_", " ").capitalize()
