"""`make run`'s supervisor, started for a test in a folder and on a port of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 600


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return tried.getsockname()[1]


def environment(state: Path, port: int | str, **more: str) -> dict[str, str]:
    """A machine on which nothing is set but where to keep things and which port to take."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "STATE_DIR": str(state), "PORT": str(port), **more}


def processes_of(state: Path) -> list[str]:
    """Return the command lines of all living processes that were told of ``state``."""
    mark, found = f"STATE_DIR={state}".encode(), []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except (OSError, ProcessLookupError):
            continue
    return found


def until(question, seconds: float = PATIENCE):
    """Ask until the answer is true, and return it; the last answer after ``seconds``."""
    give_up_at = time.monotonic() + seconds
    while not (answer := question()) and time.monotonic() < give_up_at:
        time.sleep(0.1)
    return answer


class Supervisor:
    """A running ``python -m launchpad.start``; ``output`` is the file it writes to."""

    def __init__(self, state: Path, port: int, **more: str):
        self.state = state
        self.address = f"http://127.0.0.1:{port}"
        self.output = state.with_name(f"{state.name}.log")
        with open(self.output, "wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "launchpad.start"],
                cwd=ROOT,
                env=environment(state, port, **more),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            )

    @property
    def said(self) -> str:
        return self.output.read_text(errors="replace")

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(self.address + path, timeout=20) as answer:
                return answer.status, answer.read().decode(errors="replace")
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode(errors="replace")
        except OSError:
            return 0, ""

    def wait_until_up(self) -> None:
        until(lambda: "Ctrl-C stops it." in self.said or self.process.poll() is not None)
        assert self.process.poll() is None, self.said

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        return self.process.wait(PATIENCE)


def refusal(state: Path, port: int | str, **more: str) -> tuple[int, str]:
    """Start where it cannot succeed; return the exit code and all that was said."""
    return _run(["-m", "launchpad.start"], environment(state, port, **more))


def grown(state: Path) -> tuple[int, str]:
    """Do what `make demo` does, in its smallest size."""
    return _run(["-m", "launchpad.demo", "--size", "100"], environment(state, ""))


def _run(arguments: list[str], environment: dict[str, str]) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr
