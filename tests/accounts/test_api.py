"""What holds for every address of the API: who is let in, and how it refuses."""

import pytest
from django.test import Client

from accounts import tokens
from accounts.roles import Role
from tests.make import organisations, people
from tests.make.api import Asking
from tests.make.times import NOON

pytestmark = pytest.mark.django_db


def test_me_says_who_the_token_stands_for():
    organisation = organisations.organisation(name="Mersey Gears Ltd", company_number="01234567")
    organisations.organisation(name="Another Ltd")
    person = people.member(organisation, True, Role.APPLICANT, Role.ASSESSOR, email="ann@example.com")

    answer = Asking(person).get("me/")

    assert answer.json() == {
        "email": "ann@example.com",
        "name": person.name,
        "roles": ["applicant", "assessor"],
        "holdings": [{"role": "applicant", "region": None}, {"role": "assessor", "region": None}],
        "organisations": [{"name": "Mersey Gears Ltd", "company_number": "01234567", "may_edit": True}],
    }


@pytest.mark.parametrize("address", ["me/", "applications/", "awards/", "budgets/", "applications/LP-1/"])
def test_without_a_token_the_way_in_is_named(address):
    answer = Asking().get(address)

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'
    assert answer.json()["errors"][0]["code"] == "not_authenticated"


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer a b", "Bearer launchpad_wrong", "Bearer \xff", "bearer x"]
)
def test_a_token_that_is_none_is_refused_even_where_none_is_needed(header):
    client = Client(headers={"authorization": header})

    assert client.get("/api/v1/competitions/").status_code == 401


def test_another_scheme_is_nobody():
    client = Client(headers={"authorization": "Basic YTpi"})

    assert client.get("/api/v1/competitions/").status_code == 200
    assert client.get("/api/v1/me/").status_code == 401


def test_a_person_signed_in_to_the_pages_may_ask_too():
    client = Client()
    client.force_login(people.user(Role.APPLICANT))

    assert client.get("/api/v1/me/").status_code == 200


@pytest.mark.parametrize("stop", ["revoke", "shut out"])
def test_a_token_works_until_it_is_stopped(stop):
    person = people.user(Role.APPLICANT)
    asking = Asking(person)
    assert asking.get("me/").status_code == 200

    if stop == "revoke":
        tokens.revoke(person, "test", at=NOON)
    else:
        person.is_active = False
        person.save()

    assert asking.get("me/").status_code == 401


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("address", ["me/", "competitions/", "applications/", "awards/", "budgets/"])
def test_nothing_can_be_changed(method, address):
    asking = Asking(people.manager())

    answer = getattr(asking.client, method)(f"/api/v1/{address}", b"\xff\0", content_type="application/json")

    assert answer.status_code == 405
    assert answer.json()["errors"][0]["code"] == "method_not_allowed"


@pytest.mark.parametrize(
    "address", ["", "v1/nowhere/", "v1/competitions/a%00b/", "v1/competitions/%ff/", "v2/", "v1/awards/x/"]
)
def test_what_is_no_address_is_said_in_data(address):
    answer = Client().get(f"/api/{address}")

    assert answer.status_code in (400, 404)
    assert answer["Content-Type"] == "application/json"
    assert answer.json()["errors"]


def test_me_takes_no_parameters():
    assert Asking(people.user()).faults("me/", page="1") == {
        "page": "There is no such parameter here. There are none."
    }
