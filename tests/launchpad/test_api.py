"""The schema of the API and the page that explains it."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from launchpad.api_docs import operations

pytestmark = pytest.mark.django_db


def test_the_schema_is_made_without_a_warning(capfd):
    written = StringIO()

    call_command("spectacular", "--validate", "--fail-on-warn", stdout=written)

    assert "/api/v1/competitions/{code}/" in written.getvalue()


def test_the_schema_is_served_to_everybody():
    client = Client()

    as_json, as_yaml = client.get("/api/schema/?format=json"), client.get("/api/schema/")

    assert as_json.json()["openapi"].startswith("3.")
    assert as_yaml.content.startswith(b"openapi: 3.")
    assert client.get("/api/schema/?format=nonsense").status_code == 404


def test_every_operation_says_how_it_refuses():
    schema = Client().get("/api/schema/?format=json").json()

    answers = {
        (method, path): set(operation["responses"])
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    }

    assert answers
    for (method, path), codes in answers.items():
        # Of oneself, and of what is made anew, there is no row or page that might be missing.
        names_none = path == "/api/v1/me/" or (method, path) == ("post", "/api/v1/reports/")
        one = set() if names_none else {"404"}
        acting = {"403", "409", "415", "422"} if method == "post" else set()
        assert codes == {"200", "400", "401"} | one | acting, path


def test_whatever_acts_asks_for_a_key_in_the_schema():
    schema = Client().get("/api/schema/?format=json").json()

    acting = {path: methods["post"] for path, methods in schema["paths"].items() if "post" in methods}
    assert {path.rsplit("/", 2)[1] for path in acting} == {
        "submit",
        "offer",
        "accept",
        "decline",
        "withdraw",
        "cancel",
        "reports",
        "approve",
        "refuse",
        "conclude",
        "decide",
        "take-back",
        "release",
        "recall",
    }
    assert {method for methods in schema["paths"].values() for method in methods} == {"get", "post"}
    for operation in acting.values():
        assert [p["required"] for p in operation["parameters"] if p["name"] == "Idempotency-Key"] == [True]


def test_the_page_tells_every_operation_with_its_parameters_and_fields():
    page = Client().get("/api/docs/")

    text = page.content.decode()
    assert page.status_code == 200
    assert len(operations()) == 31
    assert all(operation.path in text and operation.fields for operation in operations())
    assert "submitted_before" in text
    assert "decimal as text" in text
    assert "<style" not in text and "style=" not in text


def test_the_root_lists_the_lists():
    answer = Client().get("/api/v1/")

    assert set(answer.json()) == {
        "competitions",
        "applications",
        "allocations",
        "awards",
        "offers",
        "reports",
        "information-requests",
        "budgets",
    }


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("get", "/api/docs/nowhere/", 404),
        ("get", "/api/docs/%00", 404),
        ("get", "/api/docs/?q=%00", 400),
        ("post", "/api/docs/", 405),
        ("delete", "/api/docs/", 405),
    ],
)
def test_what_goes_wrong_beside_the_page_is_a_page(method, address, status):
    answer = getattr(Client(), method)(address)

    assert answer.status_code == status
    assert answer["Content-Type"].startswith("text/html")
    assert '<h1 class="govuk-heading-l">' in answer.content.decode()


def test_the_pages_address_without_its_slash_leads_to_it():
    assert Client().get("/api/docs")["Location"] == "/api/docs/"


@pytest.mark.parametrize("address", ["/api/docsx/", "/api/v1/docs/", "/api/v1/docs/nowhere/", "/api/"])
def test_only_the_page_is_for_people(address):
    answer = Client().get(address)

    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/json"
