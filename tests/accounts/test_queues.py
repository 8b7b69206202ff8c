"""Emails, jobs and reports hold each other up in no way; ticks that get lost cost nothing."""

import time
from datetime import timedelta

import pytest

from accounts import clock, messages, outbox, timetable
from accounts.management.commands import relay
from accounts.models import Heartbeat, JobRun, Notification, OwedState
from accounts.roles import Role
from accounts.tasks import deliver_notifications, run_jobs, tick
from applications.tasks import make_receipt_copies
from funding.models import ProgrammeReport
from funding.reports import programme
from funding.tasks import compile_reports, work_out_scenarios, write_files
from launchpad import processes
from launchpad.celery import app
from launchpad.operations import checks
from launchpad.operations.checks import Level
from launchpad.processes import JOBS, WORKER
from tests.funding.test_killed_report import held_up
from tests.make import people
from tests.make.notifications import leased
from tests.make.times import NOON
from tests.post_office import PostOffice, wait_until

SECOND = timedelta(seconds=1)


@pytest.fixture
def office(committed_database, tmp_path):
    office = PostOffice(tmp_path, committed_database.environment)
    office.start_redis()
    yield office
    office.close()


def post(number: int = 1) -> None:
    reader = people.user()
    posts = [outbox.Post(reader, reader.pk, f"found {reader.pk} {place}") for place in range(number)]
    outbox.post_all("account_exists", posts, subject_word="person", at=clock.now())


def sent() -> int:
    return Notification.objects.filter(state=OwedState.DONE).count()


def job() -> JobRun:
    at = clock.now()
    return JobRun.objects.create(job="throw away what has run out", period=at, taken_at=at, due_at=at)


def is_done(row) -> bool:
    row.refresh_from_db()
    return row.state == OwedState.DONE


@pytest.mark.slow
def test_five_hundred_slow_emails_hold_up_no_job_and_no_tick(office):
    office.sink.take_time(0.5)
    post(500)
    office.start_worker(process=WORKER)
    office.start_worker(process=JOBS)
    office.start_relay()
    in_hand = Notification.objects.filter(state=OwedState.LEASED)
    assert wait_until(lambda: in_hand.count() > 400 and sent() > 0)

    row = job()
    with app.connection_for_write(office.redis.url()) as broker:
        tick.apply_async(connection=broker)

    assert wait_until(lambda: is_done(row), within=8)
    assert wait_until(lambda: Heartbeat.objects.filter(name=Heartbeat.BEAT).exists(), within=8)
    assert sent() < 250


@pytest.mark.slow
def test_in_one_queue_a_job_would_wait_for_the_emails(office):
    """The negative control: one worker for everything."""
    office.sink.take_time(0.5)
    post(100)
    office.start_relay()
    in_hand = Notification.objects.filter(state=OwedState.LEASED)
    assert wait_until(lambda: in_hand.count() == 100)
    row = job()
    with app.connection_for_write(office.redis.url()) as broker:
        run_jobs.apply_async(([row.pk],), queue="mail", connection=broker)

    JobRun.objects.filter(pk=row.pk).update(due_at=clock.now() + timedelta(hours=1))
    office.start_worker(process=WORKER)

    assert not wait_until(lambda: is_done(row), within=8)


@pytest.mark.slow
def test_a_long_report_holds_up_neither_mail_nor_jobs_nor_do_many(office, committed_database):
    reader = people.user(Role.FUNDS)
    reports = [programme.request(None, by=reader, at=clock.now()) for _ in range(4)]
    begun = ProgrammeReport.objects.filter(claimed_at__isnull=False)
    with held_up(committed_database.name):
        office.start_relay()
        office.start_worker(process=WORKER)
        office.start_worker(process=JOBS)
        assert wait_until(begun.exists)
        row = job()
        post()

        assert wait_until(lambda: sent() == 1, within=8)
        assert wait_until(lambda: is_done(row), within=8)
        # One at a time: however many are asked for, jobs have workers left.
        assert begun.count() == 1
    assert wait_until(lambda: all(is_done(report) for report in reports), within=40)


