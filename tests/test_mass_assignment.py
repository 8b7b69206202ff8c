"""Every column's name, sent beside each form and request that writes: it changes nothing it should not.

Each is sent twice from the same state, once as the page has it and once with every other name of
every table, and both leave the same rows. The controls are forms that take too much.
"""

import copy
import gc
from collections.abc import Callable

import pytest
from django import forms
from django.contrib.admin import site
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, resolve
from rest_framework import serializers

from accounts import clock
from applications import drafting
from applications.admin.competitions import CompetitionAdmin
from applications.api.serializers import ApplicationSerializer
from applications.forms.competition import CompetitionForm
from applications.forms.details import DetailsForm
from applications.models import Competition
from funding import deciding, release
from funding.reports import programme
from launchpad.unkeyed import UNKEYED
from tests import access, decision_presses, form_on_page, hostile_fields, offer_presses, presses
from tests.make import applications, budgets, competitions, offers
from tests.make.api import Asking
from tests.make.times import NOON
from tests.test_one_effect_matrix import ACTIONS

FORMS = {**ACTIONS, **presses.PRESSES}
#: A button that shows what would be, and keeps nothing.
SHOWN = {"see a wording": presses.on_wording(own=False, button="preview")}
DONE = {200, 302}
#: What is published has its moment in it, and a fingerprint over that.
OF_A_MOMENT = {"publish open data", "publish open data of the demonstration"}


class RolledBack(Exception):
    """What was done is looked at and undone."""


@pytest.fixture
def readers(monkeypatch) -> list[form_on_page.Reader]:
    """Every page that is read for its form, with all the names that it offers."""
    read = []

    class Kept(form_on_page.Reader):
        def __init__(self):
            super().__init__()
            read.append(self)

    monkeypatch.setattr(form_on_page, "Reader", Kept)
    return read


def offered(readers, sent: dict) -> set[str]:
    """The names of the form that is sent: the one with its key, or that has what it has."""

    def is_it(form) -> bool:
        return form.values["intent"] == sent.get("intent") if "intent" in form.values else True

    return {
        name
        for reader in readers
        for form in reader.forms
        if form.method == "post" and set(form.values) <= set(sent) and is_it(form)
        for name in form.names
    }


def done(browser: Client, send: Callable) -> tuple[str, hostile_fields.Rows]:
    """Send it, note the answer and every row, and put everything back."""
    cookies, standing = copy.deepcopy(browser.cookies), hostile_fields.counters()
    try:
        with transaction.atomic():
            began = clock.now()
            answer = send()
            found = hostile_fields.rows(began, clock.now())
            raise RolledBack
    except RolledBack:
        hostile_fields.turn_back(standing)
        browser.cookies = cookies
    assert answer.status_code in DONE, (answer.status_code, answer.content.decode()[:2000])
    return f"{answer.status_code} {answer.get('Location')}", found


def faults(
    browser: Client, address: str, sent: dict, names: set[str], *, is_json: bool = False, **options
) -> list[str]:
    def send(what: dict):
        return done(browser, lambda: browser.post(address, what, **options))

    answer, as_it_is = send(sent)
    found = []
    hostile = [hostile_fields.by_hand(sent, names, upwards=upwards) for upwards in (True, False)]
    if is_json:
        hostile += [
            body for upwards in (True, False) for body in hostile_fields.nested(sent, upwards=upwards)
        ]
    for what in hostile:
        other, with_more = send(what)
        found += hostile_fields.differences(as_it_is, with_more)
        found += [] if other == answer else [f"answered {other} instead of {answer}"]
    return sorted(set(found))


@pytest.mark.django_db
@pytest.mark.parametrize("name", FORMS)
def test_a_form_writes_what_it_offers_and_nothing_more(name, readers, monkeypatch):
    browser, address, sent = FORMS[name]()
    if name in OF_A_MOMENT:
        now = clock.now()
        monkeypatch.setattr(clock, "now", lambda: now)

    assert ":".join([*resolve(address).namespaces, resolve(address).url_name]) == presses.GO_TO[name]
    assert faults(browser, address, sent, offered(readers, sent)) == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", SHOWN)
def test_a_form_that_only_shows_writes_nothing(name, readers):
    browser, address, sent = SHOWN[name]()
    names = offered(readers, sent)

    _answer, before = done(browser, lambda: browser.get(address))
    _answer, after = done(browser, lambda: browser.post(address, sent))

    assert list(hostile_fields.differences(before, after)) == []
    assert faults(browser, address, sent, names) == []


