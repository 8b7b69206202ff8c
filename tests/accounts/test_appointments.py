import pytest
from django.urls import reverse

from accounts import appointments, role_groups
from accounts.roles import Role
from tests.make import people
from tests.make.office import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def groups():
    role_groups.sync()


def test_an_administrator_gives_and_takes_roles():
    person = people.user(Role.APPLICANT)

    appointments.appoint(
        person, {Role.ASSESSOR, Role.LEAD}, is_active=True, by=people.user(Role.ADMINISTRATOR)
    )

    person.refresh_from_db()
    assert person.roles == {Role.ASSESSOR, Role.LEAD}


def test_nobody_gives_a_role_to_themself():
    administrator = people.user(Role.ADMINISTRATOR)

    with pytest.raises(appointments.OwnRoles):
        appointments.appoint(
            administrator, {Role.ADMINISTRATOR, Role.FUNDS}, is_active=True, by=administrator
        )

    assert administrator.roles == {Role.ADMINISTRATOR}


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_only_an_administrator_changes_roles(role):
    with pytest.raises(appointments.NotAnAdministrator):
        appointments.appoint(people.user(), {Role.ASSESSOR}, is_active=True, by=people.user(role))


def test_of_two_administrators_who_take_each_others_role_one_stays():
    first, second = people.user(Role.ADMINISTRATOR), people.user(Role.ADMINISTRATOR)
    appointments.appoint(second, set(), is_active=True, by=first)

    with pytest.raises(appointments.NotAnAdministrator):
        appointments.appoint(first, set(), is_active=True, by=second)


def person_address(person) -> str:
    return reverse("admin:accounts_user_change", args=[person.pk])


class TestPage:
    def test_roles_are_ticked_on_the_persons_page(self):
        person = people.user(Role.APPLICANT)
        browser = sign_in(people.user(Role.ADMINISTRATOR))

        browser.post(person_address(person), {"is_active": "on", "roles_held": [Role.ASSESSOR, Role.FUNDS]})

        person.refresh_from_db()
        assert person.roles == {Role.ASSESSOR, Role.FUNDS}
        assert person.is_active

    def test_nothing_but_roles_and_signing_in_is_changed(self):
        person = people.user(Role.ASSESSOR, email="kept@example.com", name="Kept")
        browser = sign_in(people.user(Role.ADMINISTRATOR))

        browser.post(
            person_address(person),
            {"email": "other@example.com", "name": "Other", "is_superuser": "on", "password": "x"},
        )

        person.refresh_from_db()
        assert (person.email, person.name, person.is_superuser) == ("kept@example.com", "Kept", False)
        assert (person.roles, person.is_active) == (set(), False)

    def test_ones_own_page_is_read_only(self):
        administrator = people.user(Role.ADMINISTRATOR)
        browser = sign_in(administrator)

        page = browser.get(person_address(administrator))
        answer = browser.post(person_address(administrator), {"is_active": "on", "roles_held": [Role.FUNDS]})

        assert page.status_code == 200
        assert answer.status_code == 403
        administrator.refresh_from_db()
        assert administrator.roles == {Role.ADMINISTRATOR}

    @pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
    def test_nobody_else_changes_a_person(self, role):
        person = people.user(Role.APPLICANT)

        answer = sign_in(people.user(role)).post(
            person_address(person), {"is_active": "on", "roles_held": [Role.FUNDS]}
        )

        person.refresh_from_db()
        assert answer.status_code in (302, 403, 404)
        assert person.roles == {Role.APPLICANT}
