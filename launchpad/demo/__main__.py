"""`make demo`: fill the database that `make run` uses, or that DATABASE_URL names, with a grown programme.

python -m launchpad.demo --size 10000 --seed 7
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from launchpad import children, preparation, state
from launchpad.postgres import OWNER, Postgres
from launchpad.state import CannotStart

ROOT = Path(__file__).resolve().parent.parent.parent


@contextmanager
def database() -> Iterator[tuple[dict[str, str], Postgres | None]]:
    """Yield the environment that leads to the database, and the embedded server where it is ours to start.

    While `make run` is up its server is used; otherwise one is started here and stopped afterwards.
    """
    environment = {name: value for name, value in os.environ.items() if value}
    if "DATABASE_URL" in environment:
        yield environment, None
        return
    folder = state.private_folder(Path(environment.get("STATE_DIR") or ROOT / "var").resolve())
    embedded = Postgres(folder)
    environment |= {
        "STATE_DIR": str(folder),
        "SECRET_KEY": state.secret(folder, "secret_key"),
        "AUDIT_KEY": state.secret(folder, "audit_key"),
        "DATABASE_URL": embedded.url(),
        "DATABASE_OWNER_URL": embedded.url(role=OWNER),
        "LOG_FORMAT": "plain",
    }
    try:
        held = state.lock(folder)
    except CannotStart:
        yield environment, None
        return
    state.check_room(folder)
    server = embedded.start()
    try:
        embedded.wait(server)
        embedded.make_database()
        yield environment, embedded
    finally:
        children.stop([server], within=60)
        held.close()


def main(arguments: list[str]) -> int:
    command = [sys.executable, "manage.py", "make_demo", *arguments]
    try:
        with database() as (environment, embedded):
            preparation.prepare(environment, embedded)
            return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    except CannotStart as refusal:
        print(refusal, file=sys.stderr)
    except KeyboardInterrupt:
        print("Stopped. What was begun stays in the database.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
