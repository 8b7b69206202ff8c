"""Databases for tests: one migrated template, made once in a run, and copies of it."""

import fcntl
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
from django.conf import settings
from django.db import connection, connections

from launchpad import grants
from launchpad.postgres import DATABASE, OWNER, RUNTIME, SUPERUSER

TEMPLATE = "launchpad_template"


#: Runs statements as the tables' owner within a test's own transaction. Only the template has it.
AS_OWNER = """
    CREATE FUNCTION as_owner(statements text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN EXECUTE statements; END'
"""


def server():
    """Connect to the throw-away cluster beside the databases under test, as whoever may do anything."""
    found = settings.DATABASES["default"]
    connection = psycopg2.connect(host=found["HOST"], user=SUPERUSER, dbname="postgres")
    connection.autocommit = True
    return closing(connection)


def url(name: str, role: str = RUNTIME) -> str:
    address = os.environ["DATABASE_URL"]
    return address.replace(f"//{RUNTIME}@/{DATABASE}?", f"//{role}@/{name}?")


def owners_environment(name: str) -> dict[str, str]:
    return {**os.environ, "DATABASE_URL": url(name), "DATABASE_OWNER_URL": url(name, OWNER)}


def as_owner(statements: str, *parameters) -> None:
    """Do what the role that serves may not, in the test's transaction and undone with it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT as_owner(%s)", [cursor.mogrify(statements, parameters or None).decode()])


@contextmanager
def unhurried() -> Iterator[None]:
    """Let statements take their time, as the rows of a long list do on a slow machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        (limit,) = cursor.fetchone()
        cursor.execute("SET LOCAL statement_timeout = 0")
        yield
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [limit])


@contextmanager
def disarmed(*tables: str) -> Iterator[None]:
    """Take these tables' triggers away for what the test does within, in its own transaction."""
    # A table cannot be altered while checks of its rows are owed.
    as_owner("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    for table in tables:
        as_owner(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    as_owner("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    for table in tables:
        as_owner(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def migrated_template() -> str:
    """Return the name of a database with every migration applied, made by whoever asks first."""
    folder = Path(os.environ["STATE_DIR"])
    done = folder / "template-is-made"
    with open(folder / "template.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            with server() as superuser:
                superuser.cursor().execute(f"CREATE DATABASE {TEMPLATE} OWNER {OWNER}")
            migrate(owners_environment(TEMPLATE))
            with closing(psycopg2.connect(url(TEMPLATE, OWNER))) as owner, owner:
                owner.cursor().execute(AS_OWNER)
            done.touch()
    return TEMPLATE


def migrate(environment: dict[str, str]) -> None:
    """Make the tables and roles in the database that the owner's ``environment`` leads to."""
    for command in (
        ["createcachetable"],
        ["migrate", "--verbosity", "0", "--skip-checks"],
        ["sync_roles", "--skip-checks"],
    ):
        manage(*command, environment=environment)


def make_copy(name: str) -> None:
    """Copy the migrated template, and what is kept beside a database and not in it."""
    with server() as superuser:
        cursor = superuser.cursor()
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {migrated_template()} OWNER {OWNER}")
        for statement in (*grants.in_database(RUNTIME, name), *grants.limit(RUNTIME, name)):
            cursor.execute(statement)


def drop(name: str) -> None:
    with server() as superuser:
        superuser.cursor().execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def lead_to(name: str, role: str = RUNTIME, host: str | None = None) -> Iterator[None]:
    """Let this process's connection be to the database ``name``, of the run's own server or of ``host``."""
    ours = connections["default"]
    before = {key: ours.settings_dict[key] for key in ("NAME", "USER", "HOST")}
    ours.close()
    ours.settings_dict |= {"NAME": name, "USER": role, "HOST": host or before["HOST"]}
    try:
        yield
    finally:
        ours.close()
        ours.settings_dict |= before


def manage(*arguments: str, environment: dict[str, str]) -> str:
    """Run a management command in a process of its own and return what it printed."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


class CommittedDatabase:
    """A copy of the template in which tests commit: this process and others see the same rows.

    ``environment`` is a program's; ``owners_environment`` is for what changes the tables.
    """

    def __init__(self, name: str):
        self.name = name
        self.url = url(name)
        self.environment = {**os.environ, "DATABASE_URL": self.url}
        self.owners_environment = owners_environment(name)

    def manage(self, *arguments: str) -> str:
        """Run a management command against this database, in a process of its own."""
        return manage(*arguments, environment=self.environment)


@contextmanager
def copy_of_template() -> Iterator[CommittedDatabase]:
    """Make a fresh copy, lead this process's connection to it, and drop it in the end."""
    name = f"copy_{uuid.uuid4().hex[:12]}"
    make_copy(name)
    try:
        with lead_to(name):
            yield CommittedDatabase(name)
    finally:
        drop(name)


@contextmanager
def empty() -> Iterator[None]:
    """Make a database in which no migration has run, and be its owner, who migrates."""
    name = f"empty_{uuid.uuid4().hex[:12]}"
    with server() as superuser:
        superuser.cursor().execute(f"CREATE DATABASE {name} TEMPLATE template0 OWNER {OWNER}")
    try:
        with lead_to(name, OWNER):
            yield
    finally:
        drop(name)
