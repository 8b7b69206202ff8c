"""The requests themselves: each route with rows that are another's, answered as if there were none."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import cycle

from django.contrib import admin
from django.db.models import ForeignKey, Model
from django.urls import get_resolver, resolve

from launchpad.access import ROUTES, VERIFYING
from launchpad.access_classes import Access
from tests import access
from tests.access import Route
from tests.matrix import values
from tests.matrix.asking import VERBS, WRITING, Rows, Viewer, said
from tests.matrix.bodies import BODIES, NAMED_IN_QUERY, QUERY_FORMS, WORDS_IN_QUERY
from tests.matrix.world import Side
from tests.proving import IS_FULL

ALL = [route for route in access.walk(get_resolver()) if route.key in ROUTES]
ABOUT_ROWS = [route for route in ALL if values.objects(route)]
LISTS = [route for route in ALL if not route.parameters]
#: Signing out would end the walk; the others are of packages that count how often one tries.
LEFT_ALONE = frozenset({"account_logout", "admin:logout", "account_confirm_email"})

#: Pages that are the same for each model in the office.
RECORDS = re.compile(r"_(history|delete|change)$|<path:object_id>/$")

#: The change page of a model stands for these where only one's own row is asked for, or no id at all.
ALIKE = re.compile(r"_(history|delete)$|<path:object_id>/$")

#: For a role that only reads, what it may ask for all the same: a report, and another count.
ASKED_FOR = frozenset(VERIFYING)


#: What anybody may read by its public address once it is there.
IN_PUBLIC = frozenset({"funding.opendatapublication"})


def is_open(viewer: Viewer, declared: Access) -> bool:
    return declared.is_public or bool(declared.roles & viewer.roles)


def foreign(viewer: Viewer, route: Route) -> Iterator[dict[str, str]]:
    """The rows of others that the route could be asked for, with the values that name them."""
    reads = viewer.reads | (IN_PUBLIC if ROUTES[route.key].is_public else frozenset())
    yield from (chosen for kind, chosen in _asked_for(viewer, route) if kind not in reads)


def read_elsewhere(viewer: Viewer, route: Route) -> Iterator[dict[str, str]]:
    """Those that the viewer reads on other pages: a route that is closed to them need not hide these."""
    yield from (chosen for kind, chosen in _asked_for(viewer, route) if kind in viewer.reads)


def _asked_for(viewer: Viewer, route: Route) -> Iterable[tuple[str, dict[str, str]]]:
    alternatives = values.kinds(route, values.objects(route)[0])
    return zip(alternatives, values.of(route, viewer.foreign), strict=True)


def rows(viewer: Viewer, routes: Iterable[Route], verbs: Iterable[str] = VERBS) -> None:
    """Ask for what is another's and for nothing, by the same verbs; note every difference.

    The API is asked by every verb, and pages of our own by GET, POST and one more in turn, at full size
    by every verb too; for rows in further states both by two. Those that Django's admin makes alike for
    each model are asked by GET and one more in turn; what is closed to the viewer, by one.
    """
    kept = Rows()
    turns, shut_turns = cycle(verb for verb in verbs if verb != "get"), cycle(verbs)
    more = cycle([verb for verb in verbs if verb not in ("get", "post")] or ["get"])
    for route in routes:
        if route.key in LEFT_ALONE:
            continue
        named = values.objects(route)
        is_shut = not is_open(viewer, ROUTES[route.key])
        own = next(values.of(route, viewer.home), {}) if viewer.home and not is_shut else {}
        if is_shut:
            asked = [next(shut_turns)]
        elif RECORDS.search(route.key):
            asked = ["get", next(turns)]
        elif route.key.startswith("api:") or IS_FULL:
            asked = list(verbs)
        else:
            asked = ["get", "post", next(more)]
        random_said: dict[tuple, tuple] = {}
        found = list(foreign(viewer, route))
        for number, theirs in enumerate(found[:1] if is_shut else found):
            for real, random in _pairs(theirs, own, named):
                for verb in asked if number == 0 else ("get", "post"):
                    _told_apart(viewer, verb, route, real, random, random_said)
        if is_shut:
            _shut(viewer, route, next(shut_turns))
        if kept.changed():
            viewer.fault(f"{route.key} changed the database when asked for another's")
        if found and not is_shut and not ALIKE.search(route.key):
            for wrong in values.wrong(route, found[0], viewer.foreign):
                _refused(viewer, route, wrong, kept)


def _shut(viewer: Viewer, route: Route, verb: str) -> None:
    for real in read_elsewhere(viewer, route):
        address = route.address(real)
        answer = viewer.ask(verb, address)
        viewer.look_through(answer, f"{verb.upper()} {address} ({route.key})", address)
        if answer.status_code < 300:
            viewer.fault(f"{verb.upper()} {address} ({route.key}) is closed and answers {answer.status_code}")


def _pairs(theirs, own, named) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    pairs = values.mixed(theirs, own, named)
    return pairs if own else iter([next(pairs)])


def _told_apart(
    viewer: Viewer,
    verb: str,
    route: Route,
    real: dict[str, str],
    random: dict[str, str],
    known: dict[tuple, tuple],
) -> None:
    """``known`` has what the route said before of nothing, which it is not asked again."""
    there, nowhere = route.address(real), route.address(random)
    what = f"{verb.upper()} {there} ({route.key})"
    answer = viewer.ask(verb, there)
    viewer.look_through(answer, what, there)
    if (verb, nowhere) not in known:
        known[verb, nowhere] = said(viewer.ask(verb, nowhere), nowhere, random)
    nothing = known[verb, nowhere]
    if said(answer, there, real) != nothing:
        viewer.fault(f"{what} answers {answer.status_code}, told apart from {nothing[0]} of {nowhere}")


def _refused(viewer: Viewer, route: Route, wrong: dict[str, str], kept: Rows) -> None:
    address = route.address(wrong)
    answer = viewer.ask("get", address)
    viewer.look_through(answer, f"GET {address}", address)
    if answer.status_code == 200 and not ROUTES[route.key].is_public:
        viewer.fault(f"GET {address} has no id and was answered")
    if kept.changed():
        viewer.fault(f"{address} has no id and changed the database")


def lists(viewer: Viewer, routes: Iterable[Route] = LISTS) -> None:
    """Read every list and page, and ask each about what is another's by its filters."""
    for route in routes:
        if route.key in LEFT_ALONE:
            continue
        address = route.address({})
        answer = viewer.ask("get", address)
        viewer.look_through(answer, f"GET {address}")
        if answer.status_code == 200 and is_open(viewer, ROUTES[route.key]):
            viewer.shown += 1
            known: dict[tuple, tuple] = {}
            for name, theirs, nothing in queries(viewer, route, viewer.foreign):
                _filtered(viewer, address, name, theirs, nothing, known)


