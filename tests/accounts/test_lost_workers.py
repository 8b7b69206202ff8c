"""A worker that is not heard of again: when it counts against its row, how long that waits, when it ends."""

import os
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connection

from accounts import clock, failures, outbox, relay, timetable
from accounts.models import ENDS, JobRun, Notification, Owed, OwedState
from accounts.models.owed import INTERRUPTED_AT_MOST, WORKERS_LOST_AT_MOST
from accounts.roles import Role
from accounts.schedules import Every
from funding.reports import programme
from launchpad.postgres import DATABASE, OWNER, Postgres
from tests import databases
from tests.make import people
from tests.make.times import DAY, NOON
from tests.own_cluster import started

MINUTE, HOUR, LEASE = timedelta(minutes=1), timedelta(hours=1), timedelta(minutes=3)
ENDED = "Every worker that took this up stopped before it was done."


class Silent:
    """Stands for a broker whose workers die of every row: it takes ids, and nobody reports back."""

    def __init__(self, model):
        self.model = model

    def apply_async(self, arguments, **options):
        for pk in arguments[0]:
            assert self.model.objects.claim(pk, at=self.at)


def post(at=NOON) -> Notification:
    return outbox.post(
        "account_exists", to=people.user(), subject_word="person", subject_id=1, cause=f"{at}", at=at
    )


def run(at=NOON) -> JobRun:
    return JobRun.objects.create(job="count", period=at, taken_at=at, due_at=at)


def lose_workers(monkeypatch, row: Owed, since: datetime, times: int) -> list[datetime]:
    """Hand the row out whenever it is due, and lose each worker; return when that was."""
    task = Silent(type(row))
    monkeypatch.setattr(relay, "owed", [(type(row), task)])
    taken: list[datetime] = []
    task.at = since
    while len(taken) < times and row.state not in ENDS:
        if relay.turn(task.at):
            taken.append(task.at)
        row.refresh_from_db()
        task.at = row.leased_until or row.due_at
    return taken


@pytest.mark.django_db
def test_each_lost_worker_is_waited_for_longer_and_the_fifth_parks_a_job(monkeypatch, caplog):
    row = run()

    taken = lose_workers(monkeypatch, row, NOON, 30)

    assert len(taken) == WORKERS_LOST_AT_MOST
    pauses = [(later - earlier - LEASE) / MINUTE for earlier, later in pairwise(taken)]
    assert pauses == [0, 1, 2, 4]
    assert (row.state, row.workers_lost, row.last_error) == (OwedState.FAILED, WORKERS_LOST_AT_MOST, ENDED)
    assert row.finished_at == taken[-1] + LEASE
    assert caplog.messages == ["work has taken its workers down", "job is parked"]


@pytest.mark.django_db
def test_an_email_that_takes_its_workers_down_is_given_up_after_48_hours(monkeypatch):
    row = post()

    taken = lose_workers(monkeypatch, row, NOON, 200)

    assert (row.state, row.last_error) == (OwedState.FAILED, ENDED)
    assert NOON + 2 * DAY <= row.finished_at < NOON + 2 * DAY + HOUR + 2 * LEASE
    # So long, and yet it has no worker for more than three minutes an hour.
    assert len(taken) < 60
    assert max(later - earlier for earlier, later in pairwise(taken)) == HOUR + LEASE


@pytest.mark.django_db
def test_a_row_is_given_up_once_though_two_relays_look(monkeypatch):
    row = run()
    lose_workers(monkeypatch, row, NOON, WORKERS_LOST_AT_MOST)
    told: list[Owed] = []

    for _ in range(2):
        JobRun.objects.lease(NOON + DAY, LEASE, given_up=lambda row, at: told.append(row))

    assert told == [row]


@pytest.mark.django_db
def test_that_nobody_can_be_told_keeps_no_other_row_waiting(monkeypatch, caplog):
    lost, other = run(), run(NOON + DAY)
    lose_workers(monkeypatch, lost, NOON, WORKERS_LOST_AT_MOST)
    monkeypatch.setitem(relay.given_up, JobRun, lambda row, at: 1 / 0)

    relay.owed[0][1].at = NOON + DAY
    handed_out = relay.turn(NOON + DAY)

    lost.refresh_from_db()
    other.refresh_from_db()
    assert (handed_out, lost.state, other.tries) == (1, OwedState.FAILED, 1)
    assert "nobody could be told of it" in caplog.messages


