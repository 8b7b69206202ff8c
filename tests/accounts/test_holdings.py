"""Roles held for the programme or for a region, and what they reach."""

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts import role_groups
from accounts.backends import EmailBackend
from accounts.models import Holding, Region, User, in_regions_of
from accounts.roles import WHOLE_PROGRAMME, Role
from tests.make import people
from tests.make.competitions import region

pytestmark = pytest.mark.django_db


@pytest.fixture
def lcr() -> Region:
    return region()


@pytest.fixture
def tv() -> Region:
    return region("TV", "Tees Valley")


def test_a_role_is_held_for_the_programme_or_for_one_region(lcr, tv):
    person = people.user(Role.AUDITOR)
    people.give(person, Role.MANAGER, tv)

    assert person.roles == {Role.AUDITOR, Role.MANAGER}
    assert person.roles_in(tv.pk) == {Role.AUDITOR, Role.MANAGER}
    assert person.roles_in(lcr.pk) == person.roles_in(None) == {Role.AUDITOR}


def test_what_is_about_several_regions_needs_the_role_in_each(lcr, tv):
    person = people.user(Role.FUNDS, region=lcr)
    people.give(person, Role.MANAGER, lcr)
    people.give(person, Role.MANAGER, tv)

    assert person.roles_in_all([lcr.pk, tv.pk]) == {Role.MANAGER}
    assert person.roles_in_all([lcr.pk]) == {Role.FUNDS, Role.MANAGER}
    assert person.roles_in_all([]) == set()


def test_which_rows_a_role_reaches(lcr, tv):
    regions = Region.objects.order_by("code")

    def reached(person):
        return list(regions.filter(in_regions_of(person, {Role.MANAGER}, "pk")))

    assert reached(people.manager()) == [lcr, tv]
    assert reached(people.user(Role.MANAGER, region=tv)) == [tv]
    assert reached(people.user(Role.FUNDS)) == []


def test_every_row_is_every_row_beside_another_condition(lcr, tv):
    everywhere = in_regions_of(people.manager(), {Role.MANAGER}, "pk")
    nowhere = in_regions_of(people.user(), {Role.MANAGER}, "pk")

    assert Region.objects.filter(everywhere | nowhere).count() == 2
    assert list(Region.objects.filter(nowhere | in_regions_of(people.user(), {Role.FUNDS}, "pk"))) == []
    assert list(Region.objects.filter(~everywhere)) == []


def test_permissions_follow_a_role_held_for_one_region(tv):
    role_groups.sync()
    person = User.objects.get(pk=people.user(Role.MANAGER, region=tv).pk)

    assert person.has_perm("applications.view_application")
    assert not person.has_perm("funding.change_budget")


def test_a_group_is_added_for_the_whole_programme():
    person = people.user()

    person.groups.add(Group.objects.get_or_create(name=Role.ASSESSOR)[0])

    assert person.roles_in(None) == {Role.ASSESSOR}


@pytest.mark.parametrize("is_regional", [True, False])
def test_a_role_is_held_once_in_one_place(tv, is_regional):
    place = tv if is_regional else None
    person = people.user(Role.MANAGER, region=place)

    with pytest.raises(IntegrityError, match="role_is_held_once"), transaction.atomic():
        people.give(person, Role.MANAGER, place)


@pytest.mark.parametrize("role", sorted(WHOLE_PROGRAMME))
def test_the_database_refuses_for_a_region_what_is_held_for_the_programme(tv, role):
    person = people.user(role)

    with pytest.raises(IntegrityError, match="held for the whole programme"), transaction.atomic():
        people.give(people.user(), role, tv)
    with pytest.raises(IntegrityError, match="held for the whole programme"), transaction.atomic():
        Holding.objects.filter(person=person).update(region=tv)


def test_a_request_asks_once_for_the_roles_however_many(lcr, tv):
    person = people.user(Role.AUDITOR, Role.FUNDS)
    people.give(person, Role.MANAGER, lcr)
    people.give(person, Role.MANAGER, tv)

    with CaptureQueriesContext(connection) as queries:
        signed_in = EmailBackend().get_user(person.pk)
        words = [held.in_words for held in signed_in.held]
        asked = signed_in.roles, signed_in.roles_in(lcr.pk), signed_in.roles_in_all([lcr.pk, tv.pk])

    assert len(queries) == 2
    assert set(asked) == {person.roles}
    assert words == [
        "auditor",
        "competition manager (Liverpool City Region)",
        "competition manager (Tees Valley)",
        "fund manager",
    ]


def test_people_who_hold_a_role_are_found_by_region(lcr, tv):
    everywhere, there = people.assessor(), people.user(Role.ASSESSOR, region=tv)
    people.give(there, Role.ASSESSOR, lcr)
    elsewhere = people.user(Role.ASSESSOR, region=lcr)

    assert set(User.objects.holding(Role.ASSESSOR)) == {everywhere, there, elsewhere}
    assert User.objects.holding(Role.ASSESSOR).count() == 3
    assert set(User.objects.holding(Role.ASSESSOR, {tv.pk})) == {everywhere, there}


def test_a_regions_auditor_sees_the_people_of_that_region(lcr, tv):
    there, elsewhere = people.user(Role.FUNDS, region=tv), people.user(Role.FUNDS, region=lcr)
    auditor = people.user(Role.AUDITOR, region=tv)

    assert set(User.objects.visible_to(auditor)) == {auditor, there}
    assert {there, elsewhere} < set(User.objects.visible_to(people.user(Role.AUDITOR)))
