"""The page that says who may do what names every role and class, and says what the routes answer."""

import re

import pytest
from django.urls import get_resolver, reverse

from accounts.roles import ABOUT, OFFICE, Role
from funding.models import LedgerCheck, ProgrammeReport
from launchpad import who_may
from launchpad.access import ROUTES, VERIFYING
from launchpad.access_classes import Access
from tests import access
from tests.make import budgets, office, people
from tests.test_one_effect_matrix import TRAIL, digest

pytestmark = pytest.mark.django_db

WITHOUT_ROWS = [route for route in access.walk(get_resolver()) if not route.parameters]
#: They sign out, or lead on.
LEFT_OUT = frozenset(
    {
        "account_logout",
        "account_reauthenticate",
        "admin:logout",
        "admin:login",
        "api:no-such-address",
        "admin/(?P<url>.*)$",
    }
)


def test_every_role_class_and_address_is_on_the_page():
    text = office.sign_in(people.user(Role.LEAD)).get("/admin/roles/").content.decode()

    assert [
        role for role in Role if f'<h2 id="role-{list(Role).index(role) + 1}">{role.capitalize()}' not in text
    ] == []
    assert set(ABOUT) == set(Role)
    names = {one.name for one in ROUTES.values()}
    assert {name for name in names if f">{name[:1].upper()}{name[1:]}</h3>" not in text} == set()
    assert {door.key for one in who_may.classes() for door in one.doors} == set(ROUTES)
    assert text.count("<li><code>") == sum(len(one.doors) for one in who_may.classes())


def test_each_role_has_the_actions_of_its_classes():
    does = {duty.role: set(duty.does) for duty in who_may.duties()}

    assert {"propose allocation"} == does[Role.FUNDS] & {"propose allocation", "approve allocation"}
    assert {"approve allocation"} == does[Role.APPROVER] & {"propose allocation", "approve allocation"}
    assert "submit application" in does[Role.APPLICANT]
    # Beside the scope, what anybody does with their own address, what they are told and are invited to.
    assert does[Role.LEAD] == {
        "accept assessor invitation",
        "ask to change email address",
        "change email address",
        "choose when to be told",
        "decide scope",
        "mark notifications as read",
    }


#: The row of the run itself, and what every form leaves.
OF_A_RUN = {*TRAIL, "Intent", "LedgerCheck", "ProgrammeReport"}


@pytest.mark.parametrize("route", VERIFYING)
def test_who_only_reads_may_ask_for_a_check_which_writes_down_its_run_alone(route):
    within = budgets.funded_competition()
    budgets.assessed(within)
    budgets.approved(within)
    auditor = office.sign_in(people.user(Role.AUDITOR))
    page = auditor.get("/admin/roles/").content.decode()
    before, runs = digest(but=OF_A_RUN), LedgerCheck.objects.count() + ProgrammeReport.objects.count()

    answer = auditor.post(reverse(route))

    assert VERIFYING[route] in page
    assert answer.status_code == 302
    assert LedgerCheck.objects.count() + ProgrammeReport.objects.count() == runs + 1
    assert digest(but=OF_A_RUN) == before


@pytest.mark.parametrize("role", sorted(Role))
def test_what_it_says_of_a_role_is_what_the_pages_answer(role):
    said = {
        door.key
        for duty in who_may.duties()
        if duty.role == role
        for one in duty.classes
        for door in one.doors
    }
    client = office.sign_in(people.user(role))

    answers = {
        route.key: client.get(route.address({})) for route in WITHOUT_ROWS if route.key not in LEFT_OUT
    }
    # Buttons answer a GET alike to everybody.
    pages = {key: answer for key, answer in answers.items() if answer.status_code != 405}

    assert pages
    assert {key for key, answer in pages.items() if not access.is_refused(answer)} == said & set(pages)


def test_a_class_that_is_declared_tomorrow_is_on_it(monkeypatch):
    made_up = Access("made up", frozenset({Role.LEAD}))
    monkeypatch.setitem(ROUTES, "api:me", made_up)

    text = office.sign_in(people.user(Role.LEAD)).get("/admin/roles/").content.decode()

    assert re.search(r"<h3 id=\"made-up\">Made up</h3>\s*<p>Open to: innovation lead\.</p>", text)


def test_the_home_of_the_office_leads_there_for_every_role_of_it():
    for role in OFFICE:
        assert 'href="/admin/roles/"' in office.sign_in(people.user(role)).get("/admin/").content.decode()
