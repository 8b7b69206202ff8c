"""What stands for each parameter of a route: a row of a region, nothing at all, and what is no id.

A route with a parameter that is not declared here fails the test that names it.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import cycle

from django.utils.http import int_to_base36

from tests.access import Route
from tests.matrix.world import Side
from tests.proving import IS_FULL

#: Parameters that name no row of anybody's, with a value that leads on to the row beside them.
WORDS = {
    # Of no company here: which are is a fact of a public register, and the page says it.
    "number": "01234567",
    "key": "scope",
    "category": "labour",
    "kind": "account_exists",
    # Every assessment of the two sides was submitted once.
    "version": "1",
    # Of the tables that every compiled report has.
    "table": "budgets",
    "file": "360giving.json",
    "app_label": "applications",
    "url": "nowhere/",
}

#: What a route's parameters are, where the address does not say it by the name of a model.
#: Each is a list of alternatives, since a route may be asked for rows in several states.
KINDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("applications:", "reference"): ("draft", "entry", "live"),
    ("api:application", "reference"): ("draft", "entry", "live"),
    ("applications:competition", "code"): ("set up",),
    ("applications:start", "code"): ("set up",),
    ("facts:", "code"): ("set up",),
    ("applications:fit", "code"): ("set up",),
    ("api:competition", "code"): ("set up",),
    ("api:budget", "code"): ("funding.budget",),
    ("admin:funding_panel_sheet", "code"): ("applications.competition",),
    ("admin:funding_allocation_propose", "code"): ("applications.competition",),
    ("admin:funding_panel_version", "pk"): ("panel sheet",),
    ("admin:funding_scenarios", "code"): ("applications.competition",),
    ("admin:funding_scenario_request", "pk"): ("scenario request",),
    ("admin:funding_scenario", "pk"): ("scenario",),
    ("admin:funding_allocation_line", "line"): ("line",),
    ("admin:funding_allocation_raise", "pk"): ("applications.application",),
    ("api:allocation", "line"): ("line", "approved line"),
    ("offers:", "pk"): ("funding.offer",),
    ("api:offer", "pk"): ("funding.offer",),
    ("admin:funding_informationrequest", "earlier"): ("answered request",),
    ("api:information-request", "pk"): ("funding.informationrequest",),
    ("api:report", "pk"): ("funding.programmereport",),
    ("admin:funding_offer_make", "pk"): ("funding.award",),
    ("admin:funding_awardending_propose", "pk"): ("funding.award",),
    ("admin:funding_lettertemplate", "pk"): ("funding.lettertemplate",),
    ("assistance:", "pk"): ("funding.mfarecord",),
    ("admin:funding_subsidyentry_share", "share"): ("subsidy share",),
    ("admin:funding_opendatapublication_embargo", "code"): ("applications.competition",),
    ("open_data:", "edition"): ("funding.opendatapublication",),
    ("accounts:organisation", "pk"): ("accounts.organisation",),
    ("accounts:people", "pk"): ("accounts.organisation",),
    ("accounts:size", "pk"): ("accounts.organisation",),
    ("accounts:member", "pk"): ("accounts.organisation",),
    ("accounts:invit", "pk"): ("accounts.organisation",),
    ("accounts:answer_request", "pk"): ("accounts.organisation",),
    ("accounts:answer_request", "asked"): ("accounts.membershiprequest",),
    ("accounts:invit", "invitation"): ("invitation",),
    ("accounts:member", "member"): ("membership",),
    ("applications:cost_line", "pk"): ("cost line",),
    ("admin:applications_competition_plan", "plan_pk"): ("assignment plan",),
    ("api:allocation", "pk"): ("funding.allocation", "proposed"),
    ("api:award", "pk"): ("funding.award",),
    ("admin:accounts_user", "change"): ("accounts.rolechange",),
    ("notification", "pk"): ("told",),
    ("admin:accounts_wordingversion", "code"): ("worded",),
    ("account_reset_password", "uidb36"): ("member",),
    ("admin:view_on_site", "content_type_id"): ("content type",),
    ("admin:view_on_site", "object_id"): ("accounts.user",),
}

#: As a random id would look. Numbers are so high that no row has them.
NOTHING = {
    "reference": "LP-0000-0000",
    "code": "NOWHERE",
    "pk": "999999999",
    "object_id": "999999999",
    "change": "999999998",
    "member": "999999997",
    "invitation": "999999996",
    "plan_pk": "999999994",
    "line": "999999993",
    "asked": "999999995",
    "share": "999999992",
    "earlier": "999999991",
    "edition": "999999991",
    "uidb36": "zzzzz",
    "content_type_id": "999999",
}

#: Each route is asked for two of them in turn, at full size for all.
NO_IDS = ("-1", "1%20or%201=1", "9" * 40, "%E2%80%AE1")

TURNS = cycle(NO_IDS)


class Undeclared(Exception):
    """A parameter of a route for which nobody has said what to put in."""


def kinds(route: Route, parameter: str) -> tuple[str, ...]:
    for (start, name), found in KINDS.items():
        if name == parameter and route.key.startswith(start):
            return found
    if route.model is not None and parameter in ("pk", "object_id"):
        return (route.model._meta.label_lower,)
    raise Undeclared(
        f"{route.key} has <{parameter}>: say in KINDS or WORDS of tests/matrix/values.py what it names"
    )


def objects(route: Route) -> list[str]:
    """The parameters that name rows."""
    return [name for name in route.parameters if name not in WORDS]


def of(route: Route, side: Side) -> Iterator[dict[str, str]]:
    """The values that lead to the side's rows; one set for each state that the first row may be in."""
    named = objects(route)
    if not named:
        return
    first = kinds(route, named[0])
    for number, kind in enumerate(first):
        chosen = {name: WORDS[name] for name in route.parameters if name in WORDS}
        chosen[named[0]] = written(route, named[0], kind, side)
        for name in named[1:]:
            alternatives = kinds(route, name)
            chosen[name] = written(route, name, alternatives[min(number, len(alternatives) - 1)], side)
        yield chosen


