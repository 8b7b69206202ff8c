"""Buttons that the database would not let wait any longer: a plain word, and nothing half done."""

from contextlib import closing

import psycopg2
import pytest
from django.db import OperationalError, connection
from django.urls import reverse

from accounts.models import Notification
from accounts.roles import Role
from applications.models import Application
from applications.workflow import Status
from funding.admin import waits
from funding.models import Allocation, AllocationState, Award
from tests.make import budgets, people

pytestmark = pytest.mark.slow

BUDGETS = "SELECT FROM funding_budget FOR UPDATE"
COMPETITIONS = "SELECT FROM applications_competition FOR UPDATE"
ALLOCATIONS = "SELECT FROM funding_allocation FOR UPDATE"


@pytest.fixture
def round_(committed_database):
    competition = budgets.funded_competition()
    budgets.assessed(competition, 9)
    budgets.assessed(competition, 5)
    return competition


class Elsewhere:
    """Somebody in another session who holds rows."""

    def __init__(self, database):
        self.connection = psycopg2.connect(database.url)

    def hold(self, query: str) -> None:
        self.connection.cursor().execute(query)

    def let_go(self) -> None:
        self.connection.rollback()


@pytest.fixture
def elsewhere(committed_database):
    made = Elsewhere(committed_database)
    with closing(made.connection):
        yield made


@pytest.fixture(params=["lock_timeout", "statement_timeout"])
def impatient(request, committed_database):
    """The web's own limits, made short."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 0; SET statement_timeout = 0")
        cursor.execute(f"SET {request.param} = '400ms'")


#: The key of the form, the same at each press.
FORM = {"intent": "0b8d0b5c-6f2e-4f0e-8f0c-6a1d5a3f7f11"}


def press(client, person, verb: str, allocation: Allocation, **fields):
    client.force_login(person)
    return client.post(reverse(f"admin:funding_allocation_{verb}", args=[allocation.pk]), {**FORM, **fields})


def assert_asks_to_try_again(answer) -> None:
    assert answer.status_code == 503
    assert answer["Retry-After"] == "10"
    assert waits.TRY_AGAIN in answer.content.decode()


def test_an_approval_kept_waiting_changes_nothing_and_can_be_made_again(client, round_, elsewhere, impatient):
    allocation, approver = budgets.proposed(round_), budgets.approver()
    elsewhere.hold(BUDGETS)

    assert_asks_to_try_again(press(client, approver, "approve", allocation))

    assert not Award.objects.exists()
    assert Allocation.objects.get().state == AllocationState.PROPOSED
    assert set(Application.objects.values_list("status", flat=True)) == {Status.IN_ASSESSMENT}
    elsewhere.let_go()
    assert press(client, approver, "approve", allocation).status_code == 302
    assert Award.objects.count() == 1


def test_a_proposal_kept_waiting_can_be_made_again(client, round_, elsewhere, impatient):
    client.force_login(people.user(Role.FUNDS))
    address = reverse("admin:funding_allocation_propose", args=[round_.code])
    elsewhere.hold(COMPETITIONS)

    assert_asks_to_try_again(client.post(address, FORM))

    assert not Allocation.objects.exists()
    elsewhere.let_go()
    assert client.post(address, FORM).status_code == 302


def test_a_refusal_kept_waiting_keeps_its_reason(client, round_, elsewhere, impatient):
    allocation = budgets.proposed(round_)
    elsewhere.hold(ALLOCATIONS)

    answer = press(client, budgets.approver(), "refuse", allocation, reason="Two scores look mistaken.")

    assert_asks_to_try_again(answer)
    assert "Two scores look mistaken.</textarea>" in answer.content.decode()


def test_a_release_kept_waiting_tells_nobody(client, round_, elsewhere, impatient):
    allocation, manager = budgets.approved(round_), people.user(Role.FUNDS)
    elsewhere.hold(ALLOCATIONS)

    assert_asks_to_try_again(press(client, manager, "release", allocation))

    assert not Notification.objects.filter(kind__startswith="application_").exists()
    elsewhere.let_go()
    assert press(client, manager, "release", allocation).status_code == 302


def test_another_failure_of_the_database_is_not_taken_for_waiting():
    with pytest.raises(OperationalError), waits.in_time():
        raise OperationalError("the server closed the connection")
