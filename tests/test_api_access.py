"""Every address of the API, asked without a token, with a wrong one, and with one of the wrong person."""

import pytest
from django.test import Client

from accounts.roles import Role
from launchpad.access import ROUTES
from tests import access
from tests.make import applications, people
from tests.make.api import Asking
from tests.test_access import CLOSED, values, world  # noqa: F401 - its rows

pytestmark = pytest.mark.django_db

OF_SYSTEMS = [route for route in CLOSED if route.key.startswith(("api:", "health_"))]
WRONG = {"authorization": "Bearer no-token-of-ours"}


@pytest.mark.parametrize("headers", [{}, WRONG], ids=["no token", "a wrong token"])
def test_without_a_token_it_says_so_and_which_is_asked_for(world, headers):  # noqa: F811
    client = Client(headers=headers)

    for route in OF_SYSTEMS:
        for method in access.METHODS:
            answer = getattr(client, method)(route.address(values(route, world)))

            assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="api"'), route.key


@pytest.mark.parametrize("role", sorted(Role))
def test_with_a_token_and_no_right_it_is_refused_and_asks_for_no_other(world, role):  # noqa: F811
    person = applications.stranger() if role == Role.APPLICANT else people.user(role)
    client = Asking(person).client
    closed = [route for route in OF_SYSTEMS if role not in ROUTES[route.key].roles]

    assert closed
    for route in closed:
        answers = [getattr(client, method)(route.address(values(route, world))) for method in access.METHODS]

        assert {answer.status_code for answer in answers} <= {403, 404, 405}, route.key
        assert {answer.status_code for answer in answers} != {405}, route.key
        assert not any(answer.has_header("WWW-Authenticate") for answer in answers), route.key


def test_anothers_row_is_not_there_for_a_token_of_a_stranger(world):  # noqa: F811
    client = Asking(applications.stranger()).client

    for key in ("api:application-detail", "api:award-detail"):
        [route] = [route for route in OF_SYSTEMS if route.key == key]
        answer = client.get(route.address(values(route, world)))

        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (404, "not_found"), key
