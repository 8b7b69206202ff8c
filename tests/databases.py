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
from django.db import connections
from psycopg2 import sql

TEMPLATE = "launchpad_template"


def server():
    """Connect to the throw-away cluster beside the databases under test."""
    found = settings.DATABASES["default"]
    connection = psycopg2.connect(host=found["HOST"], user=found["USER"], dbname="postgres")
    connection.autocommit = True
    return closing(connection)


def url(name: str) -> str:
    address = os.environ["DATABASE_URL"]
    return address.replace("/launchpad?", f"/{name}?")


def migrated_template() -> str:
    """Return the name of a database with every migration applied, made by whoever asks first."""
    folder = Path(os.environ["STATE_DIR"])
    done = folder / "template-is-made"
    with open(folder / "template.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            with server() as connection:
                connection.cursor().execute(f"CREATE DATABASE {TEMPLATE}")
            for command in (
                ["migrate", "--verbosity", "0", "--skip-checks"],
                ["createcachetable"],
                ["sync_roles", "--skip-checks"],
            ):
                manage(*command, environment={**os.environ, "DATABASE_URL": url(TEMPLATE)})
            done.touch()
    return TEMPLATE


def manage(*arguments: str, environment: dict[str, str]) -> str:
    """Run a management command in a process of its own and return what it printed."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


class CommittedDatabase:
    """A copy of the template in which tests commit: this process and others see the same rows."""

    def __init__(self, name: str):
        self.name = name
        self.url = url(name)
        self.environment = {**os.environ, "DATABASE_URL": self.url}

    def manage(self, *arguments: str) -> str:
        """Run a management command against this database, in a process of its own."""
        return manage(*arguments, environment=self.environment)


@contextmanager
def made_from(template: str) -> Iterator[CommittedDatabase]:
    """Make a fresh database, lead this process's connection to it, and drop it in the end."""
    name = f"copy_{uuid.uuid4().hex[:12]}"
    with server() as connection:
        connection.cursor().execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
    ours = connections["default"]
    before = ours.settings_dict["NAME"]
    ours.close()
    ours.settings_dict["NAME"] = name
    try:
        yield CommittedDatabase(name)
    finally:
        ours.close()
        ours.settings_dict["NAME"] = before
        with server() as connection:
            connection.cursor().execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def copy_of_template():
    return made_from(migrated_template())


def empty():
    """A database in which no migration has run."""
    return made_from("template0")
