"""Run `manage.py prepare` for a start, unless the embedded database was prepared by the same code today."""

import hashlib
import subprocess
import sys
from datetime import date
from pathlib import Path

from launchpad import processes
from launchpad.postgres import Postgres
from launchpad.state import CannotStart

ROOT = Path(__file__).resolve().parent.parent
READ = ("accounts", "applications", "funding", "launchpad")


def prepare(environment: dict[str, str], embedded: Postgres | None) -> None:
    """Migrate and load; an embedded database also gets the demonstration.

    environment  with the owner's address, which no other program is told
    """
    if embedded is None:
        _run([], environment)
        return
    # Inside the cluster's own folder, so that it goes when the data go.
    stamp, fingerprint = embedded.data / "launchpad.prepared", _fingerprint()
    if stamp.is_file() and stamp.read_text() == fingerprint:
        return
    _run(["--demo-when-empty"], environment)
    stamp.write_text(fingerprint)


def _run(options: list[str], environment: dict[str, str]) -> None:
    command = [sys.executable, *processes.PREPARE.arguments, *options]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise CannotStart("The database could not be prepared. The reason is above.")


def _fingerprint() -> str:
    """All that preparing depends on: the code, its data files, the packages, and the day."""
    digest = hashlib.sha256(date.today().isoformat().encode())
    files = [ROOT / "requirements.txt"]
    for app in READ:
        files += [file for file in (ROOT / app).rglob("*") if file.suffix in {".py", ".json", ".csv"}]
    for file in sorted(files):
        digest.update(f"{file.relative_to(ROOT)}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()
