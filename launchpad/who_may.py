"""Who may do what, read off the declarations: roles, permissions, and the class of each route."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern
from django.utils.regex_helper import normalize

from accounts.permissions import GRANTED
from accounts.roles import ABOUT, OFFICE, WHOLE_PROGRAMME, Role
from launchpad.access import ROUTES
from launchpad.access_classes import Access

#: What every list and record of the office can take; it names no business action.
OF_ANY_LIST = frozenset({"act on a list", "save record"})
VERBS = {"view": "reads", "add": "adds", "change": "changes", "delete": "deletes"}


@dataclass(frozen=True, slots=True)
class Door:
    """One address: its key in the declaration, how it is written, and what is done there once."""

    key: str
    address: str
    does: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Class:
    """A class of addresses: the roles it opens to, and all its doors."""

    access: Access
    doors: list[Door]

    @property
    def roles(self) -> list[Role]:
        return sorted(self.access.roles)

    @property
    def anchor(self) -> str:
        return re.sub(r"[^a-z]+", "-", self.access.name)


@dataclass(frozen=True, slots=True)
class Duty:
    """A role, in words: what it is for, where it is held, what it reads and does, what is open to it."""

    role: Role
    about: str
    is_for_programme: bool
    is_of_office: bool
    tables: dict[str, list[str]]
    does: list[str]
    classes: list[Class]


def classes() -> list[Class]:
    """Every class of addresses in the order of its declaration; doors in the order of their address."""
    found: dict[Access, list[Door]] = {}
    for access in ROUTES.values():
        found.setdefault(access, [])
    for door in _doors(get_resolver()):
        found[ROUTES[door.key]].append(door)
    return [Class(access, sorted(doors, key=lambda door: door.address)) for access, doors in found.items()]


def duties() -> list[Duty]:
    known = classes()
    return [_duty(role, [one for one in known if role in one.access.roles]) for role in Role]


def _duty(role: Role, opened: list[Class]) -> Duty:
    return Duty(
        role=role,
        about=ABOUT[role],
        is_for_programme=role in WHOLE_PROGRAMME,
        is_of_office=role in OFFICE,
        tables=_tables(role),
        does=sorted({action for one in opened for door in one.doors for action in door.does}),
        classes=opened,
    )


def _tables(role: Role) -> dict[str, list[str]]:
    """What the role's permissions are about, by what they let it do: ``{"reads": ["awards", …]}``."""
    found: dict[str, list[str]] = {}
    for name in sorted(GRANTED[role], reverse=True):
        app, codename = name.split(".")
        verb, model = codename.split("_")
        words = str(apps.get_model(app, model)._meta.verbose_name_plural)
        found.setdefault(VERBS[verb], []).append(words)
    return {verb: sorted(words) for verb, words in found.items()}


def _doors(resolver: URLResolver, prefix: str = "/", text: str = "", space: str = "") -> Iterator[Door]:
    for pattern in resolver.url_patterns:
        address, route = prefix + _written(pattern), text + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            name = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from _doors(pattern, address, route, space + name)
        else:
            yield Door(space + pattern.name if pattern.name else route, address, _actions(pattern.callback))


def _written(pattern: URLPattern | URLResolver) -> str:
    if isinstance(pattern.pattern, RoutePattern):
        return re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", str(pattern.pattern))
    return re.sub(r"%\((\w+)\)s", r"<\1>", normalize(str(pattern.pattern))[0][0])


def _actions(view) -> tuple[str, ...]:
    """What a page, or a method of the API, does once for each form or key.

    What is made anew at the address of a list is left out: the list is for more people, and its page says it.
    """
    methods = getattr(view, "actions", None) or {}
    of_api = [
        getattr(getattr(view.cls, name), "one_effect", "") for name in methods.values() if name != "create"
    ]
    named = {getattr(view, "one_effect", ""), *of_api} - {"", *OF_ANY_LIST}
    return tuple(sorted(named))
