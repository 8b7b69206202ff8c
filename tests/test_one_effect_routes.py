"""Every page of ours that does something takes its form's key, and every such form prints one."""

import re

import pytest
from django.urls import get_resolver, resolve

from accounts.roles import Role
from applications import submission
from applications.workflow import Status
from tests import access
from tests.make import applications, assessments, budgets, competitions, office, people

pytestmark = pytest.mark.django_db

#: Forms that change nothing, or that a package of its own protects (signing in and out, passwords).
NOT_OURS = re.compile(r'action="(/account/[^"]*|/admin/logout/)"')
KEY = re.compile(r'name="intent" value="[0-9a-f-]{36}"')
#: Views that take a POST and do nothing with it but look.
ONLY_READING = {"api_docs", "competition_list", "competition_page"}


def views_that_post():
    for route in access.walk(get_resolver()):
        if route.key.startswith(("applications:", "accounts:")):
            match = resolve(route.address(dict.fromkeys(route.parameters, "1")))
            view_class = getattr(match.func, "view_class", None)
            if view_class is not None and hasattr(view_class, "post"):
                yield route.key, match.func


def test_every_page_that_takes_a_form_does_it_once():
    found = {key: hasattr(view, "one_effect") for key, view in views_that_post()}

    assert found
    assert [key for key, is_once in found.items() if not is_once] == []


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
