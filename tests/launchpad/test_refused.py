"""Nobody is refused without a trace: a row for who is signed in, a line in the log for anybody else."""

import json
import logging
from datetime import timedelta

import pytest
from django.db import OperationalError, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from accounts import audit, closed_doors
from accounts.models import AuditEntry
from accounts.refusals import Refusal
from accounts.roles import Role
from applications import submission
from launchpad import middleware, urls
from tests.make import applications, competitions, office, people
from tests.make.api import Asking
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


class TooLate(Refusal):
    pass


@audit.action("ring the bell")
def ring(*, by, at):
    raise TooLate


def undone(request) -> HttpResponse:
    """As Django's admin does: the view's own transaction is undone by what the action raises."""
    try:
        with transaction.atomic():
            ring(by=request.user, at=request.arrived_at)
    except TooLate:
        return HttpResponse(status=request.GET.get("status", 409))


urlpatterns = [path("undone/", undone), *urls.urlpatterns]


def rows() -> list[tuple]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", "reason", "after"))


@pytest.mark.urls(__name__)
def test_a_rules_refusal_outlives_the_views_own_transaction():
    office.sign_in(people.user()).post("/undone/", {"intent": ""})

    assert rows() == [("ring the bell", "TooLate", {})]


@pytest.mark.urls(__name__)
def test_without_the_middleware_it_would_be_lost(monkeypatch):
    """The negative control: the row is written inside of what is undone."""

    class Nothing(middleware.Refusals):
        def __call__(self, request):
            return self.get_response(request)

    monkeypatch.setattr(middleware, "Refusals", Nothing)

    office.sign_in(people.user()).post("/undone/")

    assert rows() == []


@pytest.mark.urls(__name__)
def test_a_rules_refusal_that_is_answered_403_is_noted_once():
    office.sign_in(people.user()).post("/undone/?status=403")

    assert rows() == [("ring the bell", "TooLate", {})]


@pytest.mark.parametrize("way", ["page", "page of the office", "API"])
def test_a_refused_action_leaves_its_row_whatever_the_way(way):
    within = competitions.open_now()
    draft = applications.complete_draft(within, at=within.opens_at)
    person = draft.started_by
    if way == "page":
        draft.completed_sections.all().delete()
        office.sign_in(person).post(f"/applications/{draft.reference}/check/", {"is_true": "on"})
        expected = ("submit application", "NotEligible")
    elif way == "API":
        draft.completed_sections.all().delete()
        Asking(person).post(f"applications/{draft.reference}/submit/", {"is_true": True})
        expected = ("submit application", "NotEligible")
    else:
        submission.submit(draft, by=person, at=within.opens_at)
        page = f"/admin/applications/competition/{within.pk}/deadline/"
        asked = within.closes_at - 300 * DAY
        form = {"closes_at": f"{asked:%Y-%m-%dT%H:%M}", "reason": "Earlier."}
        office.sign_in(people.manager()).post(page, form)
        expected = ("move the close", "DeadlineStands")

    refusal = AuditEntry.objects.get(is_refusal=True)

    assert (refusal.reason, refusal.by is not None, bool(refusal.request_id)) == (expected[1], True, True)


@pytest.mark.parametrize(
    ("role", "address", "route"),
    [
        (Role.APPLICANT, "/admin/funding/budget/?q=secret", "admin:funding_budget_changelist"),
        (Role.ASSESSOR, "/admin/funding/budget/?q=secret", "admin:funding_budget_changelist"),
        (Role.MANAGER, "/organisation/new/?next=secret", "accounts:organisation_create"),
    ],
)
def test_a_closed_page_leaves_one_row_with_its_route_and_no_address(role, address, route):
    person = people.user(role)

    answer = office.sign_in(person).get(address, follow=True)

    entry = AuditEntry.objects.get()
    assert answer.status_code == 403
    assert (entry.by, entry.action, entry.is_refusal) == (person, closed_doors.ACTION, True)
    assert (entry.after, entry.reason) == ({"route": route, "method": "GET"}, "NotForThem")
    assert entry.request_id and "secret" not in json.dumps(entry.after)


def test_nobody_fills_the_trail_with_closed_pages(caplog):
    person = people.user(Role.ASSESSOR)
    browser = office.sign_in(person)

    with caplog.at_level(logging.WARNING, logger="launchpad.security"):
        for _ in range(closed_doors.A_MINUTE + 3):
            browser.get("/admin/funding/budget/")

    assert AuditEntry.objects.filter(by=person).count() == closed_doors.A_MINUTE
    over = [record for record in caplog.records if hasattr(record, "not_in_trail")]
    assert [record.route for record in over] == ["admin:funding_budget_changelist"] * 3


def test_a_database_lost_while_the_row_is_written_is_503(monkeypatch):
    def lost(*_, **__):
        raise OperationalError("server closed the connection unexpectedly")

    browser = office.sign_in(people.user(Role.ASSESSOR))
    browser.raise_request_exception = False
    monkeypatch.setattr(audit, "write", lost)

    assert browser.get("/admin/funding/budget/").status_code == 503


def test_another_minute_has_room_again():
    person = people.user()

    kept = [
        closed_doors.note("a", "GET", reason="NotForThem", to=person, at=NOON + number * SECOND)
        for number in (*range(12), 70)
    ]

    assert kept == [True] * 10 + [False] * 2 + [True]


def wrong_password(browser):
    return browser.post("/account/login/", {"login": "ann@example.com", "password": "not hers at all"})


def forged(browser):
    return Client(enforce_csrf_checks=True).post("/account/login/", {"login": "ann@example.com"})


def unknown_token(browser):
    return browser.get("/api/v1/me/", headers={"authorization": "Bearer not-a-token"})


def many_tries(browser):
    tried = {"reference": "LP-0000-0000", "code": "0" * 64}
    return [browser.get("/receipts/", tried) for _ in range(21)][-1]


@pytest.mark.parametrize(
    ("ask", "status", "cause"),
    [
        (wrong_password, 422, "SignInFailed"),
        (forged, 403, "FormExpired"),
        (unknown_token, 401, "NotSignedIn"),
        (many_tries, 429, "TooManyTries"),
    ],
)
def test_who_is_not_signed_in_leaves_a_line_that_names_nobody(ask, status, cause, caplog, client):
    with caplog.at_level(logging.WARNING, logger="launchpad.security"):
        assert ask(client).status_code == status

    [line] = [record for record in caplog.records if record.name == "launchpad.security"]
    assert (line.cause, bool(line.route)) == (cause, True)
    assert "ann" not in line.getMessage() + line.route
    assert not AuditEntry.objects.exists()
