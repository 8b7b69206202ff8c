"""The role that serves: what it may do, what it may not, and that preparing puts that right."""

from contextlib import closing

import psycopg2
import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction

from accounts.models import AppendOnly
from launchpad import grants
from launchpad.postgres import OWNER, RUNTIME, SUPERUSER
from tests import databases
from tests.databases import as_owner

EVERY_RIGHT = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
SHAPES = [
    "CREATE TABLE fresh (id int)",
    "CREATE TEMPORARY TABLE fresh (id int)",
    "CREATE VIEW fresh AS SELECT 1",
    "CREATE FUNCTION fresh() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE SCHEMA fresh",
    "ALTER TABLE funding_budget ADD COLUMN fresh int",
    "ALTER TABLE funding_budget DROP CONSTRAINT budget_is_never_overspent",
    "ALTER TABLE funding_transfer DISABLE TRIGGER USER",
    "DROP TABLE accounts_apitoken",
    "CREATE INDEX fresh ON accounts_user (name)",
    "INSERT INTO django_migrations (app, name, applied) VALUES ('a', 'b', now())",
    "GRANT UPDATE ON funding_transfer TO PUBLIC",
]


def execute(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else None


def rights_to(table):
    return {
        right
        for right in EVERY_RIGHT
        if execute(f"SELECT has_table_privilege('{table}', '{right}')") == [(True,)]
    }


@pytest.mark.django_db
def test_the_tests_connect_as_the_role_that_serves():
    assert execute("SELECT session_user, current_user") == [(RUNTIME, RUNTIME)]
    assert execute(
        "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
    ) == [(False, False, False)]


@pytest.mark.django_db
@pytest.mark.parametrize("statement", SHAPES)
def test_the_role_that_serves_changes_no_tables_shape(statement):
    if statement.startswith("GRANT"):
        execute(statement)  # a warning, no more: nothing is given
        assert "UPDATE" not in rights_to("funding_transfer")
        return

    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        execute(statement)


@pytest.mark.django_db
@pytest.mark.parametrize("statement", SHAPES)
def test_their_owner_does(statement):
    """The negative control: the statements themselves are sound."""
    as_owner(statement)


@pytest.mark.django_db
def test_every_table_is_open_as_far_as_its_model_says_and_no_further():
    standing = connection.introspection.table_names()

    found = {table: rights_to(table) for table in standing}

    assert found == {table: set(grants.rights().get(table, ())) for table in standing}
    assert found["django_migrations"] == {"SELECT"}
    assert found["funding_transfer"] == {"SELECT", "INSERT"}
    assert found["cache"] == found["funding_award"] == {"SELECT", "INSERT", "UPDATE", "DELETE"}


@pytest.mark.django_db
def test_a_table_that_the_owner_makes_is_closed_until_it_is_listed():
    as_owner("CREATE TABLE fresh (id int)")

    assert rights_to("fresh") == set()


@pytest.mark.django_db
def test_no_weakness_is_found_where_there_is_none():
    assert grants.weaknesses() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "weakness"),
    [
        (
            f"GRANT UPDATE ON funding_transfer TO {RUNTIME}",
            f"the role {RUNTIME} may change rows of funding_transfer",
        ),
        (
            f"GRANT UPDATE (amount) ON funding_transfer TO {RUNTIME}",
            f"the role {RUNTIME} may change rows of funding_transfer",
        ),
        (
            "GRANT TRUNCATE ON funding_transfer TO PUBLIC",
            f"the role {RUNTIME} may change rows of funding_transfer",
        ),
        (
            f"GRANT INSERT ON django_migrations TO {RUNTIME}",
            f"the role {RUNTIME} may change rows of django_migrations",
        ),
        (
            f"GRANT TRUNCATE ON accounts_user TO {RUNTIME}",
            f"the role {RUNTIME} may TRUNCATE accounts_user",
        ),
        (
            grants.NEVER_PASSED_OVER.replace("false", "true"),
            f"the role {RUNTIME} may pass over triggers: run manage.py grant_rights",
        ),
        (f"GRANT CREATE ON SCHEMA public TO {RUNTIME}", f"the role {RUNTIME} may make tables"),
    ],
)
def test_a_weakness_is_named(statement, weakness):
    as_owner(statement)

    assert grants.weaknesses() == [weakness]


