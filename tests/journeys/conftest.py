import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.journeys.stack import Stack

# A slow machine is no failure: what is waited for is named, however long it takes.
expect.set_options(timeout=60_000)

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
#: --no-sandbox for root; the rest keeps the browser from asking the network for anything of its own.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture
def stack(committed_database, tmp_path):
    """The running product on a database with the demonstration, as `make run` makes it."""
    committed_database.manage("load_demo")
    with Stack(committed_database, tmp_path) as running:
        yield running


@pytest.fixture
def browser(monkeypatch):
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: install it to run the journeys")
    # playwright keeps an event loop in this thread; Django takes that for asynchronous code.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()
