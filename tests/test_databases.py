import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder


def name_of_database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_the_test_database_is_migrated_and_has_the_cache_table():
    tables = connection.introspection.table_names()

    assert "cache" in tables
    assert ("accounts", "0001_initial") in MigrationRecorder(connection).applied_migrations()


def test_a_committed_database_is_one_of_its_own_for_this_process_and_others(committed_database):
    question = "from django.db import connection as c; c.ensure_connection(); print(c.settings_dict['NAME'])"

    other = committed_database.manage("shell", "--no-imports", "-c", question)

    assert name_of_database() == committed_database.name
    assert other.strip() == committed_database.name


@pytest.mark.django_db
def test_a_page_waits_for_no_lock_longer_than_three_seconds_and_no_statement_longer_than_ten():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout'), current_setting('statement_timeout')")
        limits = cursor.fetchone()

    assert limits == ("3s", "10s")
