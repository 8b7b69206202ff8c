import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from launchpad import grants


def name_of_database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_the_test_database_is_migrated_and_has_the_cache_table():
    tables = connection.introspection.table_names()

    assert "cache" in tables
    applied = MigrationRecorder(connection).applied_migrations()
    assert ("accounts", "0001_squashed_0025_email_changes") in applied


def test_a_committed_database_is_one_of_its_own_for_this_process_and_others(committed_database):
    question = "from django.db import connection as c; c.ensure_connection(); print(c.settings_dict['NAME'])"

    other = committed_database.manage("shell", "--no-imports", "-c", question)

    assert name_of_database() == committed_database.name
    assert other.strip() == committed_database.name


@pytest.mark.django_db
def test_a_page_waits_no_longer_than_the_limits_of_its_role():
    with connection.cursor() as cursor:
        found = {}
        for name in grants.LIMITS:
            cursor.execute("SELECT current_setting(%s)", [name])
            [found[name]] = cursor.fetchone()

    assert found == {
        "statement_timeout": "10s",
        "lock_timeout": "3s",
        "idle_in_transaction_session_timeout": "1min",
    }