def written(route: Route, parameter: str, kind: str, side: Side) -> str:
    """A row as the address names it."""
    if parameter == "uidb36":
        return int_to_base36(side.member.pk)
    row = side[kind]
    return str(getattr(row, parameter if parameter in ("reference", "code") else "pk"))


def mixed(
    theirs: Mapping[str, str], own: Mapping[str, str], named: list[str]
) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """Pairs of what is another's and the same with nothing in its place; nested ids also by halves."""
    yield dict(theirs), {**theirs, **{name: NOTHING[name] for name in named}}
    if len(named) > 1:
        for name in named:
            rest = {one: own[one] for one in named if one != name}
            yield {**theirs, **rest}, {**theirs, **rest, name: NOTHING[name]}


def wrong(route: Route, theirs: Mapping[str, str], side: Side) -> Iterator[dict[str, str]]:
    """What is no id of this kind: other signs, and another row's id where this one's should be."""
    named = objects(route)
    for name in named:
        for value in NO_IDS if IS_FULL else [next(TURNS) for _ in range(2)]:
            yield {**theirs, name: value}
    if "reference" in named:
        yield {**theirs, "reference": str(side["entry"].pk)}
    if "code" in named:
        yield {**theirs, "code": str(side["applications.competition"].pk)}
    if {"pk", "object_id"} & set(named):
        yield {**theirs, **{name: side["entry"].reference for name in ("pk", "object_id") if name in named}}


def unused(routes: Iterable[Route]) -> list[str]:
    """What is declared above and stands for a parameter of no route."""
    asked = [(route.key, name) for route in routes for name in route.parameters]
    kinds = [
        f"{start} {name}"
        for start, name in KINDS
        if not any(name == asked_for and key.startswith(start) for key, asked_for in asked)
    ]
    return kinds + sorted((set(WORDS) | set(NOTHING)) - {name for _key, name in asked})
