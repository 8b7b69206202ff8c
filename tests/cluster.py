"""pytest plugin: one throw-away PostgreSQL and one Redis for the whole run, in a folder of its own.

Loaded by ``-p tests.cluster`` in pyproject.toml, because pytest-django reads the settings before any
conftest. The controller starts both; xdist's workers inherit the environment. Killed, it leaves
nothing running, and the next run sweeps up the folder. What ``make run`` has started is never touched.
"""

import fcntl
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from launchpad import children
from launchpad.broker import Broker
from launchpad.postgres import WITHOUT_DISK_SYNC, Postgres
from launchpad.state import lock
from tests import proving

PREFIX = "launchpad-tests-"
IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ


class Cluster:
    """The folder, its two servers and the environment that leads to them."""

    def __init__(self):
        sweep()
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        self.lock = lock(self.folder)
        self.postgres = Postgres(
            self.folder, options={**WITHOUT_DISK_SYNC, "max_connections": str(proving.size(200, 500))}
        )
        self.broker = Broker(self.folder)
        self.children: list[children.Child] = []

    def start(self) -> None:
        for service in (self.postgres, self.broker):
            child = service.start()
            self.children.append(child)
            service.wait(child)
        self.postgres.make_database()
        os.environ.update(
            DATABASE_URL=self.postgres.url(),
            REDIS_URL=self.broker.url(),
            STATE_DIR=str(self.folder),
            SECRET_KEY="only-for-tests-" * 5,
            SITE_URL="http://127.0.0.1:8000",
            EMAIL_URL="smtp://127.0.0.1:1",
            LOG_FORMAT="plain",
            GRANT_ID_PREFIX="launchpad",
        )
        for name in ("DEBUG", "ALLOWED_HOSTS", "DATABASE_OWNER_URL", "NOTIFY_API_KEY", "TRUSTED_PROXIES"):
            os.environ.pop(name, None)

    def stop(self) -> None:
        children.stop(self.children, within=10)
        self.lock.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(self.postgres.sockets, ignore_errors=True)


def sweep() -> None:
    """Remove the folders of runs that were killed: those whose lock nobody holds."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            with open(folder / ".lock") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue  # alive, somebody else's, or just being made


def own_redis_database() -> None:
    """Give each xdist worker a Redis database of its own: gw0 has number 1."""
    number = int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw")) % 15 + 1
    os.environ["REDIS_URL"] = os.environ["REDIS_URL"].replace("virtual_host=0", f"virtual_host={number}")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config):
    if IS_WORKER:
        own_redis_database()
    else:
        cluster = Cluster()
        early_config.add_cleanup(cluster.stop)
        cluster.start()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Where CI is set, a test that was left out has failed: nobody reads a list of skips."""
    report = yield
    if os.environ.get("CI") == "true" and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which counts as failed where CI=true: {report.longrepr[2]}"
    return report
