"""Notifications on their way while the processes under them are killed, one after another, at random."""

import os
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from django.db import Error, connection
from django.db.models import Count

from accounts import clock, outbox
from accounts.models import Notification, OwedState, User
from launchpad.children import Child
from launchpad.postgres import DATABASE, OWNER, Postgres
from tests import databases, proving
from tests.make import people
from tests.own_cluster import started
from tests.post_office import PostOffice, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.proves]

NOTIFICATIONS = proving.size(240, 5_000)
KILLS = proving.size(10, 200)
#: Seconds until another worker may have what a killed one had in hand. With fewer than it takes to
#: work off what is in hand, rows would be handed out again and again.
LEASE = proving.size(3, 15)
#: Between the mail server's yes and the mark in the row, with a machine that is busy elsewhere.
GAP = 2.0


@dataclass
class Storm:
    """All the processes, the database's own among them, and how each is killed and started again."""

    office: PostOffice
    postgres: Postgres
    server: Child
    lease: float = LEASE

    def start(self) -> None:
        self.office.start_redis()
        self.relay = self.office.start_relay(lease=self.lease)
        self.workers = [self.office.start_worker(), self.office.start_worker()]

    def kill_worker(self) -> None:
        """The worker with its children: whoever holds a row goes."""
        self.workers.pop(0).end()
        self.workers.append(self.office.start_worker())

    def kill_child(self) -> None:
        """The child alone: the worker's first process finds out and makes another."""
        pid = self.workers[0].process.pid
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            os.kill(int(child), 9)

    def kill_relay(self) -> None:
        self.relay.end()
        self.relay = self.office.start_relay(lease=self.lease)

    def kill_redis(self) -> None:
        """With all that it kept."""
        self.office.kill_redis()
        for file in self.office.redis.data.rglob("*"):
            if file.is_file():
                file.unlink()
        self.office.start_redis()

    def kill_database(self) -> None:
        connection.close()
        self.server.end()
        self.server = started(self.postgres)


@pytest.fixture
def storm(django_db_setup, django_db_blocker, tmp_path):
    # A commit that has been answered must outlive the server; the machine itself is not switched off.
    postgres = Postgres(tmp_path, options={"fsync": "off", "full_page_writes": "off"})
    server = started(postgres)
    try:
        postgres.make_database()
        environment = {**os.environ, "DATABASE_URL": postgres.url()}
        databases.migrate({**environment, "DATABASE_OWNER_URL": postgres.url(role=OWNER)})
        with django_db_blocker.unblock(), databases.lead_to(DATABASE, host=str(postgres.sockets)):
            office = PostOffice(tmp_path, environment)
            storm = Storm(office, postgres, server)
            try:
                yield storm
            finally:
                office.close()
                server = storm.server
    finally:
        server.end()


def test_nothing_is_lost_and_nothing_is_sent_twice_whatever_is_killed(storm):
    chance = random.Random(1204)
    reader = people.user(email="reader@example.com")
    storm.office.sink.take_time(0.05)
    storm.start()
    killed_at: dict[str, list[float]] = defaultdict(list)
    ways = [storm.kill_worker, storm.kill_child, storm.kill_relay, storm.kill_redis, storm.kill_database]
    deeds = [ways[number % len(ways)] for number in range(KILLS)]
    chance.shuffle(deeds)

    for number, kill in enumerate(deeds):
        begin, end = (NOTIFICATIONS * at // KILLS for at in (number, number + 1))
        insist(lambda begin=begin, end=end: post(reader, begin, end))
        since = insist(clock.now)
        wait_until(lambda since=since: insist(lambda: is_claimed(since)), within=LEASE * 2)
        time.sleep(chance.uniform(0, 0.06))
        killed_at[kill.__name__].append(time.monotonic())
        kill()
    all_done = wait_until(lambda: insist(left) == 0, within=90 + NOTIFICATIONS / 10)

    states = dict(Notification.objects.values_list("state").annotate(Count("pk")))
    assert all_done, states
    assert states == {OwedState.DONE: NOTIFICATIONS}
    copies = Counter(message["Message-ID"] for message in storm.office.sink.received)
    assert set(copies) == set(Notification.objects.values_list("message_id", flat=True))
    assert unexplained(storm.office.sink, copies, killed_at) == []
    taken_up_again = Notification.objects.filter(tries__gt=1).count()
    assert taken_up_again >= KILLS / 10, "nothing was in hand when it was killed"
    table = ", ".join(f"{name.removeprefix('kill_')} {len(at)}" for name, at in sorted(killed_at.items()))
    print(
        f"\n{NOTIFICATIONS:,} notifications, {KILLS} kills ({table}): 0 lost, "
        f"{copies.total() - NOTIFICATIONS} twice in the gap, {taken_up_again} taken up again"
    )


def post(reader: User, begin: int, end: int) -> None:
    posts = (outbox.Post(reader, reader.pk, f"found {number}") for number in range(begin, end))
    outbox.post_all("account_exists", posts, subject_word="person", at=clock.now())


def left() -> int:
    return Notification.objects.exclude(state=OwedState.DONE).count()


def is_claimed(since: datetime) -> bool:
    """Whether a worker has taken up another row: what a killed one had stays claimed for its lease."""
    return Notification.objects.filter(state=OwedState.LEASED, claimed_at__gte=since).exists()


def insist(deed: Callable):
    """Do it again where the database went away under it; what was posted already changes nothing."""
    while True:
        try:
            return deed()
        except Error:
            connection.close()
            time.sleep(0.1)


def unexplained(sink, copies: Counter, killed_at: dict[str, list[float]]) -> list[str]:
    """The emails that came again though nobody was killed between the first one's yes and its mark."""
    could = [at for name in ("kill_worker", "kill_child", "kill_database") for at in killed_at[name]]
    came: dict[str, list[float]] = defaultdict(list)
    for message, at in zip(sink.received, sink.received_at, strict=True):
        came[message["Message-ID"]].append(at)
    return [
        message_id
        for message_id, count in copies.items()
        for at in came[message_id][: count - 1]
        if not any(at - GAP < kill < at + GAP for kill in could)
    ]
