"""`make bench`: a throw-away PostgreSQL that syncs like a real one, two programmes in it, and the figures.

python -m bench --size 10000
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from launchpad import children, state
from launchpad.postgres import DATABASE, OWNER, SUPERUSER, Postgres
from launchpad.state import CannotStart

ROOT = Path(__file__).resolve().parent.parent
SMALL, SMALL_SIZE = "launchpad_small", 100
#: What is written by default, beside everything else that `make` leaves behind.
OUTPUT = ROOT / "var" / "bench.json"


@contextmanager
def throw_away() -> Iterator[tuple[Postgres, Path]]:
    """Yield a cluster that syncs to disk like any other, in a folder that goes with it."""
    folder = Path(tempfile.mkdtemp(prefix="launchpad-bench-"))
    cluster = Postgres(folder)
    server = cluster.start()
    try:
        cluster.wait(server)
        cluster.make_database()
        with closing(cluster.connect("postgres", SUPERUSER)) as connection:
            connection.autocommit = True
            connection.cursor().execute(f"CREATE DATABASE {SMALL} OWNER {OWNER}")
        yield cluster, folder
    finally:
        children.stop([server], within=60)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(cluster.sockets, ignore_errors=True)


def environment(cluster: Postgres, folder: Path, database: str) -> dict[str, str]:
    """What a program needs to be told to work in one of the databases."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "DATABASE_URL": cluster.url(database),
        "STATE_DIR": str(folder),
        "SECRET_KEY": state.secret(folder, "secret_key"),
        "AUDIT_KEY": state.secret(folder, "audit_key"),
        "SITE_URL": "http://127.0.0.1:8000",
        "ALLOWED_HOSTS": "127.0.0.1",
        "EMAIL_URL": "smtp://127.0.0.1:1",
        "LOG_FORMAT": "json",
    }


def fill(cluster: Postgres, folder: Path, database: str, size: int) -> None:
    told = environment(cluster, folder, database)
    told["DATABASE_OWNER_URL"] = cluster.url(database, OWNER)
    for command in (["prepare"], ["make_demo", "--size", str(size)]):
        _run([sys.executable, "manage.py", *command, "--verbosity", "1"], told)


def _run(command: list[str], told: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=ROOT, env=told, check=False)
    if done.returncode:
        raise CannotStart(f"{' '.join(command[1:3])} ended with {done.returncode}. The reason is above.")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Each figure beside its yardstick, from the same run.")
    parser.add_argument("--size", type=int, default=10_000, help="applications, 100 to 100,000")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    options, others = parser.parse_known_args(arguments)
    try:
        with throw_away() as (cluster, folder):
            if not any(other.startswith("--only") for other in others):
                # One group alone is not about how pages grow.
                fill(cluster, folder, SMALL, SMALL_SIZE)
            fill(cluster, folder, DATABASE, options.size)
            inside = [sys.executable, "-m", "bench.inside", "--small", cluster.url(SMALL)]
            inside += ["--superuser", cluster.url(DATABASE, SUPERUSER)]
            sizes = ["--size", str(options.size), "--small-size", str(SMALL_SIZE)]
            told = environment(cluster, folder, DATABASE)
            _run([*inside, *sizes, "--output", str(options.output), *others], told)
    except CannotStart as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
