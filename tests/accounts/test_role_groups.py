"""Roles as groups with exactly the permissions of the table, and the first administrator."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command

from accounts import permissions, role_groups
from accounts.roles import OFFICE, Role
from tests.make import people

pytestmark = pytest.mark.django_db


def confirmed(user):
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    return user


def test_every_role_has_a_group_with_exactly_its_permissions():
    role_groups.sync()

    for role in Role:
        held = Permission.objects.filter(group__name=role).values_list("content_type__app_label", "codename")
        assert {".".join(pair) for pair in held} == permissions.GRANTED[role]


def test_a_second_run_changes_nothing_and_a_right_given_by_hand_is_taken_away():
    role_groups.sync()
    group = Group.objects.get(name=Role.ASSESSOR)
    group.permissions.add(Permission.objects.get(codename="change_award"))

    changed = role_groups.sync()

    assert changed == [Role.ASSESSOR]
    assert not group.permissions.filter(codename="change_award").exists()
    assert role_groups.sync() == []


def test_a_permission_that_does_not_exist_is_refused(monkeypatch):
    monkeypatch.setitem(permissions.GRANTED, Role.LEAD, frozenset({"funding.print_money"}))

    with pytest.raises(CommandError, match=r"no such permissions: funding\.print_money"):
        call_command("sync_roles")


def test_nobody_may_delete_and_the_auditor_may_only_look():
    granted = {role: permissions.GRANTED[role] for role in OFFICE}

    assert not [name for names in granted.values() for name in names if ".delete_" in name]
    assert all(".view_" in name for name in granted[Role.AUDITOR])


def test_the_administrator_has_no_say_over_money_or_marks():
    apps = {name.partition(".")[0] for name in permissions.GRANTED[Role.ADMINISTRATOR]}

    assert apps == {"accounts", "auth"}


def test_the_first_administrator_is_appointed_once():
    role_groups.sync()
    first, second = confirmed(people.user()), confirmed(people.user())

    call_command("appoint", first.email.upper())
    with pytest.raises(CommandError, match="There is an administrator already"):
        call_command("appoint", second.email)

    assert first.groups.filter(name=Role.ADMINISTRATOR).exists()
    assert not second.groups.filter(name=Role.ADMINISTRATOR).exists()


def test_only_a_confirmed_person_can_be_appointed():
    role_groups.sync()
    unconfirmed = people.user()
    EmailAddress.objects.filter(user=unconfirmed).delete()

    with pytest.raises(CommandError, match="has not been confirmed"):
        call_command("appoint", unconfirmed.email)
    with pytest.raises(CommandError, match="Nobody has signed up"):
        call_command("appoint", "nobody@example.com")