def submission_by_api() -> tuple[Asking, str, dict]:
    competition = competitions.open_now()
    draft = applications.complete_draft(competition, at=competition.opens_at)
    return Asking(draft.started_by), f"applications/{draft.reference}/submit/", {"is_true": True}


def decision_by_api(verb: str, **sent) -> Callable[[], tuple[Asking, str, dict]]:
    def request() -> tuple[Asking, str, dict]:
        within = budgets.funded_competition()
        budgets.assessed(within)
        is_release = verb in ("release", "recall")
        allocation = budgets.approved(within) if is_release else budgets.proposed(within)
        person = budgets.fund_manager() if is_release else budgets.approver()
        if verb == "recall":
            release.release(allocation, by=budgets.fund_manager(), at=clock.now())
        return Asking(person), f"allocations/{allocation.pk}/{verb}/", sent

    return request


def on_line_by_api(verb: str, **sent) -> Callable[[], tuple[Asking, str, dict]]:
    def request() -> tuple[Asking, str, dict]:
        made = decision_presses.decided() if verb == "take-back" else decision_presses.undecided()
        address = f"allocations/{made.pk}/lines/{made.lines.get(position=1).pk}/{verb}/"
        return Asking(budgets.approver()), address, sent

    return request


def conclusion_by_api() -> tuple[Asking, str, dict]:
    return Asking(budgets.approver()), f"allocations/{decision_presses.decided().pk}/conclude/", {}


def offer_by_api() -> tuple[Asking, str, dict]:
    return (
        Asking(budgets.fund_manager()),
        f"awards/{offers.award().pk}/offer/",
        {"days": 30, "conditions": []},
    )


def on_offer_by_api(verb: str, **sent) -> Callable[[], tuple[Asking, str, dict]]:
    def request() -> tuple[Asking, str, dict]:
        made = offers.current_offer()
        person = budgets.fund_manager() if verb == "withdraw" else offers.signer(made)
        return Asking(person), f"offers/{made.pk}/{verb}/", sent

    return request


def report_by_api() -> tuple[Asking, str, dict]:
    person = budgets.fund_manager()
    return Asking(person), f"reports/{programme.request(None, by=person, at=NOON).pk}/cancel/", {}


def new_report_by_api() -> tuple[Asking, str, dict]:
    return Asking(budgets.fund_manager()), "reports/", {"of_demonstration": False}


