"""Says on every page that the clock is set, while it is."""

from django import template
from django.conf import settings
from django.db import Error

from accounts import clock

register = template.Library()


@register.inclusion_tag("components/clock.html")
def clock_notice() -> dict:
    if settings.DEPLOYED:
        return {}
    try:
        return {"now": clock.if_set()}
    except Error:
        # The page may be there to say just that.
        return {}
