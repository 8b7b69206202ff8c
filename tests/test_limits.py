"""What is bounded: waiting for the database, the size of a request, the rows on a page, a job's time.

Each is met for real, and let go again to see that nothing else was in the way.
"""

import io
import time
from contextlib import closing, contextmanager
from datetime import timedelta

import psycopg2
import pytest
from django.contrib import admin
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import path, reverse

from accounts.api.pages import Pages
from accounts.models import Organisation
from accounts.roles import Role
from applications.closing import REQUEST_LIMIT
from applications.models import Application
from launchpad import middleware, urls
from launchpad.api import router
from launchpad.postgres import OWNER
from tests import databases
from tests.make import applications, competitions, office, people
from tests.make.office import Browser

MEGABYTE = 1024 * 1024


def sleeps(request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.6)")
    return HttpResponse("awake")


def is_mistaken(request):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")


urlpatterns = [
    path("sleeps/", sleeps),
    path("api/sleeps/", sleeps),
    path("mistaken/", is_mistaken),
    *urls.urlpatterns,
]
handler500 = urls.handler500


@contextmanager
def held(database, statement, role=OWNER):
    """Another connection holds a lock that nobody shares."""
    with closing(psycopg2.connect(databases.url(database.name, role))) as holder:
        holder.cursor().execute(statement)
        yield


# Waiting for a lock.


@pytest.mark.slow
def test_a_page_that_waits_for_a_lock_says_so_in_time_and_keeps_what_was_typed(committed_database):
    draft = applications.draft(opened := competitions.open_now(), at=opened.opens_at)
    client = Browser(raise_request_exception=False)
    client.force_login(draft.started_by)
    address = f"/applications/{draft.reference}/details/"
    shown = client.get(address).context["form"]
    form = {"title": "Lighter gears for trams", "version": shown["version"].value()}
    row = f"SELECT FROM applications_application WHERE id = {draft.pk} FOR UPDATE"

    began = time.monotonic()
    with held(committed_database, row):
        refused = client.post(address, form)
    waited = time.monotonic() - began
    after = client.post(address, form)

    assert (refused.status_code, refused["Retry-After"]) == (503, "10")
    assert 3 <= waited < 20
    assert "Sorry, the service is not available" in refused.text
    assert "Lighter gears for trams" in refused.text
    assert after.status_code != 503
    assert Application.objects.get().title == "Lighter gears for trams"


@pytest.mark.slow
def test_the_api_says_it_in_its_own_form(committed_database, settings):
    client = Browser(raise_request_exception=False)
    client.force_login(people.user(Role.AUDITOR))

    with held(committed_database, "LOCK applications_application"):
        refused = client.get("/api/v1/applications/")
    after = client.get("/api/v1/applications/")

    assert (refused.status_code, refused["Retry-After"]) == (503, "10")
    [error] = refused.json()["errors"]
    assert error == {"code": "service_unavailable", "field": None, "message": "Service Unavailable."}
    assert after.status_code == 200


@pytest.mark.slow
def test_a_session_that_cannot_be_read_in_time_is_no_failure_of_ours(committed_database):
    client = Browser(raise_request_exception=False)
    client.force_login(people.user(Role.APPLICANT))

    with held(committed_database, "LOCK django_session"):
        refused = client.get("/applications/")
    after = client.get("/applications/")

    assert (refused.status_code, refused["Retry-After"]) == (503, "10")
    assert after.status_code == 200


# A statement's time.


@pytest.mark.django_db
@pytest.mark.urls("tests.test_limits")
@pytest.mark.parametrize("address", ["/sleeps/", "/api/sleeps/"])
@pytest.mark.parametrize(("limit", "status"), [("300ms", 503), ("10s", 200)])
def test_a_statement_over_its_time_is_answered_like_a_lock(address, limit, status):
    client = Browser(raise_request_exception=False)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = %s", [limit])

    answer = client.get(address)

    assert answer.status_code == status
    assert ("Retry-After" in answer) == (status == 503)


