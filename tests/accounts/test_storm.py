"""Notifications on their way while the processes under them are killed, one after another, at random."""

import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from django.db import Error, connection, transaction
from django.db.models import Count

from accounts import clock, outbox
from accounts.models import Notification, OwedState, User
from launchpad.children import Child
from launchpad.postgres import DATABASE, OWNER, Postgres
from tests import databases, proving
from tests.mail_journal import Kill, Taken, lost, unexplained
from tests.make import people
from tests.own_cluster import started
from tests.post_office import PostOffice, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.proves]

NOTIFICATIONS = proving.size(240, 5_000)
KILLS = proving.size(10, 200)
#: Of these on purpose between the mail server's "250" and the mark in the row.
IN_THE_GAP = proving.size(1, 10)
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
    kills: list[Kill] = field(default_factory=list)
    #: What was sent by a worker that was killed before it could mark it, on purpose.
    sent_unmarked: list[str] = field(default_factory=list)

    def start(self) -> None:
        self.office.start_redis()
        self.relay = self.office.start_relay(lease=self.lease)
        self.workers = [self.office.start_worker(), self.office.start_worker()]

    def kill_worker(self) -> None:
        """The worker with its children: whoever holds a row goes."""
        worker = self.workers.pop(0)
        with self.noted(worker.name):
            worker.end()
        self.workers.append(self.office.start_worker())

    def kill_child(self) -> None:
        """The child alone: the worker's first process finds out and makes another."""
        worker = self.workers[0]
        pid = worker.process.pid
        with self.noted(worker.name):
            for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
                os.kill(int(child), 9)

    def kill_worker_in_gap(self) -> None:
        """The worker that has been told "250" and waits for the row, which is held, to mark it."""
        hold = self.office.sink.hold_one().wait()
        worker = next(worker for worker in self.workers if worker.name == hold.sender)
        with self.noted(worker.name), transaction.atomic():
            Notification.objects.select_for_update().get(message_id=hold.message_id)
            hold.let_go()
            assert wait_until(lambda: waiting_for_locks() != [])
            worker.end()
            end_sessions(waiting_for_locks())
        self.workers.remove(worker)
        self.workers.append(self.office.start_worker())
        self.sent_unmarked.append(hold.message_id)

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
        with self.noted():
            self.server.end()
            self.server = started(self.postgres)

    @contextmanager
    def noted(self, sender: str = "") -> Iterator[None]:
        """Write a kill down, with what is in hand and not marked once what was on its way has arrived."""
        began = time.monotonic()
        yield
        time.sleep(0.05)
        unmarked = insist(claimed)
        self.kills.append(Kill(sender, began, time.monotonic(), unmarked))


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
    deeds = [ways[number % len(ways)] for number in range(KILLS - IN_THE_GAP)]
    deeds += [storm.kill_worker_in_gap] * IN_THE_GAP
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
    takings = storm.office.sink.taken
    copies = Counter(taken.message_id for taken in takings)
    owed = set(Notification.objects.values_list("message_id", flat=True))
    assert lost(owed, takings) == set()
    assert set(copies) == owed
    assert unexplained(takings, storm.kills) == []
    assert [copies[message_id] for message_id in storm.sent_unmarked] == [2] * IN_THE_GAP
    assert without(storm.kills, storm.sent_unmarked, takings), "the check excuses a copy without its kill"
    taken_up_again = Notification.objects.filter(tries__gt=1).count()
    assert taken_up_again >= KILLS / 10, "nothing was in hand when it was killed"
    table = ", ".join(f"{name.removeprefix('kill_')} {times}" for name, times in sorted(killed.items()))
    print(
        f"\n{NOTIFICATIONS:,} notifications, {KILLS} kills ({table}): 0 lost, "
        f"{copies.total() - NOTIFICATIONS} twice, each by a kill in its gap ({IN_THE_GAP} on purpose), "
        f"{taken_up_again} taken up again"
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


def waiting_for_locks() -> list[int]:
    """The sessions, but for this one's, that wait for a row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND pid <> pg_backend_pid()"
        )
        return [pid for (pid,) in cursor.fetchall()]


def end_sessions(pids: list[int]) -> None:
    """What a dead client asked for would be done all the same once the row is free."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s) AS pid", [pids])


def without(kills: list[Kill], message_ids: list[str], takings: list[Taken]) -> bool:
    """Whether, of what really came, the check finds each copy once its kill is left out."""
    others = [kill for kill in kills if not kill.unmarked & set(message_ids)]
    return {first.message_id for first, _ in unexplained(takings, others)} >= set(message_ids)


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
        worker, began = office.start_worker(app), time.monotonic()
        post(people.user(email="reader@example.com"), 0, 20)
        assert wait_until(lambda: left() == 0, within=60)
        if not is_guarded:
            wait_until(lambda: len(office.sink.taken) > 20)
    finally:
        office.close()

    takings = office.sink.taken
    assert len({taken.message_id for taken in takings}) == 20
    everything = frozenset(taken.message_id for taken in takings)
    elsewhere = [
        Kill("another worker", takings[0].at, takings[-1].at, everything),
        Kill(worker.name, began, began, everything),
        Kill(worker.name, takings[0].at, takings[-1].at, frozenset()),
    ]
    assert (unexplained(takings, []) == []) == is_guarded
    assert unexplained(takings, elsewhere) == unexplained(takings, [])
