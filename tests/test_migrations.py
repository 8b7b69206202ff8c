"""What the migrations make of a database that is in use."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from launchpad import health

OURS = {"accounts", "applications", "funding"}


def squashed() -> dict[tuple[str, str], list[tuple[str, str]]]:
    """Each first migration of ours, with the earlier ones that it stands for."""
    found = MigrationLoader(None).disk_migrations
    return {
        key: migration.replaces for key, migration in found.items() if migration.replaces and key[0] in OURS
    }


def test_each_app_begins_with_one_migration_that_stands_for_the_earlier_ones():
    assert {app for app, _ in squashed()} == OURS
    assert all(earlier for earlier in squashed().values())


@pytest.mark.slow
def test_a_database_that_the_earlier_migrations_made_goes_on_as_it_is(empty_database):
    call_command("migrate", verbosity=0, skip_checks=True)
    recorder = MigrationRecorder(connection)
    for app, name in squashed():
        recorder.record_unapplied(app, name)
    for earlier in squashed().values():
        assert set(earlier) <= set(recorder.applied_migrations())

    call_command("migrate", verbosity=0, skip_checks=True)

    assert health.needed_migrations() <= set(recorder.applied_migrations())
