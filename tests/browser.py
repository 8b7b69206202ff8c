"""A real browser on the real web server: for what only a rendered page can show."""

import shutil
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright

from launchpad import children, processes
from launchpad.children import Child
from tests.databases import CommittedDatabase

# A slow machine is no failure: what is waited for is named, however long it takes.
expect.set_options(timeout=60_000)

#: A computer's width, and the narrowest at which a page must not scroll sideways (400% zoom).
WIDE, NARROW = 1280, 320


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's own Chromium; without one the test says so and is skipped."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium on PATH")
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as driver:
        # playwright keeps an event loop in this thread; Django takes that for asynchronous code.
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()
            # The loop has database connections of its own.
            connections.close_all()


class Website:
    """The web server alone, on a database of one's own."""

    def __init__(self, address: str):
        self.address = address

    def open(self, browser: Browser, *, width: int = WIDE, person=None) -> Page:
        """Open a tab, signed in as ``person`` where one is given."""
        context = browser.new_context(viewport={"width": width, "height": 900}, base_url=self.address)
        if person is not None:
            client = Client()
            client.force_login(person)
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": "session", "value": session, "url": self.address}])
        page = context.new_page()
        page.set_default_timeout(60_000)
        return page


@contextmanager
def website(database: CommittedDatabase, folder: Path) -> Iterator[Website]:
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {**database.environment, "PORT": str(port), "SITE_URL": address, "WEB_CONCURRENCY": "1"}
    web = Child(
        "web",
        [sys.executable, *processes.WEB.arguments],
        environment=environment,
        folder=settings.BASE_DIR,
        log=folder / "web.log",
    )
    try:
        _wait(address)
        yield Website(address)
    finally:
        children.stop([web], within=10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(address: str, within: float = 180) -> None:
    give_up_at = time.monotonic() + within
    while time.monotonic() < give_up_at:
        try:
            with urllib.request.urlopen(f"{address}/health/live", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"the web server did not answer within {within:.0f} s")
