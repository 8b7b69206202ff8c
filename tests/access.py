"""Walks every route of the service and says where it is not held to ``launchpad/access.py``."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.apps import apps
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver
from django.urls.resolvers import RoutePattern
from django.utils.regex_helper import normalize

from launchpad.access_classes import Access

#: Where somebody is sent who has to say first who they are.
SIGN_IN = ("/account/login/", "/admin/login/")
REFUSED = frozenset({401, 403, 404})
METHODS = ("get", "post")

#: What differs between two answers that say the same: tokens, request ids, how long the session has left.
PASSING = re.compile(
    r'value="\w{64}"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'
    r'|data-(left|ends)="[^"]*"|<span data-session-at>[^<]*</span>'
)


@dataclass(frozen=True)
class Route:
    """One pattern: its key in the declaration, and its address with ``%(name)s`` for parameters."""

    key: str
    template: str

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"%\((\w+)\)s", self.template)

    @property
    def model(self) -> type[Model] | None:
        """The model of a page of the admin that is about its rows."""
        found = re.match(r"admin[:/]([a-z]+)[_/]([a-z]+)[_/]", self.key)
        return apps.all_models.get(found[1], {}).get(found[2]) if found else None

    def address(self, values: Mapping[str, str]) -> str:
        return self.template % values


def walk(resolver: URLResolver, prefix: str = "/", text: str = "", space: str = "") -> Iterator[Route]:
    """Every route below ``resolver``, those of the apps, of packages and of the admin."""
    for pattern in resolver.url_patterns:
        address, route = prefix + _template(pattern), text + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            name = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from walk(pattern, address, route, space + name)
        else:
            yield Route(space + pattern.name if pattern.name else route, address)


def _template(pattern: URLPattern | URLResolver) -> str:
    if isinstance(pattern.pattern, RoutePattern):
        return re.sub(r"<(?:\w+:)?(\w+)>", r"%(\1)s", str(pattern.pattern))
    return normalize(str(pattern.pattern))[0][0]


def undeclared(routes: Iterable[Route], declared: Mapping[str, Access]) -> Iterator[str]:
    for key in dict.fromkeys(route.key for route in routes):
        if key not in declared:
            yield f'{key} is in no class: add "{key}" to ROUTES in launchpad/access.py'


def stale(routes: Iterable[Route], declared: Mapping[str, Access]) -> Iterator[str]:
    for key in sorted(set(declared) - {route.key for route in routes}):
        yield f'{key} is no route: take "{key}" out of ROUTES in launchpad/access.py'


def visit(client: Client, method: str, address: str) -> HttpResponse:
    """The answer, or where a redirect leads, unless that is the sign-in or the start of the office."""
    # What an earlier page left to be said would stand on this one.
    client.cookies.pop("messages", None)
    answer = getattr(client, method)(address)
    for _hop in range(3):
        if answer.status_code not in (301, 302) or is_refused(answer) or is_sent_off(answer):
            break
        answer = client.get(answer["Location"])
    return answer


def is_refused(answer: HttpResponse) -> bool:
    if answer.status_code == 302:
        return urlsplit(answer["Location"]).path in SIGN_IN
    return answer.status_code in REFUSED


def open_to_nobody_in_particular(client: Client, route: Route, address: str) -> Iterator[str]:
    """Faults of a route that has to refuse whoever ``client`` is; it answers 405 to one method at most."""
    answers = {method: visit(client, method, address) for method in METHODS}
    if all(answer.status_code == 405 for answer in answers.values()):
        yield f"{route.key} ({address}) says 405 to GET and to POST, so nothing is known of it"
    for method, answer in answers.items():
        is_closed = is_refused(answer) or (route.parameters and is_sent_off(answer))
        if not is_closed and answer.status_code != 405:
            yield f"{route.key}: {method.upper()} {address} is not refused but answered {answer.status_code}"


def told_apart(client: Client, route: Route, theirs: str, nothing: str) -> Iterator[str]:
    """Faults of a route that answers a stranger otherwise for somebody's row than for no row at all."""
    for method in METHODS:
        real, random = (visit(client, method, address) for address in (theirs, nothing))
        if real.status_code not in (403, 404, 405) and not is_sent_off(real):
            yield f"{route.key}: {method.upper()} {theirs} is another's and was answered {real.status_code}"
        elif _plain(real, theirs) != _plain(random, nothing):
            yield f"{route.key}: {method.upper()} {theirs} is told apart from {nothing}"


def is_sent_off(answer: HttpResponse) -> bool:
    """Django's admin sends whoever asks for a row it does not show them back to the start."""
    return answer.status_code == 302 and answer["Location"] == "/admin/"


def _plain(answer: HttpResponse, address: str) -> tuple[int, str, str]:
    text = PASSING.sub("", answer.content.decode())
    for known in (address, answer.request["PATH_INFO"]):
        text = text.replace(known, "")
    return answer.status_code, answer.get("Location", ""), text
