"""Every page of ours that does something takes its form's key, and every such form prints one."""

import re

import pytest
from django.contrib.admin import site
from django.http import HttpResponse
from django.urls import get_resolver, path

from accounts.models import Membership, User
from accounts.roles import Role
from applications import submission
from applications.models import Answer, Application
from applications.workflow import Status
from funding.models import Offer
from launchpad.unkeyed import READING, UNKEYED, only_reads
from tests import access, form_on_page, presses, test_access
from tests.make import applications, assessments, budgets, competitions, office, people
from tests.make.times import NOON
from tests.matrix import asking
from tests.test_mass_assignment import REQUESTS

world = test_access.world

pytestmark = pytest.mark.django_db

#: Forms that change nothing, or that a package of its own protects (signing in and out, passwords).
NOT_OURS = re.compile(r'action="(/account/[^"]*|/admin/logout/)"')
KEY = re.compile(r'name="intent" value="[0-9a-f-]{36}"')


@pytest.fixture
def everybody(world) -> User:
    """Somebody who is let in everywhere, and whose draft and offer it is that the addresses are about."""
    person = Application.objects.get(reference=world["reference"]).started_by
    for role in set(Role) - {Role.APPLICANT}:
        people.give(person, role)
    lead = Offer.objects.get(pk=world["offer"]).award.application.participants.get(is_lead=True)
    Membership.objects.create(organisation=lead.organisation, person=person, may_edit=True, joined_at=NOON)
    return User.objects.get(pk=person.pk)


def is_refused_for_its_key(answer) -> bool:
    if answer.headers.get("Content-Type") == "application/json":
        return [error["field"] for error in answer.json().get("errors", [])] == ["Idempotency-Key"]
    return "accounts/form_without_key.html" in {template.name for template in answer.templates}


def taken_without_key(routes, world, person: User, keyed: set[access.Route]) -> dict[str, int]:
    """The routes that take a form without its key, with what they answered; ``keyed`` gets the others.

    Raises AssertionError for one that only reads, as is said, and has changed something.
    """
    found, browser = {}, office.sign_in(person)
    kept = asking.Rows()
    for route in routes:
        address = route.address(test_access.values(route, world))
        answer = browser.post(address, {**asking.FILLED_IN, "intent": ""})
        if is_refused_for_its_key(answer):
            keyed.add(route)
        elif answer.status_code != 405:
            found[route.key] = answer.status_code
        if route.key in UNKEYED:
            browser = office.sign_in(person)
            kept.changed()
        assert not kept.changed(), f"{route.key} changed the database"
    return found


def is_closed_to_change(route: access.Route) -> bool:
    """A page that Django's admin has for every record, of one that nobody changes by hand."""
    if route.model is None or not route.key.endswith(("_add", "_change", "_changelist")):
        return False
    office = site.get_model_admin(route.model)
    if route.key.endswith("_changelist"):
        return not office.actions
    by_hand = office.has_add_permission if route.key.endswith("_add") else office.has_change_permission
    return by_hand.__qualname__.startswith("Record.")


def test_every_address_takes_no_form_or_asks_for_its_key_or_says_why_not(world, everybody):
    routes = list(access.walk(get_resolver()))
    keyed: set[access.Route] = set()
    answers = taken_without_key(routes, world, everybody, keyed)
    tried = set(presses.GO_TO.values()) | {route for route, _request in REQUESTS.values()}

    print(f"{len(routes)} addresses, {len(answers)} take a form without a key")
    assert {key: status for key, status in answers.items() if not (key in UNKEYED or only_reads(key))} == {}
    assert sorted((UNKEYED.keys() | READING) - answers.keys()) == []
    # Each is in the matrix of one effect, and sent with every column's name beside.
    assert [one.key for one in keyed if one.key not in tried and not is_closed_to_change(one)] == []
    assert len(keyed) > 40


def open_to_forms(request) -> HttpResponse:
    return HttpResponse("done")


urlpatterns = [path("open-to-forms/", open_to_forms)]


@pytest.mark.urls(__name__)
def test_a_page_that_takes_a_form_without_its_key_is_seen():
    routes = list(access.walk(get_resolver(__name__)))

    assert taken_without_key(routes, {}, people.user(), set()) == {"open-to-forms/": 200}


