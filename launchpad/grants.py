"""What the role that serves may do in the database: one place, read off the models.

Two roles share a database. The owner (``DATABASE_OWNER_URL``) makes and changes the tables; the one
that serves (``DATABASE_URL``) reads and writes rows, adds to what is append-only and changes nothing
of it. What is not listed here is closed to it.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import ConnectionHandler
from psycopg2 import extensions, sql

from accounts.models import AppendOnly

READ = ("SELECT",)
ADD = ("SELECT", "INSERT")
WRITE = ("SELECT", "INSERT", "UPDATE", "DELETE")

#: The most that a page or a job waits. They are the role's, since a transaction pooler would lose
#: them in the connection, and hold in this database only.
LIMITS = {
    "statement_timeout": "10s",
    "lock_timeout": "3s",
    "idle_in_transaction_session_timeout": "60s",
}

OWNED_BY_US = """
    SELECT relname FROM pg_class
    WHERE relkind = ANY(%s) AND relnamespace = 'public'::regnamespace AND pg_has_role(relowner, 'USAGE')
"""
TABLES, SEQUENCES = ["r", "p", "v", "m", "f"], ["S"]

EVERY_RIGHT = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
#: Of each table that is there: whether the connected role owns it, and its rights, of any column too.
RIGHTS_HELD = """
    SELECT relname, pg_has_role(relowner, 'MEMBER'), ARRAY(
        SELECT held FROM unnest(%s) AS held WHERE has_table_privilege(pg_class.oid, held)
        OR held IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
            AND has_any_column_privilege(pg_class.oid, held)
    )
    FROM pg_class WHERE relname = ANY(%s) AND relnamespace = 'public'::regnamespace AND relkind = 'r'
    ORDER BY relname
"""

#: pgtrigger lets a session name triggers to pass over. Nobody here may.
NEVER = "SELECT false"
NEVER_PASSED_OVER = f"""
    CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name)
    RETURNS boolean LANGUAGE sql IMMUTABLE AS '{NEVER}'
"""
PASSED_OVER = """
    SELECT prosrc, pg_has_role(proowner, 'MEMBER') FROM pg_proc
    WHERE proname = '_pgtrigger_should_ignore' AND pronamespace = 'public'::regnamespace
