"""From the row to the mailbox with every process real: each is killed in its turn, nothing is lost."""

import os
import signal
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from redis import Redis

from accounts import clock, delivery, outbox, relay
from accounts.channels import smtp
from accounts.models import Notification, OwedState
from accounts.tasks import deliver_notifications
from launchpad.celery import app
from launchpad.children import Child
from tests import databases
from tests.make import people
from tests.make.times import NOON
from tests.post_office import PostOffice, wait_until

pytestmark = pytest.mark.proves

LEASE = timedelta(minutes=3)


def post(number: int = 0, at=None) -> Notification:
    person = people.user(email=f"reader{number}@example.com")
    return outbox.post(
        "account_exists",
        to=person,
        subject_word="person",
        subject_id=person.pk,
        cause=f"found {number}",
        at=at or clock.now(),
    )


def in_state(state: OwedState, count: int = 1):
    return lambda: Notification.objects.filter(state=state).count() == count


@pytest.fixture
def office(committed_database, tmp_path):
    office = PostOffice(tmp_path, committed_database.environment)
    yield office
    office.close()


@pytest.mark.slow
def test_two_relays_and_two_workers_deliver_each_notification_once(office):
    office.start_redis()
    notifications = [post(number) for number in range(12)]

    office.start_relay()
    office.start_relay()
    office.start_worker()
    office.start_worker()

    assert wait_until(in_state(OwedState.DONE, 12))
    received = Counter(message["Message-ID"] for message in office.sink.received)
    assert received == Counter(notification.message_id for notification in notifications)
    assert Notification.objects.filter(tries=1).count() == 12


@pytest.mark.slow
@pytest.mark.parametrize(
    ("limits", "state", "error"),
    [
        ({"soft_time_limit": 1, "time_limit": 3}, OwedState.WAITING, "SoftTimeLimitExceeded"),
        ({}, OwedState.DONE, ""),
    ],
)
def test_a_job_over_its_time_is_ended_and_its_row_waits_for_another(office, limits, state, error):
    office.start_redis()
    office.sink.wait(5)
    office.start_worker()
    notification = post()
    Notification.objects.lease(clock.now(), LEASE)

    with app.connection_for_write(office.redis.url()) as broker:
        app.send_task(deliver_notifications.name, [[notification.pk]], connection=broker, **limits)
    wait_until(lambda: not in_state(OwedState.LEASED)(), within=15)

    notification.refresh_from_db()
    assert notification.state == state
    assert error in notification.last_error


#: Jobs that may outlast a lease, since they hold it themselves for as long as they work.
THEIR_OWN_LIMITS = {"funding.tasks.write_files": (14 * 60, 15 * 60)}


def test_every_job_has_the_limits_of_the_settings_but_one_that_holds_its_lease():
    usual = (settings.CELERY_TASK_SOFT_TIME_LIMIT, settings.CELERY_TASK_TIME_LIMIT)
    limits = {
        name: (task.soft_time_limit, task.time_limit)
        for name, task in app.tasks.items()
        if not name.startswith("celery.")
    }

    assert THEIR_OWN_LIMITS.keys() < limits.keys()
    assert limits == dict.fromkeys(limits, usual) | THEIR_OWN_LIMITS


@pytest.mark.slow
def test_a_worker_killed_in_mid_sentence_leaves_its_notification_to_the_next(office):
    office.start_redis()
    office.sink.wait(30)
    office.start_relay(lease=2)
    worker = office.start_worker()
    notification = post()
    assert office.sink.wait_for(1)

    worker.end()
    office.sink.behave()
    office.start_worker()

    assert wait_until(in_state(OwedState.DONE), within=30)
    ids = [message["Message-ID"] for message in office.sink.received]
    assert ids == [notification.message_id] * 2
    notification.refresh_from_db()
    assert (notification.tries, notification.workers_lost) == (2, 1)


@pytest.mark.slow
def test_a_worker_whose_child_is_killed_carries_on_with_another(office):
    office.start_redis()
    office.sink.wait(30)
    office.start_relay(lease=2)
    worker = office.start_worker()
    notification = post()
    assert office.sink.wait_for(1)

    office.sink.behave()
    kill_children_of(worker)

    assert wait_until(in_state(OwedState.DONE), within=30)
    assert [message["Message-ID"] for message in office.sink.received] == [notification.message_id] * 2


@pytest.mark.slow
def test_without_an_end_of_its_lease_what_a_killed_worker_had_would_be_lost(office):
    office.start_redis()
    office.sink.wait(30)
    office.start_relay(lease=3_600)
    worker = office.start_worker()
    post()
    assert office.sink.wait_for(1)

    worker.end()
    office.sink.behave()
    office.start_worker()

    assert not wait_until(in_state(OwedState.DONE), within=5)
    assert in_state(OwedState.LEASED)()


