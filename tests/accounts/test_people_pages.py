"""The people in the office: their roles, what waits, and the two steps of a change."""

import pytest
from django.urls import reverse

from accounts import appointments
from accounts.models import ChangeState, RoleChange, User
from accounts.roles import Appointment, Role
from tests.make import people
from tests.make.competitions import region
from tests.make.office import sign_in
from tests.make.times import NOON

pytestmark = pytest.mark.django_db

ASKED = {"held": ["competition manager:TV", "auditor:"], "may_sign_in": "on", "reason": "Joins the team."}


@pytest.fixture(autouse=True)
def tv():
    return region("TV", "Tees Valley")


@pytest.fixture
def asker() -> User:
    return people.user(Role.ADMINISTRATOR, name="Ada Asker")


@pytest.fixture
def second() -> User:
    return people.user(Role.ADMINISTRATOR, name="Sam Second")


def address(person, verb: str = "change", *more) -> str:
    return reverse(f"admin:accounts_user_{verb}", args=[person.pk, *more])


def held(person) -> set[str]:
    return {one.appointment.in_brief for one in User.objects.get(pk=person.pk).held}


def test_one_asks_and_another_confirms(asker, second):
    person = people.user(Role.LEAD, name="Pat Person")
    asking, confirming = sign_in(asker), sign_in(second)

    asked = asking.post(address(person, "ask"), ASKED, follow=True)
    change = RoleChange.objects.get()
    own = asking.post(address(person, "confirm", change.pk))
    page = confirming.get(address(person))
    confirmed = confirming.post(address(person, "confirm", change.pk), follow=True)

    assert "Nothing changes before another administrator confirms it" in asked.text
    assert "You asked for this, so another administrator has to confirm it" in asked.text
    assert own.status_code == 409
    assert "Confirm the change" in page.text
    assert "Take the change back" not in page.text
    assert "The change has taken effect. Pat Person is told by email." in confirmed.text
    assert held(person) == {"competition manager in TV", "auditor"}


def test_the_list_shows_what_waits_and_where_roles_are_held(asker, second, tv):
    people.user(Role.MANAGER, region=tv, name="Tia Teesdale")
    person = people.user(name="Pat Person")
    appointments.ask(
        person, [Appointment(Role.FUNDS)], may_sign_in=True, reason="Covers June.", by=asker, at=NOON
    )

    page = sign_in(second).get(reverse("admin:accounts_user_changelist")).text

    assert "competition manager (Tees Valley)" in page
    assert "Covers June." in page
    assert "Asked for by Ada Asker" in page


def test_a_change_is_refused_with_a_reason_or_taken_back(asker, second):
    person = people.user(name="Pat Person")
    asking, other = sign_in(asker), sign_in(second)
    asking.post(address(person, "ask"), ASKED)
    change = RoleChange.objects.get()

    without = other.post(address(person, "refuse", change.pk), {"refuse-reason": " "})
    refused = other.post(address(person, "refuse", change.pk), {"refuse-reason": "Not agreed."}, follow=True)
    again = other.post(address(person, "confirm", change.pk), follow=True)
    asking.post(address(person, "ask"), ASKED)
    taken = asking.post(address(person, "take_back", RoleChange.objects.latest("pk").pk), follow=True)

    assert (without.status_code, "Say why" in without.text) == (422, True)
    assert "Not agreed." in refused.text
    assert "Already refused by Sam Second" in again.text
    assert "The change has been taken back." in taken.text
    assert held(person) == set()


def test_a_refused_form_keeps_all_that_was_entered(asker, second):
    person = people.user(Role.LEAD)

    page = sign_in(asker).post(address(person, "ask"), {**ASKED, "reason": ""})

    assert page.status_code == 422
    assert '<input type="checkbox" name="held" value="competition manager:TV" checked>' in page.text
    assert '<input type="checkbox" name="held" value="innovation lead:">' in page.text
    assert "<title>Error:" in page.text


@pytest.mark.parametrize("held_", ["competition manager:NOWHERE", "administrator:TV", "king:", ""])
def test_a_role_that_is_not_offered_is_a_fault_of_the_form(asker, held_):
    page = sign_in(asker).post(address(people.user(), "ask"), {**ASKED, "held": [held_]})

    assert page.status_code == 422
    assert "Select a valid choice" in page.text
    assert not RoleChange.objects.exists()


def test_stopping_somebody_takes_one(asker, second):
    person = people.user(Role.FUNDS, name="Pat Person")

    page = sign_in(asker).post(address(person, "stop"), {"stop-reason": "A stolen laptop."}, follow=True)

    assert "Pat Person cannot sign in any more, from now on." in page.text
    assert "May not sign in" in page.text
    assert RoleChange.objects.get().state == ChangeState.STOPPED


def test_who_is_alone_is_told_what_to_do(asker):
    page = sign_in(asker).get(address(people.user())).text

    assert "There is no other administrator who could confirm." in page
    assert "manage.py appoint EMAIL --second" in page


def test_ones_own_page_has_no_buttons(asker, second):
    browser = sign_in(asker)

    page = browser.get(address(asker))
    sent = browser.post(address(asker, "ask"), ASKED)
    stopped = browser.post(address(asker, "stop"), {"stop-reason": "x"})

    assert "Nobody changes their own roles." in page.text
    assert "Ask for this change" not in page.text
    assert (sent.status_code, stopped.status_code) == (409, 409)
    assert not RoleChange.objects.exists()


def test_a_change_is_found_under_its_own_person_alone(asker, second):
    person, other = people.user(), people.user()
    sign_in(asker).post(address(person, "ask"), ASKED)
    change = RoleChange.objects.get()

    answer = sign_in(second).post(address(other, "confirm", change.pk))

    assert answer.status_code == 404
    assert held(person) == set()


def test_an_auditor_reads_the_page_and_changes_nothing(asker, second):
    person = people.user(name="Pat Person")
    auditor = sign_in(people.user(Role.AUDITOR))
    sign_in(asker).post(address(person, "ask"), ASKED)

    page = auditor.get(address(person))
    sent = auditor.post(address(person, "confirm", RoleChange.objects.get().pk))

    assert "A change that waits for a second administrator" in page.text
    assert "Confirm the change" not in page.text
    assert sent.status_code == 403


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_nobody_else_changes_a_person(role):
    person = people.user(Role.APPLICANT)

    answer = sign_in(people.user(role)).post(address(person, "ask"), ASKED)

    assert answer.status_code in (302, 403, 404)
    assert held(person) == {"applicant"}


def test_a_form_sent_twice_asks_once(asker, second):
    person = people.user()
    browser = sign_in(asker)
    intent = {"intent": "a" * 32}

    answers = [browser.post(address(person, "ask"), {**ASKED, **intent}) for _ in range(2)]

    assert {answer.status_code for answer in answers} == {302}
    assert RoleChange.objects.count() == 1