def test_every_task_goes_into_a_queue_that_is_worked_off_and_each_into_its_own():
    ours = [name for name in app.tasks if not name.startswith("celery.")]
    goes = {name: app.amqp.router.route({}, name)["queue"].name for name in ours}
    consumed = [
        process.arguments[process.arguments.index("--queues") + 1].split(",") for process in (WORKER, JOBS)
    ]

    assert goes == {
        deliver_notifications.name: "mail",
        tick.name: "jobs",
        run_jobs.name: "jobs",
        compile_reports.name: "reports",
        write_files.name: "reports",
        work_out_scenarios.name: "reports",
        make_receipt_copies.name: "reports",
    }
    # The queue of a release that had one alone is worked off too, and no queue by two programs.
    assert sorted(queue for queues in consumed for queue in queues) == sorted(processes.QUEUES)
    assert processes.EARLIER in consumed[0]


@pytest.fixture
def ticks(monkeypatch) -> list:
    taken = []
    monkeypatch.setattr(timetable, "tick", taken.append)
    return taken


def watching(monkeypatch) -> relay.Command:
    """A relay whose time goes on when the test says so: each of its clocks begins at nought."""
    moment = [0.0]
    monkeypatch.setattr(relay.time, "monotonic", lambda: moment[0])
    monkeypatch.setattr(relay, "FIRST_WATCH", 10_000)
    command = relay.Command()
    command.begin()
    command.go_on_to = lambda seconds: moment.__setitem__(0, seconds)
    return command


@pytest.mark.django_db
def test_the_relay_ticks_where_no_tick_arrives(monkeypatch, ticks):
    command = watching(monkeypatch)

    for seconds in range(0, 60, 5):
        command.go_on_to(seconds)
        command.beat(NOON + seconds * SECOND)

    assert ticks == [NOON + seconds * SECOND for seconds in (45, 50, 55)]


@pytest.mark.django_db
def test_the_relay_leaves_ticking_to_beat_while_its_ticks_arrive(monkeypatch, ticks):
    command = watching(monkeypatch)

    for seconds in range(0, 300, 5):
        if seconds % 30 == 0:
            Heartbeat.objects.beat(Heartbeat.TIMETABLE, at=NOON + seconds * SECOND)
        command.go_on_to(seconds)
        command.beat(NOON + seconds * SECOND)

    assert ticks == []


@pytest.mark.django_db
def test_a_beat_that_is_silent_is_a_warning_and_the_timetable_is_kept():
    Heartbeat.objects.beat(Heartbeat.TIMETABLE, at=NOON)

    found = {check.name: check for check in checks.heartbeats(NOON)}

    assert found["timetable"].level == Level.OK
    assert (found["beat"].level, found["beat"].says) == (Level.WARNING, "It has never been heard of.")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "shape",
    [
        pytest.param(lambda pk: ([[pk]], {}), id="a list, as of today"),
        pytest.param(lambda pk: ([pk], {}), id="one id"),
        pytest.param(lambda pk: ([[pk]], {"version": 1, "added": "later"}), id="with a word more"),
    ],
)
def test_a_worker_takes_what_another_release_sends(shape, sink):
    notification = leased(at=clock.now())
    arguments, named = shape(notification.pk)

    deliver_notifications(*arguments, **named)

    assert is_done(notification)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "task",
    [deliver_notifications, run_jobs, compile_reports, work_out_scenarios, write_files],
    ids=lambda task: task.name,
)
def test_every_task_leaves_the_rows_of_a_message_it_cannot_read(task, caplog):
    task([1], version=messages.VERSION + 1)

    assert caplog.messages == ["message is of a later release"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "named"),
    [
        pytest.param("accounts.tasks.of_tomorrow", {}, id="a task of tomorrow"),
        pytest.param(deliver_notifications.name, {"version": 2}, id="a version of tomorrow"),
    ],
)
def test_what_a_worker_does_not_know_is_handed_out_again(office, name, named):
    post()
    [row] = Notification.objects.all()
    Notification.objects.lease(clock.now(), 4 * SECOND)
    worker = office.start_worker()
    with app.connection_for_write(office.redis.url()) as broker:
        app.send_task(name, [[row.pk]], named, connection=broker)
    of_today = "unregistered task", "of a later release"
    assert wait_until(lambda: any(words in office.said_by(worker) for words in of_today))
    time.sleep(0.2)
    row.refresh_from_db()
    left = (row.state, row.tries)

    office.start_relay()

    assert wait_until(lambda: is_done(row))
    assert left == (OwedState.LEASED, 0)
    assert (row.tries, row.workers_lost) == (1, 0)
