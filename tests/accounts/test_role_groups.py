"""Roles as groups with exactly the permissions of the table."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command

from accounts import permissions, role_groups
from accounts.roles import OFFICE, Role

pytestmark = pytest.mark.django_db


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
