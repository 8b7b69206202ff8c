"""Every route: declared, closed to whom it is not for, and silent about what is somebody else's."""

from collections.abc import Mapping

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, path

from accounts import appointments, invitations, membership_requests, outbox, rewording, wording
from accounts.models import JobRun, Notification, User
from accounts.roles import Appointment, Role
from applications import closing, drafting
from applications.assessment import inviting, versions
from applications.models import (
    AgreementVersion,
    Application,
    CostLine,
    Exclusion,
    ParentCompany,
    Skill,
    Stage,
    Waiver,
)
from applications.workflow import Status
from funding import ledger_check
from funding.models import Award
from funding.reports import programme, saved_views
from funding.subsidy import database
from launchpad.access import ROUTES
from launchpad.access_classes import declared_once, routes
from tests import access
from tests.access import Route
from tests.make import (
    applications,
    assessments,
    assessors,
    assistance,
    budgets,
    competitions,
    funding_files,
    offers,
    office,
    open_data,
    people,
    plans,
    register,
    rounds,
    scenarios,
)
from tests.make.times import NOON

pytestmark = pytest.mark.django_db

#: Roles that see only what is theirs; whoever reads every application is no stranger to one.
STRANGERS = (Role.APPLICANT, Role.ASSESSOR)
ALL = list(access.walk(get_resolver()))
CLOSED = [route for route in ALL if route.key in ROUTES and not ROUTES[route.key].is_public]

#: What stands for a parameter that no row has.
NOTHING = {
    "reference": "LP-0000-0000",
    "code": "NOWHERE",
    "edition": "999999991",
    "pk": "999999999",
    "object_id": "999999999",
    "member": "999999999",
    "invitation": "999999999",
    "asked": "999999999",
    "share": "999999999",
    "plan_pk": "999999999",
}


@pytest.fixture
def world() -> dict[str, str]:
    """Rows of everything that a route can be about, none of them the visitors'."""
    rounds.released(told := budgets.funded_competition(), rounds.Entered(1))
    within = budgets.funded_competition()
    assessed = budgets.assessed(within)
    approved = budgets.approved(within)
    closing.draw(within, at=NOON)
    versions.keep(assessments.assessment(applications.application(), people.assessor(), submitted_at=NOON))
    assessors.conflict(applications.application(), people.assessor())
    inviting.invite(within.region, "assess@example.com", by=people.manager(), at=NOON)
    Exclusion.objects.create(
        assessment=assessments.submitted(applications.application(Status.IN_ASSESSMENT)),
        reason="Walked to.",
        proposed_by=people.manager(),
        proposed_at=NOON,
    )
    asked = programme.request(None, by=people.manager(), at=NOON)
    answered = register.answered()
    register.with_report()
    funding_files.written(people.manager())
    saved_views.keep("A view", "", is_shared=False, by=people.manager(), at=NOON)
    ledger_check.verify(at=NOON)
    budgets.proposed_ceiling(within.budgets.region, "7000000.00")
    offered = offers.offer()
    offers.ending()
    record = assistance.asked()
    open_data.ready()
    published = open_data.published()
    open_data.ready(budgets.funded_competition(is_demonstration=True))
    open_data.published(of_demonstration=True)
    share = assistance.to_be_uploaded()
    database.record_upload(share, "SC-17", NOON.date(), by=budgets.fund_manager(), at=NOON)
    outbox.post(
        "assessment_given", to=people.user(), subject_word="assessment", subject_id=1, cause="walk", at=NOON
    )
    rewording.save(
        wording.of("account_exists"), "Hello", "((sign_in_button))", seen=0, by=people.manager(), at=NOON
    )
    JobRun.objects.create(job="walk", period=NOON, taken_at=NOON, due_at=NOON)
    waiting = appointments.ask(
        people.user(), [Appointment(Role.LEAD)], may_sign_in=True, reason="Walked to.",
        by=people.user(Role.ADMINISTRATOR), at=NOON,
    )  # fmt: skip
    plan = plans.plan(within)
    Skill.objects.create(name="Casting", area="Materials")
    ParentCompany.objects.create(number="01234567", parent_number="07654321")
    AgreementVersion.objects.create(number=1, text="Agree.", written_by=people.manager(), written_at=NOON)
    draft = applications.complete_draft(opened := competitions.open_now(), at=opened.opens_at)
    Waiver.objects.create(
        application=draft, months=30, reason="Walked to.", asked_by=draft.started_by, asked_at=NOON
    )
    organisation = draft.participants.get().organisation
    return {
        "reference": draft.reference,
        "submitted": assessed.reference,
        "code": opened.code,
        "released": told.code,
        "change": str(waiting.pk),
        "key": "scope",
        "category": "labour",
        "cost_line": str(CostLine.objects.get(participant__application=draft).pk),
        "organisation": str(organisation.pk),
        "number": "01234567",
        "asked": str(membership_requests.ask(organisation, by=people.user(Role.APPLICANT), at=NOON).pk),
        "invitation": str(
            invitations.invite(
                organisation, "walk@example.com", may_edit=False, by=draft.started_by, at=NOON
            ).pk
        ),
        "member": str(draft.started_by.memberships.get().pk),
        "plan_pk": str(plan.pk),
        "award": str(Award.objects.get(application=assessed).pk),
        "offer": str(offered.pk),
        "assistance": str(record.pk),
        "share": str(share.pk),
        "edition": str(published.pk),
        "file": "360giving.json",
        "allocation": str(approved.pk),
        "line": str(approved.lines.get().pk),
        "panel sheet": str(approved.sheet_id),
        "scenario": str(approved.scenario_id),
        "scenario request": str(scenarios.owed(within).pk),
        "budget": within.budgets.pot.code,
        "report": str(asked.pk),
        "earlier": str(answered.pk),
        "information request": str(answered.pk),
        "table": "budgets",
        "uidb36": "1",
        "kind": "application_submitted",
        "version": "1",
        "notification": str(Notification.objects.latest("pk").pk),
        "app_label": "applications",
        "content_type_id": "1",
        "object_id": "1",
        "url": "nowhere/",
    }


