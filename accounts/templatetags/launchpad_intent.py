"""Hidden fields of forms: by which what is sent twice takes effect once, and whose page it is."""

import uuid

from django import template
from django.utils.html import format_html

from accounts.views import unsaved
from accounts.views.one_effect import FIELD, key_of

register = template.Library()


@register.simple_tag(takes_context=True)
def intent(context) -> str:
    """Print the field with a new key, or the one that was sent where a refused form is shown again."""
    request = context.get("request")
    sent = key_of(request) if request is not None and request.method == "POST" else ""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, sent or uuid.uuid4())


@register.simple_tag(takes_context=True)
def writer(context) -> str:
    """Print the field that says whose page it is: what they type survives the end of their session."""
    mark = unsaved.mark(context["request"].user)
    return format_html('<input type="hidden" name="{}" value="{}">', unsaved.WRITER, mark)
