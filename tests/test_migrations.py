"""What the migrations make of a database that is in use."""

import pytest
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection

from accounts.models import Holding, Region, User
from accounts.roles import Role
from applications.models import Area
from funding.models import Budget


def migrate(*target: str) -> None:
    call_command("migrate", *target, verbosity=0, skip_checks=True)


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.slow
def test_regions_move_to_accounts_with_all_that_points_to_them(empty_database):
    migrate("applications", "0001")
    migrate("funding", "0002")
    run("""
        INSERT INTO applications_region (code, name, ons_code, theme)
            VALUES ('TV', 'Tees Valley', 'E47', 'hydrogen');
        INSERT INTO applications_area (code, name, is_core, region_id)
            SELECT 'E1', 'Hartlepool', true, id FROM applications_region;
        INSERT INTO funding_budget
            (code, name, kind, region_id, ceiling, available, reserved, committed, paid)
            SELECT 'TV', 'Tees Valley', 'region', id, 5, 5, 0, 0, 0 FROM applications_region;
    """)
    permissions = set(ContentType.objects.get(model="region").permission_set.values_list("pk", flat=True))

    migrate()

    region = Region.objects.get()
    assert (region.code, Area.objects.get().region, Budget.objects.get().region) == ("TV", region, region)
    moved = ContentType.objects.get(model="region")
    assert moved.app_label == "accounts"
    assert set(moved.permission_set.values_list("pk", flat=True)) == permissions
    assert Region.objects.create(code="LCR", name="Liverpool City Region").pk > region.pk

    migrate("accounts", "0001")
    run(
        "INSERT INTO applications_region (code, name, ons_code, theme) VALUES ('NE', 'North East', 'E4', 'x')"
    )
    assert ContentType.objects.get(model="region").app_label == "applications"


@pytest.mark.slow
def test_who_held_a_role_holds_it_for_the_programme_and_going_back_widens_none(empty_database):
    migrate("accounts", "0008")
    run("""
        INSERT INTO auth_group (name) VALUES ('auditor'), ('fund manager');
        INSERT INTO accounts_user (email, password, name, is_active, is_superuser, joined_at)
            VALUES ('ann@example.com', '', 'Ann', true, false, now());
        INSERT INTO accounts_user_groups (user_id, group_id)
            SELECT person.id, role.id FROM accounts_user AS person, auth_group AS role
            WHERE role.name = 'auditor';
    """)

    migrate()

    person = User.objects.get()
    assert (person.roles_in(None), person.roles) == ({Role.AUDITOR}, {Role.AUDITOR})

    region = Region.objects.create(code="TV", name="Tees Valley")
    Holding.objects.create(person=person, group=Group.objects.get(name=Role.FUNDS), region=region)
    migrate("accounts", "0008")

    assert held_before() == ["auditor"]


def held_before() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM auth_group JOIN accounts_user_groups ON group_id = auth_group.id")
        return [name for (name,) in cursor.fetchall()]