def values(route: Route, world: Mapping[str, str]) -> dict[str, str]:
    """What to put into the route's address: rows of the world, and failing that a reason to add one."""
    chosen = dict(world)
    if route.model and {"pk", "object_id"} & set(route.parameters):
        row = route.model._base_manager.order_by("-pk").first()
        assert row, f"{route.key} needs a {route.model.__name__}: make one in world() of this file"
        chosen["pk"] = chosen["object_id"] = str(row.pk)
    elif "pk" in route.parameters:
        chosen["pk"] = world[ROWS[route.key]]
    if route.key == "api:budget-detail":
        chosen["code"] = world["budget"]
    if route.key.startswith("facts:") or route.key.endswith("_embargo"):
        chosen["code"] = world["released"]
    unknown = sorted(set(route.parameters) - set(chosen))
    assert not unknown, (
        f"{route.key} has {unknown}: say what stands for it in world() of tests/test_access.py"
    )
    return chosen


#: Which row of the world a route's ``pk`` is, where the admin does not say so by its name.
ROWS = {
    "accounts:organisation_change": "organisation",
    "accounts:people": "organisation",
    "accounts:size": "organisation",
    "accounts:organisation_look_up_change": "organisation",
    "accounts:size_drop": "organisation",
    "accounts:member": "organisation",
    "accounts:invite": "organisation",
    "accounts:answer_request": "organisation",
    "accounts:invitation_again": "organisation",
    "accounts:invitation_withdraw": "organisation",
    "notification": "notification",
    "applications:cost_line": "cost_line",
    "applications:cost_line_remove": "cost_line",
    "admin:funding_panel_version": "panel sheet",
    "admin:funding_scenario": "scenario",
    "admin:funding_scenario_request": "scenario request",
    "assistance:detail": "assistance",
    "api:award-detail": "award",
    "api:award-offer": "award",
    "api:offer-detail": "offer",
    "api:offer-accept": "offer",
    "api:offer-decline": "offer",
    "api:offer-withdraw": "offer",
    "api:report-detail": "report",
    "api:report-cancel": "report",
    "api:information-request-detail": "information request",
    "offers:detail": "offer",
    "offers:letter": "offer",
    "offers:accept": "offer",
    "offers:decline": "offer",
    "api:allocation-detail": "allocation",
    "api:allocation-approve": "allocation",
    "api:allocation-refuse": "allocation",
    "api:allocation-release": "allocation",
    "api:allocation-recall": "allocation",
    "api:allocation-conclude": "allocation",
    "api:allocation-decide": "allocation",
    "api:allocation-take-back": "allocation",
}


def faults(check, routes, world, client, *others: Mapping[str, str]) -> list[str]:
    """Run a check over routes, each with its address and the same with ``others`` put in."""
    found = []
    for route in routes:
        chosen = values(route, world)
        addresses = [route.address({**chosen, **other}) for other in ({}, *others)]
        found += check(client, route, *addresses)
    return found


def in_role(role: Role) -> tuple[User, Client]:
    person = applications.stranger() if role == Role.APPLICANT else people.user(role)
    person.set_password("a password of the visitor's own")
    person.save()
    return person, office.sign_in(person)


def test_every_route_is_in_one_class_and_every_entry_is_a_route():
    assert list(access.undeclared(ALL, ROUTES)) == []
    assert list(access.stale(ALL, ROUTES)) == []


def test_anonymous_visitors_are_refused_everywhere_but_in_public(world):
    assert faults(access.open_to_nobody_in_particular, CLOSED, world, Client()) == []


