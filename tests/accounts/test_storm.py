"""Notifications on their way while the processes under them are killed, one after another, at random."""

import os
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
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
LEASE = proving.size(6, 15)


@dataclass
class Storm:
    """All the processes, the database's own among them, and how each is killed and started again."""

    office: PostOffice
    postgres: Postgres
    server: Child
    lease: float = LEASE
    #: For each kill that can leave an email sent and not marked: the emails that were in hand then.
    in_hand: list[set[str]] = field(default_factory=list)

    def start(self) -> None:
        self.office.start_redis()
        self.relay = self.office.start_relay(lease=self.lease)
        self.workers = [self.office.start_worker(), self.office.start_worker()]

    def kill_worker(self) -> None:
        """The worker with its children: whoever holds a row goes."""
        self.workers.pop(0).end()
        self.note()
        self.workers.append(self.office.start_worker())

    def kill_child(self) -> None:
        """The child alone: the worker's first process finds out and makes another."""
        pid = self.workers[0].process.pid
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            os.kill(int(child), 9)
        self.note()

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
        before = insist(claimed)
        connection.close()
        self.server.end()
        self.server = started(self.postgres)
        self.note(before)

    def note(self, before: frozenset[str] = frozenset()) -> None:
        """What a worker had taken up and not marked: one of these may come again, and nothing else."""
        self.in_hand.append(insist(claimed) | before)


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
    killed: Counter = Counter()
    ways = [storm.kill_worker, storm.kill_child, storm.kill_relay, storm.kill_redis, storm.kill_database]
    deeds = [ways[number % len(ways)] for number in range(KILLS)]
    chance.shuffle(deeds)

    for number, kill in enumerate(deeds):
        begin, end = (NOTIFICATIONS * at // KILLS for at in (number, number + 1))
        insist(lambda begin=begin, end=end: post(reader, begin, end))
        since = insist(clock.now)
        wait_until(lambda since=since: insist(lambda: is_claimed(since)), within=LEASE * 2)
        time.sleep(chance.uniform(0, 0.06))
        killed[kill.__name__] += 1
        kill()
    all_done = wait_until(lambda: insist(left) == 0, within=90 + NOTIFICATIONS / 10)

    states = dict(Notification.objects.values_list("state").annotate(Count("pk")))
    assert all_done, states
    assert states == {OwedState.DONE: NOTIFICATIONS}
    copies = Counter(message["Message-ID"] for message in storm.office.sink.received)
    assert set(copies) == set(Notification.objects.values_list("message_id", flat=True))
    assert unexplained(copies, storm.in_hand) == []
    taken_up_again = Notification.objects.filter(tries__gt=1).count()
    assert taken_up_again >= KILLS / 10, "nothing was in hand when it was killed"
    table = ", ".join(f"{name.removeprefix('kill_')} {times}" for name, times in sorted(killed.items()))
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


def claimed() -> frozenset[str]:
    """The message ids of what a worker has taken up and not reported back on."""
    rows = Notification.objects.filter(state=OwedState.LEASED, claimed_at__isnull=False)
    return frozenset(rows.values_list("message_id", flat=True))


def unexplained(copies: Counter, in_hand: list[set[str]]) -> list[str]:
    """The emails that came more often than one more for each kill while they were in hand."""
    may_come_again = Counter(message_id for some in in_hand for message_id in some)
    return [message_id for message_id, count in copies.items() if count - 1 > may_come_again[message_id]]


@pytest.mark.parametrize(
    ("app", "is_guarded"), [pytest.param("launchpad", True), pytest.param("tests.unguarded", False)]
)
def test_without_the_guard_of_the_claim_the_check_finds_what_came_twice(
    committed_database, tmp_path, app, is_guarded
):
    """The negative control. A lease that ends while ids still wait has them handed out again."""
    office = PostOffice(tmp_path, committed_database.environment)
    try:
        office.start_redis()
        office.sink.take_time(0.3)
        office.start_relay(lease=2)
        office.start_worker(app)
        post(people.user(email="reader@example.com"), 0, 20)
        assert wait_until(lambda: left() == 0, within=60)
        if not is_guarded:
            wait_until(lambda: len(office.sink.received) > 20)
    finally:
        office.close()

    copies = Counter(message["Message-ID"] for message in office.sink.received)
    assert len(copies) == 20
    assert (unexplained(copies, []) == []) == is_guarded
