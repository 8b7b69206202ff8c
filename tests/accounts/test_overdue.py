"""What has not ended for five minutes is said: what nobody took up, and what is tried in vain."""

import logging
from datetime import timedelta

import pytest

from accounts import clock, outbox, overdue
from accounts.models import Heartbeat, JobRun, Notification
from accounts.roles import Role
from launchpad.operations import checks
from launchpad.operations.checks import Level
from tests.make import office, people
from tests.make.times import NOON

pytestmark = pytest.mark.django_db
MINUTE, LEASE = timedelta(minutes=1), timedelta(minutes=3)
LATE = overdue.LATE


@pytest.fixture
def row() -> Notification:
    return outbox.post(
        "account_exists", to=people.user(), subject_word="person", subject_id=1, cause="x", at=NOON
    )


def begin(row, at=NOON):
    Notification.objects.lease(at, LEASE)
    return Notification.objects.claim(row.pk, at=at)


def found(at) -> tuple[bool, bool]:
    """Whether something is overdue, and whether something is still being tried."""
    rows = Notification.objects
    return rows.overdue(at, LATE).exists(), rows.still_tried(at, LATE).exists()


def test_what_nobody_took_up_is_overdue_after_five_minutes(row):
    assert found(NOON + LATE) == (False, False)
    assert found(NOON + LATE + MINUTE) == (True, False)


def test_what_was_handed_out_and_reached_no_worker_is_overdue_all_the_same(row):
    Notification.objects.lease(NOON + 4 * MINUTE, LEASE)
    handed_out = found(NOON + 6 * MINUTE)
    Notification.objects.hand_back([row.pk])

    assert (handed_out, found(NOON + 6 * MINUTE)) == ((True, False), (True, False))


def test_what_a_worker_has_is_not_overdue_until_its_lease_is_over(row):
    begin(row, NOON + 5 * MINUTE)

    assert found(NOON + 7 * MINUTE) == (False, False)
    assert found(NOON + 8 * MINUTE) == (True, False)


@pytest.mark.parametrize("tries", range(1, 4))
def test_what_is_put_off_again_and_again_is_never_overdue_and_still_seen(row, tries):
    for number in range(tries):
        at = NOON + number * 10 * MINUTE
        Notification.objects.postpone(begin(row, at), until=at + 10 * MINUTE, reason="450 Not now")

    assert found(at + 4 * MINUTE) == (False, tries > 1)
    assert found(at + 6 * MINUTE) == (False, True)


def test_what_has_come_to_an_end_is_neither(row):
    Notification.objects.mark_done(begin(row), at=NOON)

    assert found(NOON + 60 * MINUTE) == (False, False)


def test_both_are_said_in_the_log_with_since_when(row, caplog):
    Heartbeat.objects.beat(Heartbeat.RELAY, at=NOON + 9 * MINUTE)
    Notification.objects.postpone(begin(row), until=NOON + 10 * MINUTE, reason="450 Not now")
    JobRun.objects.create(job="count", period=NOON, taken_at=NOON, due_at=NOON + MINUTE)

    assert overdue.report(at=NOON + 9 * MINUTE) == "1 rows overdue, 1 still being tried"
    assert [(one.msg, one.levelno, one.owed, one.since) for one in caplog.records] == [
        ("work is still being tried", logging.WARNING, "accounts.notification", NOON.isoformat()),
        ("work is overdue", logging.ERROR, "accounts.jobrun", (NOON + MINUTE).isoformat()),
    ]


def test_no_relay_is_an_alarm(caplog):
    said = overdue.report(at=NOON)
    Heartbeat.objects.beat(Heartbeat.RELAY, at=NOON)

    assert said == "0 rows overdue, 0 still being tried, and no relay has been heard of"
    assert overdue.report(at=NOON + timedelta(seconds=59)) == "0 rows overdue, 0 still being tried"
    assert caplog.messages == ["relay is silent"]


def test_the_status_page_the_health_and_the_figures_say_both(row):
    at = clock.now()
    Notification.objects.filter(pk=row.pk).update(due_at=at - 20 * MINUTE)
    notification = begin(row, at - 20 * MINUTE)
    Notification.objects.postpone(notification, until=at + 10 * MINUTE, reason="450 Not now")
    browser = office.sign_in(people.user(Role.ADMINISTRATOR))

    page = browser.get("/admin/status/").content.decode()
    health = {check["name"]: check for check in browser.get("/health/status").json()["checks"]}
    metrics = browser.get("/health/metrics").content.decode()

    check = health["owed: notification"]
    assert check["level"] == "warning"
    assert check["says"].startswith("None is due. 1 still being tried, the first since ")
    assert check["says"] in page
    assert 'launchpad_owed_still_tried_rows{kind="notification"} 1\n' in metrics
    seconds = metrics.split('launchpad_owed_still_tried_seconds{kind="notification"} ')[1].split()[0]
    assert 1_200 <= float(seconds) < 1_260


def test_what_is_overdue_as_well_is_an_alarm(row):
    Notification.objects.postpone(begin(row), until=NOON + 10 * MINUTE, reason="450 Not now")

    levels = [
        check.level
        for minutes in (9, 12, 16)
        for check in checks.owed(NOON + minutes * MINUTE)
        if check.name == "owed: notification"
    ]

    assert levels == [Level.WARNING, Level.WARNING, Level.ALARM]