@pytest.mark.django_db
@pytest.mark.urls("tests.test_limits")
def test_a_mistake_in_a_statement_is_a_failure_of_ours():
    answer = Client(raise_request_exception=False).get("/mistaken/")

    assert answer.status_code == 500
    assert "Retry-After" not in answer


# The size of a request.


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("/organisation/new/", "multipart/form-data; boundary=x"),
        ("/organisation/new/", "application/x-www-form-urlencoded"),
        ("/admin/", "application/octet-stream"),
        ("/api/v1/me/", "application/json"),
    ],
)
@pytest.mark.parametrize(("megabytes", "is_refused"), [(2, False), (2.1, True)])
def test_a_body_that_is_too_large_is_refused_unread(address, kind, megabytes, is_refused):
    client = Client()
    client.force_login(people.user(Role.APPLICANT))

    answer = client.generic("POST", address, b"x" * int(megabytes * MEGABYTE), content_type=kind)

    assert (answer.status_code == 413) == is_refused
    if is_refused and address.startswith("/api/"):
        assert answer.json()["errors"][0]["code"] == "request_entity_too_large"
    elif is_refused:
        assert "That is too large" in answer.text


class Trickle(io.BytesIO):
    """A body whose end is slow to come."""

    def read(self, *size):
        time.sleep(0.2)
        return super().read(*size)


@pytest.mark.django_db
@pytest.mark.parametrize(("longest", "status"), [(0.1, 408), (60, 302)])
def test_what_comes_in_too_slowly_is_not_carried_out_and_is_shown_back(monkeypatch, longest, status):
    monkeypatch.setattr(middleware, "LONGEST_SENDING", longest)
    opened = competitions.open_now()
    draft = applications.complete_draft(opened, at=opened.opens_at)
    browser = office.sign_in(draft.started_by)
    sent = b"intent=one&text=Slowly+typed&version=1"
    address = reverse("applications:answer", args=[draft.reference, "scope"])

    answer = browser.generic(
        "POST",
        address,
        sent,
        content_type="application/x-www-form-urlencoded",
        **{"wsgi.input": Trickle(sent)},
    )

    assert answer.status_code == status
    saved = draft.answers.get(question__key="scope").text == "Slowly typed"
    assert saved == (status == 302)
    assert status == 302 or "Slowly typed" in answer.text


def test_a_request_that_is_carried_out_is_over_before_the_closing_list():
    longest = timedelta(seconds=middleware.LONGEST_SENDING)

    assert longest + timedelta(seconds=10) < REQUEST_LIMIT  # the longest statement between


@pytest.mark.django_db
def test_a_file_too_large_for_any_page_is_refused_before_it_is_stored(client, tmp_path, settings):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    client.force_login(people.user(Role.APPLICANT))
    boundary = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'

    answer = client.generic(
        "POST",
        "/organisation/new/",
        boundary + b"x" * (3 * MEGABYTE) + b"\r\n--x--\r\n",
        content_type="multipart/form-data; boundary=x",
    )

    assert answer.status_code == 413
    assert not list(tmp_path.iterdir())


@pytest.mark.django_db
@pytest.mark.parametrize(("number", "is_refused"), [(1_900, False), (2_001, True)])
def test_too_many_fields_are_refused_plainly(client, number, is_refused):
    client.force_login(people.user(Role.APPLICANT))

    answer = client.post("/organisation/new/", {f"field{place}": "x" for place in range(number)})

    assert (answer.status_code == 413) == is_refused
    assert not Organisation.objects.exists()


# The rows on a page.


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_a_list_of_the_office_has_pages(model):
    page = admin.site._registry[model]

    assert page.list_per_page <= 100
    assert page.list_max_show_all <= 200


@pytest.mark.parametrize("view", [view for _, view, _ in router.registry], ids=lambda view: view.__name__)
def test_a_list_of_the_api_has_pages(view):
    assert view.pagination_class is Pages
    assert Pages.max_page_size <= 100
