"""The folder where an embedded start keeps its data: made, locked and checked before anything starts."""

import fcntl
import hashlib
import os
import re
import secrets
import shutil
import stat
import tempfile
from pathlib import Path
from typing import IO

ROOM_NEEDED = 300 * 1024 * 1024
LONGEST_SOCKET_PATH = 106
NOBODY = 65534


class CannotStart(Exception):
    """Why Launchpad cannot start here, in a sentence for the person at the keyboard."""


def private_folder(folder: Path) -> Path:
    """Make ``folder`` for our eyes only; raise CannotStart when it is somebody else's or cannot be made."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(f"The folder {folder} cannot be made: {error.strerror}.") from error
    found = folder.lstat()
    owners = {0, NOBODY} if os.geteuid() == 0 else {os.geteuid()}
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners:
        raise CannotStart(f"{folder} is not a folder of yours. Remove it, or set STATE_DIR to another.")
    return folder


def short_folder(wanted: Path, longest: str = "") -> Path:
    """Return ``wanted``, or one in the temp directory where a socket's path would be too long or odd.

    longest  what is added to the path, such as ``/.s.PGSQL.5432``
    """
    fits = len(str(wanted) + longest) <= LONGEST_SOCKET_PATH
    if longest and not (fits and re.fullmatch(r"[\w./-]+", str(wanted), re.ASCII)):
        name = hashlib.sha256(f"{os.geteuid()}:{wanted}".encode()).hexdigest()[:16]
        wanted = Path(tempfile.gettempdir()) / f"launchpad-{name}"
    return private_folder(wanted)


def lock(state: Path) -> IO[str]:
    """Hold ``state`` for this process until the returned file is closed; a second start is told so."""
    file = open(state / ".lock", "a+")  # noqa: SIM115 - held open as long as the lock is
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        raise CannotStart(
            f"Launchpad is already running from {state}. Stop it first, or set STATE_DIR to another folder."
        ) from error
    return file


def is_locked(state: Path) -> bool:
    """Whether something runs from ``state`` now. Makes nothing there."""
    try:
        with open(state / ".lock") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def check_room(state: Path) -> None:
    free = shutil.disk_usage(state).free
    if free < ROOM_NEEDED:
        raise CannotStart(
            f"There is no room on the disk: {state} has {free // 1024**2} MB left "
            f"and Launchpad needs {ROOM_NEEDED // 1024**2} MB."
        )


def secret(state: Path, name: str) -> str:
    """Return the secret kept in ``state`` under ``name``, made on first use and readable by us alone."""
    file = state / name
    if not file.exists():
        half = file.with_suffix(".new")
        half.unlink(missing_ok=True)
        with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
            new.write(secrets.token_urlsafe(48))
        half.rename(file)
    return file.read_text().strip()