def _filtered(
    viewer: Viewer, address: str, name: str, theirs: str, nothing: str, known: dict[tuple, tuple]
) -> None:
    there = viewer.ask("get", f"{address}?{name}={theirs}")
    what = f"GET {address}?{name}={theirs}"
    viewer.look_through(there, what, theirs)
    if (name, nothing) not in known:
        nowhere = viewer.ask("get", f"{address}?{name}={nothing}")
        known[name, nothing] = said(nowhere, address, {name: nothing})
    if said(there, address, {name: theirs}) != known[name, nothing]:
        viewer.fault(f"{what} is told apart from {nothing}")


def queries(viewer: Viewer, route: Route, side: Side) -> Iterator[tuple[str, str, str]]:
    """Each filter of a list that names a row: what names another's, and what names none."""
    view = resolve(route.address({})).func
    names: Iterable[str] = ()
    if filters := getattr(getattr(view, "cls", None), "filterset_class", None):
        if undeclared := set(filters.base_filters) - set(NAMED_IN_QUERY) - WORDS_IN_QUERY:
            raise values.Undeclared(
                f"{route.key} filters by {sorted(undeclared)}: say in bodies.py what they name"
            )
        names = [name for name in filters.base_filters if name in NAMED_IN_QUERY]
    elif route.key.endswith(("_csv", "_xlsx")):
        names = ("competition",)
    names = QUERY_FORMS.get(route.key, names)
    for name in names:
        kind, attribute = NAMED_IN_QUERY[name]
        # The competitions of every region are public.
        if kind not in viewer.reads and not (kind == "region" and ROUTES[route.key].is_public):
            row = side.region if kind == "region" else side[kind]
            yield name, str(getattr(row, attribute)), values.NOTHING.get(attribute, "NOWHERE")
    if route.model is not None and route.key.endswith("_changelist"):
        yield from _of_admin(viewer, route.model, side)


def _of_admin(viewer: Viewer, model: type[Model], side: Side) -> Iterator[tuple[str, str, str]]:
    office = admin.site._registry[model]
    if model._meta.label_lower in viewer.reads:
        return
    texts = [one.text for one in side.planted if one.model is model and one in viewer.secrets][:1]
    for text in [*texts, side["entry"].reference]:
        yield "q", text, "planted-nowhere"
    for wanted in office.list_filter:
        path = wanted[0] if isinstance(wanted, tuple) else wanted
        if isinstance(path, str) and (related := _related(model, path)) is not None:
            row = side.row_of(related)
            if row is not None and related._meta.label_lower not in viewer.reads:
                yield f"{path}__id__exact", str(row.pk), values.NOTHING["pk"]
    for field in model._meta.concrete_fields:
        if isinstance(field, ForeignKey) and (text := _text_of(field.related_model)):
            row = side.row_of(field.related_model)
            if row is not None and getattr(row, text).startswith("planted"):
                yield f"{field.name}__{text}__startswith", getattr(row, text), "planted-no"


def _related(model: type[Model], path: str) -> type[Model] | None:
    for name in path.split("__"):
        model = model._meta.get_field(name).related_model  # type: ignore[assignment]
        if model is None:
            return None
    return model


def _text_of(model) -> str | None:
    names = {field.name for field in model._meta.concrete_fields}
    return next((name for name in ("title", "name", "email") if name in names), None)


def bodies(viewer: Viewer) -> None:
    """Name another's row in the body of a form about one's own."""
    kept = Rows()
    for body in BODIES:
        route = next(one for one in ALL if one.key == body.route)
        if viewer.home is None or not is_open(viewer, ROUTES[route.key]):
            continue
        address = route.address(body.own(viewer.home))
        fixed: Mapping[str, object] = body.beside(viewer.home)
        theirs, nothing = body.names(viewer.foreign), body.nothing
        there = viewer.ask("post", address, {**fixed, body.field: theirs})
        what = f"POST {address} with {body.field}={theirs}"
        viewer.look_through(there, what, theirs)
        nowhere = viewer.ask("post", address, {**fixed, body.field: nothing})
        if said(there, address, {body.field: theirs}) != said(nowhere, address, {body.field: nothing}):
            viewer.fault(f"{what} is told apart from {nothing}: {there.status_code}")
        if kept.changed():
            viewer.fault(f"{what} changed the database")


def own(viewer: Viewer, *, may_write: bool) -> None:
    """Open one's own rows, so that refusals prove something; who only reads must change none of them."""
    kept, turns = Rows(), cycle(verb for verb in WRITING if verb != "post")
    for route in ABOUT_ROWS:
        if viewer.home is None or not is_open(viewer, ROUTES[route.key]) or route.key in LEFT_ALONE:
            continue
        if ALIKE.search(route.key):
            continue
        for chosen in values.of(route, viewer.home):
            answer = viewer.ask("get", route.address(chosen))
            viewer.look_through(answer, f"GET {route.address(chosen)}")
            viewer.shown += answer.status_code == 200
            for verb in () if may_write or route.key in ASKED_FOR else ("post", next(turns)):
                viewer.ask(verb, route.address(chosen))
                if kept.changed():
                    viewer.fault(f"{verb.upper()} {route.address(chosen)} changed the database")
