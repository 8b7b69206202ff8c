"""The product's own web server, as `make run` starts it, with the bare view beside its pages."""

import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from launchpad import children, processes
from launchpad.children import Child
from launchpad.start import free_port

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60


class DidNotStart(Exception):
    """The server did not answer; the message is what it said."""


@contextmanager
def serving(database_url: str, log: Path) -> Iterator[int]:
    """Serve one database and yield the port; what the server logs goes to ``log``."""
    port = free_port(8400)
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "PORT": str(port),
        "BIND": "127.0.0.1",
        "LOG_FORMAT": "json",
    }
    command = [sys.executable, *processes.WEB.arguments]
    server = Child("web", command, environment=environment, folder=ROOT, log=log)
    try:
        _wait(server, port, log)
        yield port
    finally:
        children.stop([server], within=20)


def _wait(server: Child, port: int, log: Path) -> None:
    give_up_at = time.monotonic() + PATIENCE
    while time.monotonic() < give_up_at and server.is_running:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise DidNotStart(log.read_text(errors="replace")[-2000:])