REQUESTS = {
    "ask for a report": ("api:report-list", new_report_by_api),
    "cancel": ("api:report-cancel", report_by_api),
    "submit": ("api:application-submit", submission_by_api),
    "approve": ("api:allocation-approve", decision_by_api("approve")),
    "refuse": ("api:allocation-refuse", decision_by_api("refuse", reason="Not yet.")),
    "release": ("api:allocation-release", decision_by_api("release")),
    "recall": ("api:allocation-recall", decision_by_api("recall", reason="A figure is wrong.")),
    "conclude": ("api:allocation-conclude", conclusion_by_api),
    "decide": ("api:allocation-decide", on_line_by_api("decide", verdict="hold", reason="A question.")),
    "take back": ("api:allocation-take-back", on_line_by_api("take-back", reason="By mistake.")),
    "offer": ("api:award-offer", offer_by_api),
    "accept": ("api:offer-accept", on_offer_by_api("accept", **offer_presses.SIGNED)),
    "decline": ("api:offer-decline", on_offer_by_api("decline", **offer_presses.SIGNED, reason="Other.")),
    "withdraw": ("api:offer-withdraw", on_offer_by_api("withdraw", reason="A condition was wrong.")),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_of_the_api_writes_what_it_names_and_nothing_more(name):
    _route, request = REQUESTS[name]
    asking, address, sent = request()
    options = {"content_type": "application/json", "headers": {"Idempotency-Key": "once"}}

    assert faults(asking.client, f"/api/v1/{address}", sent, set(), is_json=True, **options) == []


def writing() -> set[str]:
    """The routes of ours that do something once, but for the lists that the office only reads."""
    found = set()
    for route in access.walk(get_resolver()):
        match = resolve(route.address(dict.fromkeys(route.parameters, "1")))
        verbs = (getattr(match.func, "actions", None) or {}).values()
        methods = [getattr(match.func.cls, verb) for verb in verbs] or [match.func]
        is_read = route.key.endswith("_changelist") and not site.get_model_admin(route.model).actions
        if any(hasattr(one, "one_effect") for one in methods) and not is_read:
            found.add(route.key)
    return found


#: Its answers are written under random keys in transactions of their own, which would not be put back
#: here: ``tests/applications/test_equality.py`` sends it other names.
TRIED_APART = {"applications:equality"}


def test_every_route_that_writes_is_among_them():
    tried = {*presses.GO_TO.values(), *TRIED_APART}

    assert len(writing()) > 30
    assert writing() - tried - {route for route, _ in REQUESTS.values()} == set()
    assert FORMS.keys() == presses.GO_TO.keys()
    assert UNKEYED.keys() <= tried


# The checks themselves, each shown a fault that it has to see.


@pytest.mark.django_db
def test_an_api_that_takes_what_is_nested_is_seen(monkeypatch):
    def greedy(allocation, reason, *, by, at):
        allocating_refuse(allocation, reason, by=by, at=at)
        given = heard[-1].get("competition")
        if isinstance(given, dict):
            Competition.objects.filter(pk=allocation.competitions.get().pk).update(notes=given["notes"])

    heard: list[dict] = []
    allocating_refuse = deciding.refuse
    monkeypatch.setattr(deciding, "refuse", greedy)
    asking, address, sent = REQUESTS["refuse"][1]()
    options = {"content_type": "application/json", "headers": {"Idempotency-Key": "once"}}
    post = asking.client.post
    monkeypatch.setattr(
        asking.client, "post", lambda path, what, **more: heard.append(what) or post(path, what, **more)
    )

    found = faults(asking.client, f"/api/v1/{address}", sent, set(), is_json=True, **options)

    assert any(fault.startswith("Competition.notes: ") for fault in found)


@pytest.mark.django_db
def test_a_form_that_takes_a_field_too_many_is_seen(readers, monkeypatch):
    browser, address, sent = FORMS["save details"]()
    names = offered(readers, sent)
    monkeypatch.setitem(
        DetailsForm.base_fields, "is_exploited_from_uk", forms.CharField(empty_value=None, required=False)
    )
    monkeypatch.setattr(drafting, "DETAILS", (*drafting.DETAILS, "is_exploited_from_uk"))

    found = faults(browser, address, sent, names)

    assert any(fault.startswith("Application.is_exploited_from_uk: ") for fault in found)


@pytest.mark.django_db
def test_a_record_filled_with_what_its_form_does_not_offer_is_seen(readers, monkeypatch):
    def filled(admin, request, obj, form, change):
        for field in obj._meta.concrete_fields:
            if field.name in {"notes", "sources"} & set(request.POST):
                setattr(obj, field.attname, field.to_python(request.POST[field.name]))
        save(admin, request, obj, form, change)

    save = CompetitionAdmin.save_model
    browser, address, sent = FORMS["change a competition"]()
    monkeypatch.setattr(CompetitionAdmin, "save_model", filled)

    found = faults(browser, address, sent, offered(readers, sent))

    assert any(fault.startswith("Competition.notes: ") for fault in found)


def of_all_fields(base: type) -> list[str]:
    """The forms or serializers that take whatever columns their table has, or comes to have."""
    return sorted(
        kind.__name__
        for kind in _below(base)
        if (meta := getattr(kind, "Meta", None)) is not None
        and (getattr(meta, "fields", None) == "__all__" or getattr(meta, "exclude", None) is not None)
        and kind.__module__.split(".")[0] in (*hostile_fields.OURS, "launchpad", "tests")
    )


def _below(base: type):
    for kind in base.__subclasses__():
        yield kind
        yield from _below(kind)


def test_forms_and_serializers_name_their_fields():
    assert CompetitionForm in _below(forms.ModelForm)
    assert ApplicationSerializer in _below(serializers.ModelSerializer)
    assert of_all_fields(forms.ModelForm) == []
    assert of_all_fields(serializers.ModelSerializer) == []


def test_one_that_takes_every_column_is_seen():
    class Everything(forms.ModelForm):
        class Meta:
            model = Competition
            fields = "__all__"

    class AllBut(serializers.ModelSerializer):
        class Meta:
            model = Competition
            exclude = ("notes",)

    assert of_all_fields(forms.ModelForm) == ["Everything"]
    assert of_all_fields(serializers.ModelSerializer) == ["AllBut"]
    del Everything, AllBut
    gc.collect()