@pytest.mark.parametrize(
    ("statement", "weakness"),
    [
        (f"GRANT {OWNER} TO {RUNTIME}", f"the role {RUNTIME} owns the tables"),
        (f"ALTER ROLE {RUNTIME} SUPERUSER", f"the role {RUNTIME} is a superuser"),
        ("SELECT 1", ""),
    ],
)
def test_a_role_that_is_as_good_as_the_owner_is_named(committed_database, statement, weakness):
    with closing(psycopg2.connect(databases.url(committed_database.name, SUPERUSER))) as superuser:
        superuser.cursor().execute(f"{statement}; SET LOCAL SESSION AUTHORIZATION {RUNTIME}")
        found = grants.weaknesses(superuser)

    assert found == ([weakness] if weakness else [])


@pytest.mark.slow
def test_rights_are_put_right_again_whatever_they_have_become(committed_database):
    with closing(psycopg2.connect(databases.url(committed_database.name, OWNER))) as owner, owner:
        owner.cursor().execute(
            f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {RUNTIME}, PUBLIC;"
            f"GRANT CREATE ON SCHEMA public TO {RUNTIME};"
            f"ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO {RUNTIME};"
            "REVOKE ALL ON accounts_user FROM PUBLIC;"
        )
    assert "UPDATE" in rights_to("funding_transfer")

    said = databases.manage("grant_rights", environment=committed_database.owners_environment)
    with closing(psycopg2.connect(databases.url(committed_database.name, OWNER))) as owner, owner:
        owner.cursor().execute("CREATE TABLE fresh (id int)")

    assert said == ""
    assert grants.weaknesses() == []
    assert rights_to("funding_transfer") == {"SELECT", "INSERT"}
    assert rights_to("accounts_user") == {"SELECT", "INSERT", "UPDATE", "DELETE"}
    assert rights_to("fresh") == set()


@pytest.mark.slow
def test_a_migration_ends_with_the_rights_to_what_it_made(committed_database):
    as_it_is_told = {"environment": committed_database.owners_environment}

    databases.manage("migrate", "funding", "zero", "--verbosity", "0", **as_it_is_told)
    databases.manage("migrate", "funding", "--verbosity", "0", **as_it_is_told)

    assert rights_to("funding_transfer") == {"SELECT", "INSERT"}
    assert rights_to("funding_budget") == {"SELECT", "INSERT", "UPDATE", "DELETE"}


@pytest.mark.slow
def test_where_one_role_does_both_it_is_said(committed_database):
    alone = {"DATABASE_URL": databases.url(committed_database.name, OWNER)}

    said = databases.manage("prepare", environment={**committed_database.environment, **alone})

    assert said.splitlines()[0] == (
        "The second protection of the ledger and the audit is off, the triggers alone hold them: the role "
        f"{OWNER} owns the tables. Name another role in DATABASE_OWNER_URL (docs/operations.md)."
    )


@pytest.mark.slow
def test_the_role_that_serves_is_made_where_its_owner_may(committed_database):
    name = committed_database.name
    told = {
        "DATABASE_URL": databases.url(name, "served:by%2Fhand"),
        "DATABASE_OWNER_URL": databases.url(name, SUPERUSER),
    }
    environment = {**committed_database.environment, **told}

    try:
        databases.manage("grant_rights", environment=environment)
        said = databases.manage("grant_rights", environment=environment)
        with closing(psycopg2.connect(told["DATABASE_URL"])) as served:
            cursor = served.cursor()
            cursor.execute("SELECT current_user, current_setting('statement_timeout')")
            found = cursor.fetchone()
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute("DELETE FROM funding_transfer")
        with databases.server() as superuser:
            cursor = superuser.cursor()
            cursor.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'served'")
            [password] = cursor.fetchone()
    finally:
        with closing(psycopg2.connect(databases.url(name, SUPERUSER))) as superuser, superuser:
            superuser.cursor().execute("DROP OWNED BY served; DROP ROLE served")

    assert said == ""
    assert found == ("served", "10s")
    assert password.startswith("SCRAM-SHA-256$")


@pytest.mark.slow
def test_a_role_that_nobody_may_make_is_asked_for_in_a_sentence(committed_database):
    told = {"DATABASE_URL": databases.url(committed_database.name, "missing")}

    with pytest.raises(AssertionError, match="By hand: CREATE ROLE missing LOGIN PASSWORD"):
        databases.manage("grant_rights", environment={**committed_database.owners_environment, **told})


def test_every_append_only_model_is_among_the_closed():
    models = [model for model in apps.get_models() if issubclass(model, AppendOnly)]

    assert {grants.rights()[model._meta.db_table] for model in models} == {grants.ADD}
