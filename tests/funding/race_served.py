"""Races through the served product: real gunicorn, and clients that ask under one key until they know."""

import http.client
import json
import os
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection

from accounts import role_groups, tokens
from bench.web import Visitor, signed_in
from funding.models import Allocation
from launchpad import children, grants, processes
from launchpad.children import Child
from launchpad.postgres import RUNTIME
from tests import proving
from tests.funding import racing
from tests.funding.racing import PATIENCE
from tests.make import budgets
from tests.make.times import NOON
from tests.starting import free_port, until

PROCESSES = proving.size(2, 4)
#: Of each process (``launchpad/web_server.py``): so many requests are carried out, others wait to be taken.
THREADS = 8
#: Seconds between one try and the next: shorter than we ask of people.
PAUSE = 0.2


class Served:
    """The web processes over one database."""

    def __init__(self, database_url: str, folder: Path, app: str):
        self.port = free_port()
        self.log = folder / "web.log"
        environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "ALLOWED_HOSTS": "127.0.0.1",
            "BIND": "127.0.0.1",
            "PORT": str(self.port),
            "WEB_CONCURRENCY": str(PROCESSES),
        }
        command = [sys.executable, *processes.WEB.arguments[:-1], app]
        self.master = Child("web", command, environment=environment, folder=settings.BASE_DIR, log=self.log)

    def wait(self) -> None:
        assert until(lambda: not self.master.is_running or self._answers()), self.log.read_text()
        assert self.master.is_running, self.log.read_text()

    def kill_workers(self) -> int:
        """End all that carry out requests (SIGKILL), and say how many; the first process starts others."""
        pid = self.master.process.pid
        workers = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for worker in workers:
            os.kill(int(worker), 9)
        return len(workers)

    def _answers(self) -> bool:
        try:
            return ask(self.port, "GET", "/health/live").status == 200
        except OSError:
            return False


@contextmanager
def served(database_url: str, folder: Path, app: str = processes.WEB.arguments[-1]) -> Iterator[Served]:
    web = Served(database_url, folder, app)
    try:
        web.wait()
        yield web
    finally:
        children.stop([web.master], within=5)


def be_patient() -> None:
    """Let requests wait until everybody has come: in this throw-away database, on connections to come."""
    with connection.cursor() as cursor:
        for statement in grants.limit(RUNTIME, connection.settings_dict["NAME"]):
            cursor.execute(statement)
        for name in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"):
            database = connection.ops.quote_name(connection.settings_dict["NAME"])
            cursor.execute(f"ALTER ROLE {RUNTIME} IN DATABASE {database} SET {name} = '{PATIENCE}s'")


def wait_for_all() -> int:
    """The most that were seen waiting: those of one process at least, which may have taken all requests."""
    at_least = racing.wait_for(THREADS)
    return max(at_least, racing.wait_for(THREADS * PROCESSES, within=2))


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    location: str
    asks_to_try_again: bool
    said: dict | None


def ask(port: int, verb: str, path: str, body: bytes = b"", **headers: str) -> Answer:
    talking = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        talking.request(verb, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = talking.getresponse()
        content = answer.read()
        tries_again = answer.getheader("Retry-After") is not None
        # What is kept of an API's answer says the same; the order of its fields is not kept.
        said = json.loads(content) if path.startswith("/api/") and answer.status == 200 else None
        return Answer(answer.status, answer.getheader("Location", ""), tries_again, said)
    finally:
        talking.close()


@dataclass(frozen=True, slots=True)
class Client:
    """Somebody who approves one allocation, by the page or by the API, under one key however often."""

    port: int
    allocation: int
    key: str
    visitor: Visitor | None = None
    token: str = ""

    def approve(self) -> str:
        """Ask until there is an answer: "approved", "refused", or what should not have been said.

        What was approved is asked for once more, and must be answered the same.
        """
        until = time.monotonic() + PATIENCE
        while (answer := self._try()) is None or answer.asks_to_try_again:
            if time.monotonic() > until:
                return f"no answer, the last {answer and answer.status}"
            time.sleep(PAUSE)
        if answer.status == 409:
            return "refused"
        if answer.status != (302 if self.visitor else 200):
            return f"answered {answer.status}"
        again = self._again(until)
        return "approved" if again == answer else f"approved, and then {again and again.status}"

    def _again(self, until: float) -> Answer | None:
        while (answer := self._try()) is None or answer.asks_to_try_again:
            if time.monotonic() > until:
                break
            time.sleep(PAUSE)
        return answer

    def _try(self) -> Answer | None:
        """One request; None where no answer came, so that nobody knows whether it was carried out."""
        try:
            return self._by_page() if self.visitor else self._by_api()
        except (OSError, http.client.HTTPException):
            return None

    def _by_page(self) -> Answer:
        form = urlencode({"csrfmiddlewaretoken": self.visitor.key, "intent": self.key}).encode()
        path = f"/admin/funding/allocation/{self.allocation}/approve/"
        kind = "application/x-www-form-urlencoded"
        return ask(self.port, "POST", path, form, Cookie=self.visitor.cookies, Content_Type=kind)

    def _by_api(self) -> Answer:
        path, who = f"/api/v1/allocations/{self.allocation}/approve/", f"Bearer {self.token}"
        kind = "application/json"
        return ask(
            self.port, "POST", path, b"{}", Authorization=who, Idempotency_Key=self.key, Content_Type=kind
        )


def clients(port: int, many: list[Allocation]) -> list[Client]:
    """One for each allocation, each another approver's: by the page and by the API in turn."""
    role_groups.sync()
    made = []
    for place, one in enumerate(many):
        approver, key = budgets.approver(), str(uuid.uuid4())
        if place % 2:
            token = tokens.issue(approver, "race", at=NOON)
            made.append(Client(port, one.pk, key, token=token))
        else:
            made.append(Client(port, one.pk, key, visitor=signed_in(approver)))
    return made
