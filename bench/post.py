"""Notifications from row to mail server by the product's relay and worker, and emails by a bare task."""

import os
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from accounts import clock, outbox
from accounts.models import User
from applications.models import Application
from applications.workflow import Status
from bench.load import Failed, Outcome
from bench.mail_server import MailServer, listening
from bench.tasks import send_only
from launchpad import children, processes
from launchpad.broker import Broker
from launchpad.celery import app
from launchpad.children import Child

ROOT = Path(__file__).resolve().parent.parent

#: As many as the product's worker has children.
WORKERS = 2

#: What has been sent before the count begins: workers open their connections with their first.
WARM = 20
#: Seconds until the first email must have come, and between two looks at the count.
PATIENCE, LOOK = 60, 0.01


class PostOffice:
    """A Redis, a mail server and the programs between them, one database's notifications going through."""

    def __init__(self, folder: Path, database_url: str, server: MailServer):
        self.server = server
        self.broker = Broker(folder)
        self.log = folder / "sending.log"
        self.environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "REDIS_URL": self.broker.url(),
            "EMAIL_URL": f"smtp://127.0.0.1:{server.port}",
        }

    @contextmanager
    def queueing(self) -> Iterator[None]:
        """Run Redis alone, empty."""
        redis = self.broker.start()
        try:
            self.broker.wait(redis)
            yield
        finally:
            redis.end()

    @contextmanager
    def working(self, *programs: processes.Process) -> Iterator[None]:
        running = [self._start(program) for program in programs]
        try:
            yield
        finally:
            children.stop(running, within=30)

    def _start(self, program: processes.Process) -> Child:
        command = [sys.executable, *program.arguments]
        return Child(program.name, command, environment=self.environment, folder=ROOT, log=self.log)

    def timed(self, number: int) -> Outcome:
        """How fast ``number`` emails come in, the first few not counted.

        The times of one email are the mean of a worker's.
        """
        begun_with = self._reached(WARM, PATIENCE)
        began = time.monotonic()
        count = self._reached(number, PATIENCE) - begun_with
        took = time.monotonic() - began
        each = WORKERS * took / count * 1000
        return Outcome(count, took, each, each)

    def _reached(self, number: int, within: float) -> int:
        give_up_at = time.monotonic() + within
        while (taken := self.server.taken.value) < number:
            if time.monotonic() > give_up_at:
                raise Failed(f"{taken} of {number} emails came\n{self.log.read_text()[-2000:]}")
            time.sleep(LOOK)
        return taken


@dataclass(frozen=True, slots=True)
class Mailbag:
    """Notifications of one kind, to be posted at once."""

    kind: str
    subject_word: str
    posts: list[outbox.Post]


def light(number: int) -> Mailbag:
    """The shortest kind, with a paragraph and a link, to as many people as there are."""
    people = list(User.objects.filter(is_active=True).order_by("pk")[:number])
    chosen = islice(cycle(people), number)
    posts = [outbox.Post(person, person.pk, _cause(place)) for place, person in enumerate(chosen)]
    return Mailbag("account_exists", "person", posts)


def heavy(number: int) -> Mailbag:
    """The longest kind, with a table and all that assessors wrote, each of another application."""
    decided = Application.objects.filter(status=Status.UNSUCCESSFUL, released_at__isnull=False)
    entries = list(decided.select_related("submitted_by").order_by("pk")[:number])
    if not entries:
        raise Failed("no application of this programme was turned down")
    chosen = islice(cycle(entries), number)
    posts = [outbox.Post(entry.submitted_by, entry.pk, _cause(place)) for place, entry in enumerate(chosen)]
    return Mailbag("application_unsuccessful", "application", posts)


def _cause(place: int) -> str:
    return f"bench {secrets.token_hex(4)} {place}"


def notifications(folder: Path, database_url: str, mailbag: Mailbag) -> Outcome:
    """Post them at once, then let relay and worker send them."""
    outbox.post_all(mailbag.kind, mailbag.posts, subject_word=mailbag.subject_word, at=clock.now())
    with listening() as server:
        office = PostOffice(folder, database_url, server)
        with office.queueing(), office.working(processes.WORKER, processes.RELAY):
            return office.timed(len(mailbag.posts))


def tasks(folder: Path, database_url: str, number: int) -> Outcome:
    """Queue so many bare tasks, then let the same worker do them."""
    with listening() as server:
        office = PostOffice(folder, database_url, server)
        with office.queueing():
            with app.connection_for_write(office.broker.url()) as broker:
                for place in range(number):
                    app.send_task(send_only.name, [place], connection=broker)
            with office.working(processes.WORKER):
                return office.timed(number)