@pytest.mark.django_db
@pytest.mark.tells("report_failed", "job_failed")
def test_who_asked_for_a_report_hears_that_its_workers_died_and_so_does_the_office(monkeypatch):
    reader, administrator = people.user(Role.FUNDS), people.user(Role.ADMINISTRATOR)
    report = programme.request(None, by=reader, at=NOON)

    lose_workers(monkeypatch, report, NOON, 30)
    failures.tell(at=report.finished_at + MINUTE)

    news = Notification.objects.order_by("pk").values_list("kind", "recipient", "subject_id")
    assert report.state == OwedState.FAILED
    assert list(news) == [
        ("report_failed", reader.pk, report.pk),
        ("job_failed", administrator.pk, report.pk),
    ]


@pytest.mark.django_db
def test_a_worker_that_was_thought_dead_tells_nothing_of_a_report_that_has_ended(monkeypatch):
    report = programme.request(None, by=people.user(Role.FUNDS), at=NOON)
    lose_workers(monkeypatch, report, NOON, 30)

    programme._compile(report, at=NOON + DAY)

    report.refresh_from_db()
    assert (report.state, report.figures) == (OwedState.FAILED, None)
    assert list(Notification.objects.values_list("kind", flat=True)) == ["report_failed"]


def restart(row: Owed) -> None:
    """As though the database had been started anew since the row was claimed."""
    type(row).objects.filter(pk=row.pk).update(database_since=NOON - DAY)


@pytest.mark.django_db
@pytest.mark.parametrize("make", [run, post])
def test_a_restart_of_the_database_is_not_held_against_a_row(make):
    row, at = make(), NOON
    for _ in range(2 * WORKERS_LOST_AT_MOST):
        assert type(row).objects.lease(at, LEASE) == [row.pk]
        assert type(row).objects.claim(row.pk, at=at)
        restart(row)
        at += LEASE

    assert type(row).objects.lease(at, LEASE) == [row.pk]
    row.refresh_from_db()
    assert (row.workers_lost, row.interrupted) == (0, 2 * WORKERS_LOST_AT_MOST)


@pytest.mark.django_db
def test_a_job_keeps_its_tries_whatever_restarts(monkeypatch):
    monkeypatch.setattr(timetable, "jobs", {})
    timetable.set_up([timetable.Job("count", "Counts.", Every(HOUR), lambda at: "counted", catches_up=False)])
    row = run()
    JobRun.objects.filter(pk=row.pk).update(tries=7, interrupted=7)

    JobRun.objects.lease(NOON, LEASE)
    timetable.run(row.pk, at=NOON)

    row.refresh_from_db()
    assert (row.state, row.outcome) == (OwedState.DONE, "counted")


@pytest.mark.django_db
def test_a_row_that_restarts_the_database_each_time_ends_too():
    row, at = run(), NOON
    for _ in range(INTERRUPTED_AT_MOST + 2 * WORKERS_LOST_AT_MOST):
        at += HOUR
        for pk in JobRun.objects.lease(at, LEASE):
            assert JobRun.objects.claim(pk, at=at)
            restart(row)

    row.refresh_from_db()
    assert (row.state, row.interrupted) == (OwedState.FAILED, INTERRUPTED_AT_MOST)


@pytest.fixture
def server(django_db_setup, django_db_blocker, tmp_path):
    """A PostgreSQL of the test's own, and the way to start it anew."""
    postgres = Postgres(tmp_path, options={"fsync": "off", "full_page_writes": "off"})
    running = [started(postgres)]

    def again() -> None:
        connection.close()
        running.pop().end()
        running.append(started(postgres))

    try:
        postgres.make_database()
        databases.migrate(
            {**os.environ, "DATABASE_URL": postgres.url(), "DATABASE_OWNER_URL": postgres.url(role=OWNER)}
        )
        with django_db_blocker.unblock(), databases.lead_to(DATABASE, host=str(postgres.sockets)):
            yield again
    finally:
        running.pop().end()


@pytest.mark.slow
def test_a_database_that_is_restarted_under_its_worker_is_told_from_a_worker_that_died(server):
    at = clock.now()
    row = post(at)

    counted = []
    for step in range(WORKERS_LOST_AT_MOST + 2):
        Notification.objects.lease(at + step * LEASE, LEASE)
        assert Notification.objects.claim(row.pk, at=at + step * LEASE)
        if step:
            server()
        row.refresh_from_db()
        counted.append((row.workers_lost, row.interrupted))

    assert counted == [(0, 0), *((1, number) for number in range(WORKERS_LOST_AT_MOST + 1))]
