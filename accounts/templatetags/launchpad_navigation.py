"""The sections of the service that a person finds in the navigation."""

from django import template
from django.urls import NoReverseMatch, reverse

from accounts.roles import Role, held_by

register = template.Library()


@register.simple_tag(takes_context=True)
def sections(context) -> list[dict[str, object]]:
    """Return ``name``, ``address`` and ``is_current`` of the sections open to this person."""
    request = context.get("request")
    user = context.get("user")
    offered = [("Competitions", "applications:competition_list")]
    if user is not None and user.is_authenticated:
        if Role.APPLICANT in held_by(user):
            offered.append(("Your applications", "applications:dashboard"))
            offered.append(("Your organisation", "accounts:organisation"))
        if user.is_staff:
            offered.append(("Office", "admin:index"))
    return [
        {"name": name, "address": address, "is_current": _is_within(request, address)}
        for name, address in ((name, _address(route)) for name, route in offered)
        if address
    ]


def _address(route: str) -> str:
    # The app below does not know which routes the apps above have; a section without one is left out.
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""


def _is_within(request, address: str) -> bool:
    if request is None:
        return False
    if address == "/":
        return request.path == "/" or request.path.startswith("/competitions/")
    return request.path.startswith(address)
