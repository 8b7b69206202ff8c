"""The word of warning before a session ends, on every page of whoever is signed in."""

from django import template
from django.http import HttpRequest

from accounts import clock
from accounts.views import sessions

register = template.Library()


@register.inclusion_tag("components/session.html", takes_context=True)
def session_end(context) -> dict:
    request = context.get("request")
    if not isinstance(request, HttpRequest) or not hasattr(request, "user"):
        return {}
    found = sessions.left(request, at=clock.of_this_machine())
    # The form in it needs the token against forgery.
    return {**found, "csrf_token": context.get("csrf_token")} if found["left"] else {}