def kill_children_of(worker: Child) -> None:
    pid = worker.process.pid
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        os.kill(int(child), signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.parametrize("reached", [True, False], ids=["ids reached the broker", "ids did not"])
def test_a_relay_killed_while_it_hands_out_loses_nothing(office, reached):
    office.start_redis()
    first = office.start_relay(lease=3)
    for number in range(40):
        post(number)
    assert wait_until(lambda: Notification.objects.filter(state=OwedState.LEASED).exists())

    first.process.send_signal(signal.SIGKILL)
    first.process.wait(10)
    in_hand = Notification.objects.filter(state=OwedState.LEASED).count()
    if not reached:
        # As though it had been killed between its lease and its first word to the broker.
        Redis(unix_socket_path=str(office.redis.socket)).flushall()
    office.start_relay(lease=3)
    office.start_worker()

    assert in_hand
    assert wait_until(in_state(OwedState.DONE, 40), within=40)
    copies = Counter(message["Message-ID"] for message in office.sink.received)
    assert copies == Counter(Notification.objects.values_list("message_id", flat=True))


@pytest.mark.slow
def test_what_a_killed_relay_had_in_hand_stays_there_without_another(office):
    """The negative control: it is the second relay that takes it up again."""
    office.start_redis()
    first = office.start_relay(lease=1)
    post()
    assert wait_until(in_state(OwedState.LEASED))

    first.process.send_signal(signal.SIGKILL)
    first.process.wait(10)
    Redis(unix_socket_path=str(office.redis.socket)).flushall()
    office.start_worker()

    assert not wait_until(in_state(OwedState.DONE), within=4)


@pytest.mark.slow
def test_a_relay_told_to_stop_ends_cleanly(office):
    office.start_redis()
    relay_ = office.start_relay()

    relay_.process.send_signal(signal.SIGTERM)

    assert relay_.process.wait(10) == 0


@pytest.mark.slow
def test_a_database_that_goes_away_after_the_servers_yes_is_told_when_it_is_back(
    office, committed_database, settings
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = office.sink.port
    notification = post()
    Notification.objects.lease(clock.now(), LEASE)
    office.sink.before_answering(lambda: cut_off_everybody_from(committed_database.name))

    delivery.deliver([notification.pk], at=clock.now())

    notification.refresh_from_db()
    assert (notification.state, len(office.sink.received)) == (OwedState.DONE, 1)


def cut_off_everybody_from(database: str) -> None:
    with databases.server() as connection:
        connection.cursor().execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database]
        )


@pytest.mark.slow
def test_emptying_redis_costs_a_lease_and_nothing_else(office):
    office.start_redis()
    office.start_relay(lease=2)
    post()
    assert wait_until(in_state(OwedState.LEASED))

    Redis(unix_socket_path=str(office.redis.socket)).flushall()
    office.start_worker()

    assert wait_until(in_state(OwedState.DONE))
    assert len(office.sink.received) == 1


@pytest.mark.slow
def test_work_waits_for_a_redis_that_is_down_and_workers_come_back_to_it(office):
    office.start_redis()
    relay_ = office.start_relay(lease=3)
    office.start_worker()
    office.kill_redis()
    notification = post()
    assert wait_until(lambda: "broker did not answer" in office.said_by(relay_))
    waiting = Notification.objects.get()

    office.start_redis()

    assert wait_until(in_state(OwedState.DONE), within=40)
    assert len(office.sink.received) == 1
    # It is due since when it was, or a broker that is down would hide how long it has waited.
    assert (waiting.state, waiting.due_at) == (OwedState.WAITING, notification.due_at)


@pytest.mark.slow
def test_a_mail_server_that_was_down_gets_everything_when_it_is_up(office):
    office.start_redis()
    office.start_relay()
    office.start_worker()
    office.sink.stop()
    notification = post()
    assert wait_until(lambda: Notification.objects.filter(state=OwedState.WAITING, tries=1).exists())

    office.sink.start()
    # As though the half minute had gone by, but for the moment in which nobody asks again.
    Notification.objects.update(due_at=clock.now() + smtp.REST)

    assert wait_until(in_state(OwedState.DONE))
    assert [message["Message-ID"] for message in office.sink.received] == [notification.message_id]


@pytest.mark.django_db
def test_a_worker_that_was_thought_dead_changes_nothing_but_done():
    notification = post(at=NOON)
    Notification.objects.lease(NOON, LEASE)
    slow = Notification.objects.claim(notification.pk, at=NOON)
    Notification.objects.lease(NOON + LEASE, LEASE)
    Notification.objects.claim(notification.pk, at=NOON + LEASE)

    refused = Notification.objects.mark_failed(slow, reason="550", at=NOON + LEASE)
    put_off = Notification.objects.postpone(slow, until=NOON, reason="450")
    done = Notification.objects.mark_done(slow, at=NOON + LEASE)

    assert (refused, put_off, done) == (False, False, True)


@pytest.mark.django_db
def test_waiting_in_the_queue_counts_as_no_try():
    notification = post(at=NOON)

    Notification.objects.lease(NOON, LEASE)
    Notification.objects.lease(NOON + LEASE, LEASE)

    notification.refresh_from_db()
    assert (notification.tries, notification.workers_lost) == (0, 0)


@pytest.mark.django_db
def test_no_more_is_handed_out_than_may_be_in_hand():
    for number in range(3):
        post(number, at=NOON)

    first = Notification.objects.lease(NOON, LEASE, limit=2)

    assert len(first) == 2
    assert Notification.objects.in_hand(NOON).count() == 2
    assert len(Notification.objects.lease(NOON, LEASE)) == 1


class Handed:
    """Stands for the broker's end of a task: what it was handed."""

    def __init__(self):
        self.messages = []

    def apply_async(self, arguments, **options):
        self.messages.append(arguments[0])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("due", "sizes"), [(1, [1]), (3, [1, 1, 1]), (10, [3, 3, 3, 1]), (100, [20, 20, 20, 20, 20])]
)
def test_what_is_due_is_handed_out_in_shares_of_at_most_twenty(monkeypatch, due, sizes):
    ids = [post(number, at=NOON).pk for number in range(due)]
    task = Handed()
    monkeypatch.setattr(relay, "owed", [(Notification, task)])

    assert relay.turn(NOON) == due

    assert [len(message) for message in task.messages] == sizes
    assert [pk for message in task.messages for pk in message] == ids


def test_a_job_is_over_before_anybody_hands_it_out_again():
    visible_again = timedelta(seconds=settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"])
    hard_limit = timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT)
    soft_limit = timedelta(seconds=settings.CELERY_TASK_SOFT_TIME_LIMIT)

    assert soft_limit < hard_limit < relay.LEASE < visible_again
