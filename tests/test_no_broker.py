"""A Redis or a mail server that is down or does not answer delays nobody who is served a page.

No page asks either of them anything.
"""

import socket
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

import pytest
from django.conf import settings

from accounts import clock
from accounts.models import Notification
from accounts.roles import Role
from bench.web import Visitor, signed_in
from launchpad import processes
from launchpad.children import Child
from tests.funding.race_served import ask
from tests.make import applications, competitions, people
from tests.post_office import wait_until
from tests.starting import free_port

pytestmark = pytest.mark.slow

#: What a page takes on a busy machine, and far less than any time-out of the broker's.
BOUND = 3.0


class Mute:
    """A port that takes every connection and never says a word."""

    def __init__(self):
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.taken: list[socket.socket] = []
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        try:
            while True:
                self.taken.append(self.listening.accept()[0])
        except OSError:
            return

    def close(self) -> None:
        self.listening.close()
        for one in self.taken:
            one.close()


@pytest.fixture
def mute() -> Iterator[Mute]:
    port = Mute()
    yield port
    port.close()


@contextmanager
def serving(database, folder, redis_port: int) -> Iterator[int]:
    port = free_port()
    told = {
        "PORT": str(port),
        "WEB_CONCURRENCY": "1",
        "REDIS_URL": f"redis://127.0.0.1:{redis_port}/0",
        "EMAIL_URL": f"smtp://127.0.0.1:{redis_port}",
    }
    command = [sys.executable, *processes.WEB.arguments]
    log = folder / "web.log"
    environment = {**database.environment, **told}
    web = Child("web", command, environment=environment, folder=settings.BASE_DIR, log=log)
    try:
        assert wait_until(lambda: is_up(port), within=60), log.read_text()
        yield port
    finally:
        web.end()


def is_up(port: int) -> bool:
    try:
        return ask(port, "GET", "/health/ready").status == 200
    except OSError:
        return False


def send_forms(port: int) -> list[float]:
    """Send five that owe somebody an email, each as a browser sends it, and say how long each took.

    An application is started, another submitted and reopened; an account and a new password are asked for.
    """
    draft = applications.complete_draft(within := competitions.open_now(), at=within.opens_at)
    editor, lead = draft.started_by, applications.lead(draft)
    another = competitions.open_now(code="ANOTHER")
    member, nobody = signed_in(editor), signed_out()
    account = {"name": "Nia New", "email": "nia@example.com", "password1": "a plainly invented password"}
    return [
        send(port, member, f"/competitions/{another.code}/start/", organisation=lead.organisation_id),
        send(port, member, f"/applications/{draft.reference}/check/", is_true="on"),
        send(port, member, f"/applications/{draft.reference}/reopen/"),
        send(port, nobody, "/account/password/reset/", email=editor.email),
        send(port, nobody, "/account/signup/", **account),
    ]


def signed_out() -> Visitor:
    key = signed_in(people.user()).key
    return Visitor(f"{settings.CSRF_COOKIE_NAME}={key}", key)


def send(port: int, visitor: Visitor, address: str, **typed) -> float:
    form = {"csrfmiddlewaretoken": visitor.key, "intent": str(uuid.uuid4()), **typed}
    headers = {"Cookie": visitor.cookies, "Content_Type": "application/x-www-form-urlencoded"}
    began = time.monotonic()
    answer = ask(port, "POST", address, urlencode(form).encode(), **headers)
    assert answer.status == 302, (address, answer)
    return time.monotonic() - began


TOLD = {
    "application_started",
    "application_submitted",
    "application_reopened",
    "password_reset",
    "account_confirmation",
}


def test_forms_are_answered_at_once_beside_servers_that_never_answer(committed_database, tmp_path, mute):
    with serving(committed_database, tmp_path, mute.port) as port:
        took = send_forms(port)

    assert max(took) < BOUND, took
    assert mute.taken == []
    # What people are told of it waits in the database.
    assert set(Notification.objects.filter(due_at__lte=clock.now()).values_list("kind", flat=True)) >= TOLD


def test_forms_are_answered_at_once_without_those_servers(committed_database, tmp_path):
    with serving(committed_database, tmp_path, free_port()) as port:
        took = send_forms(port)

    assert max(took) < BOUND, took
    assert set(Notification.objects.values_list("kind", flat=True)) >= TOLD


def test_the_page_of_health_alone_asks_the_queue_and_waits_no_longer_than_it_says(
    committed_database, tmp_path, mute
):
    """The control: what does ask Redis is seen to ask it."""
    visitor = signed_in(people.user(Role.ADMINISTRATOR))
    with serving(committed_database, tmp_path, mute.port) as port:
        began = time.monotonic()
        answer = ask(port, "GET", "/health/status", Cookie=visitor.cookies)

    assert (answer.status, bool(mute.taken)) == (200, True)
    assert time.monotonic() - began < 15
