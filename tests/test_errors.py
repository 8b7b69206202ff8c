"""What goes wrong is a plain page with the right status, and nothing typed is lost."""

import psycopg2
import pytest
from django.db import DatabaseError
from django.http import HttpResponse, HttpResponseNotAllowed
from django.test import Client, RequestFactory
from django.urls import path

from accounts.models import Organisation
from accounts.roles import Role
from launchpad import errors, urls
from launchpad.middleware import PlainErrors
from launchpad.wsgi import application
from tests.make import people

pytestmark = pytest.mark.django_db

FORM = {
    "name": "Mersey Castings Ltd",
    "company_number": "06500244",
    "kind": "business",
    "size": "micro_small",
    "address": "1 Dock Road\nLiverpool",
    "postcode": "L3 5TF",
}


def breaks(request):
    raise RuntimeError("a secret of ours")


def loses_the_database(request):
    """As psycopg2 says it of a server that was killed while it carried out a statement."""
    raise DatabaseError("server closed the connection") from psycopg2.DatabaseError()


urlpatterns = [path("breaks/", breaks), path("loses/", loses_the_database), *urls.urlpatterns]
handler500 = urls.handler500


@pytest.mark.parametrize(
    "address", ["/organisation/?next=%00", "/accessibility/?a%00b=1", "/cookies/?q=a%00b"]
)
def test_nul_in_an_address_is_a_plain_400(client, address):
    client.force_login(people.user(Role.APPLICANT))

    page = client.get(address)

    assert page.status_code == 400
    assert "We could not read that" in page.text


@pytest.mark.parametrize(
    "address", ["/nowhere%00/", "/%ff/", "/organisation/%ed%a0%80/", "/account/confirm-email/%00/"]
)
def test_unreadable_path_is_never_a_500(client, address):
    page = client.get(address)

    assert page.status_code in (400, 404)


def test_form_with_nul_is_refused_and_shown_back(client):
    client.force_login(people.user(Role.APPLICANT))

    page = client.post("/organisation/new/", {**FORM, "name": "Mersey\0 Castings"})

    assert page.status_code == 400
    assert "Mersey Castings" in page.text
    assert "1 Dock Road" in page.text
    assert not Organisation.objects.exists()


@pytest.mark.parametrize("charset", ["utf-7", "unicode_escape", "utf-16", "none"])
def test_form_in_another_encoding_is_refused(client, charset):
    client.force_login(people.user(Role.APPLICANT))
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    body = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\n\\ud800\r\n--x--\r\n'

    page = client.generic("POST", "/organisation/new/?next=/cookies/", body, content_type=kind)

    assert page.status_code == 400


@pytest.mark.parametrize("charset", ["hex", "rot13", '"base64"', "utf-7", "x; a*=nothing'en'b"])
def test_encoding_that_django_cannot_read_a_query_in_is_a_plain_400(charset):
    answers = []
    environ = RequestFactory()._base_environ(
        QUERY_STRING="next=/cookies/", PATH_INFO="/cookies/", CONTENT_TYPE=f"text/plain; charset={charset}"
    )

    body = b"".join(application(environ, lambda status, headers: answers.append(status)))

    assert answers == ["400 Bad Request"]
    assert b"We could not read that" in body


def test_broken_utf_8_in_a_form_is_a_refusal_at_the_field(client):
    client.force_login(people.user(Role.APPLICANT))

    kind = "application/x-www-form-urlencoded"

    page = client.post("/organisation/new/", b"intent=k&name=Mersey%ff%ed%a0%80&kind=%ff", content_type=kind)

    assert page.status_code == 422
    assert "kind" in page.context["form"].errors


@pytest.mark.parametrize("name", ["session", "csrf", "messages"])
def test_cookie_with_nul_is_dropped(client, name):
    client.cookies[name] = "x"
    page = client.get("/organisation/", headers={"cookie": f'{name}="a\\000b"'})

    assert page.status_code == 302


def test_wrong_host_is_a_plain_400(client):
    page = client.get("/cookies/", headers={"host": "elsewhere.example"})

    assert page.status_code == 400
    assert "We could not read that" in page.text


def test_form_that_is_too_large_is_a_plain_413(client):
    client.force_login(people.user(Role.APPLICANT))

    page = client.post("/organisation/new/", {**FORM, "address": "x" * 3_000_000})

    assert page.status_code == 413
    assert "That is too large" in page.text


def test_expired_form_shows_back_what_was_typed_but_no_secrets():
    browser = Client(enforce_csrf_checks=True)

    page = browser.post("/account/login/", {"login": "ada@example.com", "password": "correct horse battery"})

    assert page.status_code == 403
    assert "This form has expired" in page.text
    assert "ada@example.com" in page.text
    assert "correct horse" not in page.text


def test_method_that_a_page_does_not_take_is_a_plain_405(client):
    page = client.post("/cookies/")

    assert page.status_code == 405
    assert page["Allow"] == "GET, HEAD, OPTIONS"
    assert "That cannot be done here" in page.text


@pytest.mark.parametrize("status", sorted(errors.WITH_PAGE))
def test_bare_refusal_gets_its_page(status):
    request = RequestFactory().get("/")

    page = PlainErrors(lambda request: HttpResponse(status=status))(request)

    assert page.status_code == status
    assert "<h1" in page.text


def test_refusal_that_says_something_itself_is_left_alone():
    request = RequestFactory().get("/")

    page = PlainErrors(lambda request: HttpResponse("own words", status=409))(request)

    assert page.text == "own words"


def test_api_answers_are_left_alone():
    request = RequestFactory().get("/api/v1/awards/")

    page = PlainErrors(lambda request: HttpResponseNotAllowed(["GET"]))(request)

    assert page.text == ""


@pytest.mark.urls("tests.test_errors")
def test_failure_of_ours_is_a_plain_500_with_a_reference(client):
    client.raise_request_exception = False
    client.force_login(people.user(Role.APPLICANT))

    page = client.get("/breaks/")

    assert page.status_code == 500
    assert "Sorry, there is a problem" in page.text
    assert 'class="launchpad-reference"' in page.text
    assert "a secret of ours" not in page.text


@pytest.mark.urls("tests.test_errors")
def test_a_database_that_dies_under_a_request_is_a_503_to_try_again(client):
    client.force_login(people.user(Role.APPLICANT))

    page = client.get("/loses/")

    assert page.status_code == 503
    assert page["Retry-After"] == "10"