"""


class NoSuchRole(Exception):
    """The role that is to serve does not exist, or cannot connect; the message says what to do."""


def append_only_tables() -> list[str]:
    return [model._meta.db_table for model in apps.get_models() if issubclass(model, AppendOnly)]


def rights() -> dict[str, tuple[str, ...]]:
    """What the role that serves may do with each table."""
    found: dict[str, tuple[str, ...]] = {
        model._meta.db_table: WRITE for model in apps.get_models(include_auto_created=True)
    }
    for cache in settings.CACHES.values():
        if cache["BACKEND"].endswith("DatabaseCache"):
            found[cache["LOCATION"]] = WRITE
    found.update(dict.fromkeys(append_only_tables(), ADD))
    found[MigrationRecorder.Migration._meta.db_table] = READ
    return found


@transaction.atomic
def give(role: str) -> None:
    """Give ``role`` its rights to what stands in the database now, and take every other away.

    Asked by the owner. May run at any time and any number of times: who works meanwhile sees the
    old rights or the new ones.
    """
    with connection.cursor() as cursor:
        standing, sequences = (
            [name for (name,) in _rows(cursor, OWNED_BY_US, [kinds])] for kinds in (TABLES, SEQUENCES)
        )
        for statement in in_database(role, connection.settings_dict["NAME"]):
            cursor.execute(statement)
        for statement in in_tables(role, standing, sequences):
            cursor.execute(statement)
        cursor.execute(NEVER_PASSED_OVER)


def in_tables(role: str, tables: list[str], sequences: list[str]) -> Iterator[sql.Composed]:
    to, wanted = sql.Identifier(role), rights()
    yield sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC, {}").format(to)
    yield sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(to)
    # A table that is made tomorrow is closed until it is listed here.
    for kind in ("TABLES", "SEQUENCES"):
        revoke = sql.SQL("REVOKE ALL ON {} FROM PUBLIC, {}").format(sql.SQL(kind), to)
        yield sql.SQL("ALTER DEFAULT PRIVILEGES {}").format(revoke)
        yield sql.SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA public {}").format(revoke)
    if tables:
        yield sql.SQL("REVOKE ALL ON TABLE {} FROM PUBLIC, {}").format(_names(tables), to)
    for allowed in (READ, ADD, WRITE):
        if these := [name for name in tables if wanted.get(name) == allowed]:
            yield sql.SQL("GRANT {} ON TABLE {} TO {}").format(
                sql.SQL(", ").join(map(sql.SQL, allowed)), _names(these), to
            )
    if sequences:
        yield sql.SQL("REVOKE ALL ON SEQUENCE {} FROM PUBLIC, {}").format(_names(sequences), to)
        yield sql.SQL("GRANT USAGE, SELECT ON SEQUENCE {} TO {}").format(_names(sequences), to)


def in_database(role: str, database: str) -> Iterator[sql.Composed]:
    """What is kept with the database and not in it, so that a copy of one lacks it."""
    here, to = sql.Identifier(database), sql.Identifier(role)
    # A temporary table could stand in a trigger's way under a real one's name.
    yield sql.SQL("REVOKE CREATE, TEMPORARY ON DATABASE {} FROM PUBLIC, {}").format(here, to)
    yield sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(here, to)


def limit(role: str, database: str) -> Iterator[sql.Composed]:
    """The statements that set ``LIMITS``; a role may run them for itself."""
    for name, value in LIMITS.items():
        yield sql.SQL("ALTER ROLE {} IN DATABASE {} SET {} = {}").format(
            sql.Identifier(role), sql.Identifier(database), sql.SQL(name), sql.Literal(value)
        )


def make_role(name: str, password: str) -> bool:
    """Make the role that serves where it is missing and we may; the server never sees the password."""
    with connection.cursor() as cursor:
        if _rows(cursor, "SELECT 1 FROM pg_roles WHERE rolname = %s", [name]):
            return False
        [[may]] = _rows(cursor, "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = CURRENT_USER")
        if not may:
            raise NoSuchRole(
                f"DATABASE_URL names the role {name}, which does not exist, and the role of "
                f"DATABASE_OWNER_URL may not make it. By hand: CREATE ROLE {name} LOGIN PASSWORD '…'"
            )
        create = sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(name))
        if password:
            hashed = extensions.encrypt_password(password, name, cursor.connection, "scram-sha-256")
            create += sql.SQL(" PASSWORD {}").format(sql.Literal(hashed))
        cursor.execute(create)
    return True


def serving() -> BaseDatabaseWrapper:
    """A connection of the role that serves, whoever this process is; for the caller to close."""
    return ConnectionHandler({"default": dict(settings.SERVING_DATABASE)})["default"]


def weaknesses(by: BaseDatabaseWrapper = connection) -> list[str]:
    """Why the database would let the connected role change what is append-only, in words; none is well."""
    with by.cursor() as cursor:
        [[name, is_super]] = _rows(
            cursor, "SELECT rolname, rolsuper FROM pg_roles WHERE rolname = CURRENT_USER"
        )
        if is_super:
            return [f"the role {name} is a superuser"]
        tables = _rows(
            cursor,
            RIGHTS_HELD,
            [list(EVERY_RIGHT), list(wanted := rights())],
        )
        if any(owns for _, owns, _ in tables):
            return [f"the role {name} owns the tables"]
        found = []
        for table, _, held in tables:
            more = [right for right in EVERY_RIGHT if right in set(held) - set(wanted[table])]
            if more and wanted[table] != WRITE:
                found.append(f"the role {name} may change rows of {table}")
            elif more:
                found.append(f"the role {name} may {', '.join(more)} {table}")
        for source, is_its_owner in _rows(cursor, PASSED_OVER):
            if source.strip() != NEVER or is_its_owner:
                found.append(f"the role {name} may pass over triggers: run manage.py grant_rights")
        [[creates]] = _rows(
            cursor,
            "SELECT has_schema_privilege('public', 'CREATE')"
            " OR has_database_privilege(current_database(), 'CREATE, TEMPORARY')",
        )
        if creates:
            found.append(f"the role {name} may make tables")
    return found


def _names(names: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier("public", name) for name in sorted(names))


def _rows(cursor, query: str, parameters: list[Any] | None = None) -> list[tuple]:
    cursor.execute(query, parameters)
    return cursor.fetchall()
