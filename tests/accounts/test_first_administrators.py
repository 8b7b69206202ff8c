"""The first two administrators, appointed on the server and never a third."""

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command

from accounts import appointments, composing, role_groups
from accounts.models import Notification, RoleChange, User
from accounts.roles import Appointment, Role
from tests.make import people
from tests.make.times import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def groups():
    role_groups.sync()


def confirmed(**fields) -> User:
    person = people.user(**fields)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def administrators() -> set[User]:
    return set(User.objects.holding(Role.ADMINISTRATOR))


def test_the_first_and_the_second_are_appointed_and_nobody_more(capsys):
    first, second, third = (confirmed() for _ in range(3))

    call_command("appoint", first.email.upper())
    assert "--second" in capsys.readouterr().out
    with pytest.raises(CommandError, match="A change of roles takes two"):
        call_command("appoint", second.email)
    call_command("appoint", second.email, "--second")
    for options in ([], ["--second"]):
        with pytest.raises(CommandError, match="There are administrators already"):
            call_command("appoint", third.email, *options)

    assert administrators() == {first, second}


def test_the_second_is_another_person_and_comes_after_the_first():
    first = confirmed()

    with pytest.raises(CommandError, match="There is no administrator yet"):
        call_command("appoint", first.email, "--second")
    call_command("appoint", first.email)
    with pytest.raises(CommandError, match="Name another person"):
        call_command("appoint", first.email, "--second")

    assert administrators() == {first}


def test_one_who_may_not_sign_in_does_not_count():
    first, second = confirmed(), confirmed()
    call_command("appoint", first.email)
    call_command("appoint", second.email, "--second")
    appointments.stop(second, "Left the office.", by=first, at=NOON)

    call_command("appoint", confirmed().email, "--second")

    assert len(administrators()) == 2
    assert second not in administrators()


def test_only_a_confirmed_person_can_be_appointed():
    unconfirmed = people.user()

    with pytest.raises(CommandError, match="has not been confirmed"):
        call_command("appoint", unconfirmed.email)
    with pytest.raises(CommandError, match="Nobody has signed up"):
        call_command("appoint", "nobody@example.com")


def test_the_person_is_told_and_a_row_is_kept():
    person = confirmed()

    call_command("appoint", person.email)

    change = RoleChange.objects.get()
    assert (change.asked_by, change.decided_by) == (None, None)
    assert change.held_after == {Appointment(Role.ADMINISTRATOR)}
    assert "administrator" in composing.email(Notification.objects.get(recipient=person)).body


def test_what_waited_for_somebody_appointed_meanwhile_is_not_confirmed_any_more():
    first, second, third = confirmed(), confirmed(), confirmed()
    call_command("appoint", first.email)
    asked = appointments.ask(
        second, [Appointment(Role.LEAD)], may_sign_in=True, reason="Scope.", by=first, at=NOON
    )
    call_command("appoint", second.email, "--second")
    people.give(third, Role.ADMINISTRATOR)

    with pytest.raises(appointments.RolesChanged):
        appointments.confirm(asked, by=third, at=NOON)

    assert second in administrators()