def test_public_routes_answer_everybody(world):
    client = Client()
    public = [route for route in ALL if route.key in ROUTES and ROUTES[route.key].is_public]

    answers = {
        (route.key, method): getattr(client, method)(route.address(values(route, world)))
        for route in public
        for method in access.METHODS
    }

    assert {key: answer.status_code for key, answer in answers.items() if answer.status_code >= 500} == {}
    assert {
        key
        for (key, method), answer in answers.items()
        if method == "get" and access.is_refused(answer) and key not in LEADING_ON
    } == set()


#: Public routes that lead to the sign-in, or whose answer is that there is nothing.
LEADING_ON = {"admin:login", "admin:logout", "api:no-such-address"}


@pytest.mark.parametrize("role", sorted(Role))
def test_a_role_is_refused_what_is_not_for_it(world, role):
    _person, client = in_role(role)
    closed = [route for route in CLOSED if role not in ROUTES[route.key].roles]

    assert closed
    assert faults(access.open_to_nobody_in_particular, closed, world, client) == []


@pytest.mark.parametrize("role", sorted(Role))
def test_a_role_is_let_in_to_what_is_for_it(world, role):
    _person, client = in_role(role)
    lists = [route for route in CLOSED if role in ROUTES[route.key].roles and not route.parameters]

    refused = [route.key for route in lists if access.is_refused(client.get(route.address({})))]

    assert lists
    assert refused == []


@pytest.mark.parametrize("role", STRANGERS)
@pytest.mark.parametrize("whose", ["reference", "submitted"])
def test_what_is_anothers_is_answered_like_what_is_not_there(world, role, whose):
    _person, client = in_role(role)
    world["reference"] = world[whose]
    about_rows = [
        route
        for route in CLOSED
        if role in ROUTES[route.key].roles and set(route.parameters) & {"reference", "pk", "object_id"}
    ]

    assert about_rows
    assert faults(access.told_apart, about_rows, world, client, NOTHING) == []


@pytest.mark.parametrize("role", sorted(set(Role) - set(STRANGERS)))
def test_a_draft_is_not_there_for_the_office(world, role):
    _person, client = in_role(role)
    about_drafts = [route for route in CLOSED if "reference" in route.parameters]

    assert faults(access.told_apart, about_drafts, world, client, NOTHING) == []


def test_ones_own_application_leads_to_no_row_of_another(world):
    organisation = applications.draft().participants.get().organisation
    person = people.member(organisation)
    own = drafting.start(
        opened := competitions.open_now(), organisation, by=person, at=opened.opens_at
    ).reference
    nested = [route for route in CLOSED if {"reference", "pk"} <= set(route.parameters)]
    client = office.sign_in(person)

    assert nested
    assert faults(
        lambda client, route, _theirs, *pair: access.told_apart(client, route, *pair),
        nested,
        world,
        client,
        {"reference": own},
        {"reference": own, "pk": NOTHING["pk"]},
    ) == []  # fmt: skip


# The checks themselves, each shown a fault that it has to see.


def test_a_route_that_is_in_no_class_is_seen():
    made_up = Route("made-up", "/made-up/")

    assert list(access.undeclared([*ALL, made_up], ROUTES)) == [
        'made-up is in no class: add "made-up" to ROUTES in launchpad/access.py'
    ]


def test_an_entry_that_is_no_route_is_seen():
    [fault] = access.stale(ALL, {**ROUTES, "gone": ROUTES["api:me"]})

    assert fault.startswith("gone is no route")


def test_a_route_in_two_classes_is_refused():
    with pytest.raises(ValueError, match="api:me is declared twice"):
        declared_once(routes(ROUTES["api:me"], "api:me"), routes(ROUTES["health_live"], "api:me"))


def _open(request, reference="") -> HttpResponse:
    found = Application.objects.filter(reference=reference).exists()
    return HttpResponse("a secret" if found else "nothing", status=200 if found else 404)


def _whispering(request, reference) -> HttpResponse:
    found = Application.objects.filter(reference=reference).exists()
    return HttpResponse("not yours" if found else "not there", status=404)


urlpatterns = [path("open/<reference>/", _open), path("whispering/<reference>/", _whispering)]


@pytest.mark.urls(__name__)
def test_a_view_that_forgets_to_ask_is_seen(world):
    open_, whispering = (route for route in access.walk(get_resolver(__name__)))
    client = Client()

    assert len(faults(access.open_to_nobody_in_particular, [open_], world, client)) == 2
    assert len(faults(access.told_apart, [open_], world, client, NOTHING)) == 2
    assert len(faults(access.told_apart, [whispering], world, client, NOTHING)) == 2


def test_the_world_is_in_the_stages_it_is_meant_to_be(world):
    assert Application.objects.get(reference=world["reference"]).is_draft
    assert Award.objects.get(pk=world["award"]).application.competition.stage == Stage.DECIDED