def test_a_form_without_its_key_is_offered_again_with_what_was_typed(world, everybody):
    """Sent from there it is carried out, to the letter and once."""
    competition = Application.objects.get(reference=world["reference"]).competition
    browser, text = office.sign_in(everybody), "A text\nof two lines, with <b> & “quotes”."
    page = f"/applications/{world['reference']}/answers/scope/"
    _address, sent = form_on_page.find(browser, page)

    refused = browser.post(f"{page}?from=check", {**sent, "text": text, "save": "yes", "intent": ""})
    reader = form_on_page.Reader()
    reader.feed(refused.text)
    [form] = [form for form in reader.forms if "text" in form.names]
    answers = [browser.post(form.action, form.values) for _press in range(2)]

    assert refused.status_code == 422 and "Send this form once more" in refused.text
    assert form.action == f"{page}?from=check"
    assert [answer.status_code for answer in answers] == [302, 302]
    found = Answer.objects.get(application__reference=world["reference"], question__key="scope")
    assert found.text.splitlines() == text.splitlines() and competition


@pytest.mark.parametrize("key", ["", "x" * 65, "a b", "é"])
def test_what_is_no_key_is_none(world, everybody, key):
    browser = office.sign_in(everybody)

    refused = browser.post("/admin/funding/ledgercheck/recount/", {"intent": key})

    assert is_refused_for_its_key(refused)
    assert KEY.search(refused.text)


def forms_without_key(browser, address: str) -> list[str]:
    answer = browser.get(address)
    assert answer.status_code == 200, address
    forms = re.findall(r"<form\b.*?</form>", answer.content.decode(), re.S)
    return [
        f"{address}: {form[:120]}"
        for form in forms
        if 'method="post"' in form.split(">")[0]
        and not NOT_OURS.search(form.split(">")[0])
        and not KEY.search(form)
    ]


def test_every_form_of_an_applicant_prints_its_key():
    competition = competitions.open_now()
    draft = applications.complete_draft(competition, at=competition.opens_at)
    browser = office.sign_in(draft.started_by)
    of_draft = [
        "", "details/", "organisation/", "costs/", "costs/labour/", "funding/", "declarations/", "check/",
        "answers/scope/", "delete/",
    ]  # fmt: skip
    pages = [f"/applications/{draft.reference}/{page}" for page in of_draft]
    organisation = draft.participants.get().organisation_id
    pages += [
        "/organisation/", "/organisation/new/", f"/organisation/{organisation}/",
        f"/competitions/{competition.code}/start/",
    ]  # fmt: skip

    entry = applications.complete_draft(competition, at=competition.opens_at)
    submission.submit(entry, by=entry.started_by, at=competition.opens_at)
    faults = [fault for page in pages for fault in forms_without_key(browser, page)]
    of_entry = [f"/applications/{entry.reference}/{page}" for page in ("reopen/", "withdraw/")]
    submitter = office.sign_in(entry.started_by)
    assert faults + [fault for page in of_entry for fault in forms_without_key(submitter, page)] == []


def test_every_form_of_the_office_prints_its_key():
    within = budgets.funded_competition()
    assessed = budgets.assessed(within)
    allocation = budgets.proposed(within)
    everything = people.user(Role.MANAGER, Role.FUNDS, Role.APPROVER, Role.ADMINISTRATOR)
    browser = office.sign_in(everything)
    pages = [
        f"/admin/applications/application/{assessed.pk}/change/",
        "/admin/applications/application/",
        "/admin/applications/competition/add/",
        f"/admin/funding/allocation/panel-sheet/{within.code}/",
        f"/admin/funding/allocation/{allocation.pk}/change/",
        "/admin/funding/programmereport/",
    ]
    owed = assessments.marked(applications.application(Status.IN_ASSESSMENT))
    marking = [f"/admin/applications/assessment/{owed.pk}/{page}/" for page in ("score", "check")]
    assessor = office.sign_in(owed.assessor)

    faults = [fault for page in pages for fault in forms_without_key(browser, page)]
    faults += [fault for page in marking for fault in forms_without_key(assessor, page)]
    assert faults == []
