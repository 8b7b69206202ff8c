"""A PostgreSQL of a test's own, to be killed: a copy of the run's, with the migrated template in it."""

import signal
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from launchpad import grants
from launchpad.children import Child
from launchpad.postgres import OWNER, RUNTIME, SUPERUSER, Postgres, plain_environment
from launchpad.state import CannotStart
from tests import databases


def started(postgres: Postgres) -> Child:
    """Start the server once the last process of the one before has let go of its memory."""
    give_up_at = time.monotonic() + 300
    while True:
        server = postgres.start()
        try:
            postgres.wait(server)
            return server
        except CannotStart:
            if time.monotonic() > give_up_at:
                raise
            time.sleep(0.2)


class OwnCluster:
    """The server, how it dies, and databases in it."""

    def __init__(self, folder: Path):
        # A commit that has been answered must outlive the server; the machine itself is not switched off.
        options = {"fsync": "off", "full_page_writes": "off", "max_connections": "500"}
        self.postgres = Postgres(folder, options=options)
        self._copy()
        self.server = started(self.postgres)

    def _copy(self) -> None:
        """Take the run's own cluster as it stands: much sooner done than to migrate once more."""
        databases.migrated_template()
        host = settings.DATABASES["default"]["HOST"]
        subprocess.run(
            [*self.postgres.prefix, self.postgres.programs / "pg_basebackup", "--host", host,
             "--username", SUPERUSER, "--pgdata", self.postgres.data, "--checkpoint", "fast", "--no-sync"],
            env=plain_environment(), cwd="/", check=True, timeout=900,
        )  # fmt: skip

    @contextmanager
    def database(self) -> Iterator[str]:
        """Lead this process to a fresh migrated database and yield its URL."""
        name = f"copy_{uuid.uuid4().hex[:12]}"
        with closing(self.postgres.connect("postgres", SUPERUSER)) as superuser:
            superuser.autocommit = True
            cursor = superuser.cursor()
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE {databases.TEMPLATE} OWNER {OWNER}")
            for statement in (*grants.in_database(RUNTIME, name), *grants.limit(RUNTIME, name)):
                cursor.execute(statement)
        with databases.lead_to(name, host=str(self.postgres.sockets)):
            yield self.postgres.url(name)

    def kill(self) -> None:
        """End the server's first process (SIGKILL): the others see it and go, whatever they are at."""
        self.server.end()
        self._start_again()

    def stop_at_once(self) -> None:
        """An immediate stop: every process goes without a word, and the log is replayed at the next start."""
        self.server.process.send_signal(signal.SIGQUIT)
        self.server.process.wait(30)
        self._start_again()

    def _start_again(self) -> None:
        connection.close()
        self.server = started(self.postgres)

    def end(self) -> None:
        self.server.end()
