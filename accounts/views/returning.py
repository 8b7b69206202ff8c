"""Where somebody was on the way to when they were asked to sign up or in, or for their organisation first."""

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.http import url_has_allowed_host_and_scheme

KEPT = "on_the_way_to"


def address(request: HttpRequest) -> str:
    """The address that the page before named, where it is one of ours."""
    named = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        named, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return named if safe else ""


def page_of(address: str) -> ResolverMatch | None:
    """Which of our pages an address is of."""
    try:
        return resolve(urlsplit(address).path)
    except Resolver404:
        return None


def keep(request: HttpRequest) -> None:
    """Keep it, in this browser, over the confirmation of an email address, whose link does not know it."""
    if named := address(request):
        request.session[KEPT] = named


def taken(request: HttpRequest) -> str:
    """What was kept, once."""
    return request.session.pop(KEPT, "")
