"""The hidden field by which a form that is sent twice takes effect once."""

import uuid

from django import template
from django.utils.html import format_html

from accounts.views.one_effect import FIELD, key_of

register = template.Library()


@register.simple_tag(takes_context=True)
def intent(context) -> str:
    """Print the field with a new key, or the one that was sent where a refused form is shown again."""
    request = context.get("request")
    sent = key_of(request) if request is not None and request.method == "POST" else ""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, sent or uuid.uuid4())
