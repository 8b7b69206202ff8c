"""Two schedulers, killed workers, killed schedulers: real processes keep the timetable, counted."""

import os
import signal
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from accounts import timetable
from accounts.models import JobRun, OwedState
from accounts.schedules import Every
from accounts.timetable import Job
from tests import databases, processes
from tests.make.times import NOON
from tests.post_office import PostOffice, wait_until

pytestmark = pytest.mark.slow


@pytest.fixture
def job(monkeypatch):
    """One job in the place of the whole timetable, due each hour."""
    monkeypatch.setattr(timetable, "jobs", {})
    hourly = Every(timedelta(hours=1))
    timetable.set_up([Job("count", "Counts.", hourly, lambda at: "counted", catches_up=False)])


def periods() -> list[datetime]:
    return list(JobRun.objects.order_by("period").values_list("period", flat=True))


def tick(at: str) -> str:
    timetable.tick(datetime.fromisoformat(at))
    return "ticked"


def test_many_ticks_at_one_moment_take_one_row(committed_database, job):
    running = [processes.start(tick, NOON.isoformat()) for _ in range(8)]

    assert [one.answer() for one in running] == ["ticked"] * 8
    assert periods() == [NOON]


def test_without_the_unique_rows_two_ticks_would_take_two(committed_database, job):
    """The negative control: what keeps two schedulers apart is the constraint."""
    databases.as_owner("ALTER TABLE accounts_jobrun DROP CONSTRAINT job_runs_once_a_period")

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(7)")
    running = [processes.start(tick_together, NOON.isoformat()) for _ in range(2)]
    wait_until(lambda: waiting() == 2)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(7)")
    [one.answer() for one in running]

    assert periods() == [NOON, NOON]


def tick_together(at: str) -> str:
    """Meet where each has seen that the period is not taken."""
    missing = timetable._missing

    def looked(*given):
        found = missing(*given)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock_shared(7)")
        return found

    timetable._missing = looked
    return tick(at)


def waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return cursor.fetchone()[0]


@pytest.fixture
def ticking(committed_database, tmp_path):
    """Relay, workers and beats with the timetable of ``tests.ticking``: one job, each second."""
    told = {"JOB_LOG": str(tmp_path / "job.log"), "JOB_HANGS": str(tmp_path / "hangs")}
    running = PostOffice(tmp_path, {**committed_database.environment, **told})
    running.start_redis()
    yield running
    running.close()


def noted(folder: Path, word: str) -> Counter:
    log = folder / "job.log"
    lines = log.read_text().splitlines() if log.exists() else []
    return Counter(line.split()[1] for line in lines if line.startswith(word))


def test_two_schedulers_and_two_workers_do_each_period_once(ticking, tmp_path):
    ticking.start_relay()
    for _ in range(2):
        ticking.start_worker("tests.ticking")
    for _ in range(2):
        ticking.start_beat("tests.ticking")

    enough = wait_until(lambda: len(noted(tmp_path, "ended")) >= 8, within=60)
    ticks = sum("Sending due task tick" in line for log in tmp_path.glob("*-beat.log") for line in log.open())

    assert enough
    assert ticks > 8
    assert set(noted(tmp_path, "began").values()) == {1}
    kept = JobRun.objects.filter(state=OwedState.DONE, tries=1).count()
    assert kept >= 8
    # Every second between the first and the last has its row.
    known = periods()
    assert known == [known[0] + number * timedelta(seconds=1) for number in range(len(known))]


def test_a_worker_killed_in_the_middle_leaves_its_period_to_the_next(ticking, tmp_path):
    (tmp_path / "hangs").touch()
    ticking.start_relay(lease=2)
    first = ticking.start_worker("tests.ticking")
    beat = ticking.start_beat("tests.ticking")
    assert wait_until(lambda: noted(tmp_path, "began"), within=40)
    beat.end()

    first.end()
    (tmp_path / "hangs").unlink()
    ticking.start_worker("tests.ticking")

    assert wait_until(lambda: not JobRun.objects.exclude(state=OwedState.DONE).exists(), within=40)
    began, ended = noted(tmp_path, "began"), noted(tmp_path, "ended")
    assert sorted(began.values())[-1] == 2
    assert set(ended.values()) == {1}
    assert JobRun.objects.filter(workers_lost=1, tries=2).count() == 1


def test_a_scheduler_that_was_killed_is_caught_up_with(ticking, tmp_path):
    ticking.start_relay()
    ticking.start_worker("tests.ticking")
    first = ticking.start_beat("tests.ticking")
    assert wait_until(lambda: noted(tmp_path, "ended"), within=40)

    first.end()
    stopped = len(periods())
    time.sleep(3)
    ticking.start_beat("tests.ticking")

    assert wait_until(lambda: len(periods()) >= stopped + 3, within=40)
    assert wait_until(lambda: set(noted(tmp_path, "ended").values()) == {1}, within=20)
    known = periods()
    assert known == [known[0] + number * timedelta(seconds=1) for number in range(len(known))]


def test_a_scheduler_told_to_stop_stops(ticking):
    beat = ticking.start_beat("tests.ticking")

    os.kill(beat.process.pid, signal.SIGTERM)

    assert beat.process.wait(15) == 0
