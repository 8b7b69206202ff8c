"""The operators' view: each thing that can go wrong is said, and nothing that is down takes it down."""

import re
import time
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from accounts import clock, clock_setting, outbox, timetable
from accounts.models import Heartbeat, JobRun, OwedState
from accounts.roles import OPERATORS, Role
from funding import ledger_check
from funding.models import Budget, BudgetKind
from launchpad import state
from launchpad.celery import app
from launchpad.operations import checks
from launchpad.operations.checks import Level
from launchpad.postgres import OWNER
from tests import databases
from tests.databases import as_owner, disarmed
from tests.make import budgets, office, people
from tests.make.api import Asking
from tests.make.times import NOON

ADDRESSES = ("/admin/status/", "/health/status", "/health/metrics")
SECOND = timedelta(seconds=1)


def level_of(name: str, at=None) -> tuple[Level, str]:
    """How the check of this name stands, and what it says."""
    [found] = [check for check in checks.run(at or clock.now()) if check.name == name]
    return found.level, found.says


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES)
def test_operators_see_it_and_nobody_else_does(address, client):
    for role in Role:
        answer = office.sign_in(people.user(role)).get(address)
        assert (answer.status_code == 200) == (role in OPERATORS), role

    assert client.get(address).status_code in (302, 401, 403)


@pytest.mark.django_db
def test_a_monitoring_system_reads_it_with_an_operators_token():
    asking = Asking(people.user(Role.ADMINISTRATOR))

    answer = asking.client.get("/health/status")

    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert answer.json()["status"] in {"ok", "warning", "alarm"}
    assert {check["name"] for check in answer.json()["checks"]} >= {
        "database",
        "database rights",
        "migrations",
        "clock",
        "relay",
        "timetable",
        "queue",
        "ledger",
        "audit trail",
        "disk",
        *(f"job: {name}" for name in timetable.jobs),
    }
    assert Asking(people.user(Role.APPLICANT)).client.get("/health/status").status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("beat", "name", "at_most"),
    [(Heartbeat.RELAY, "relay", 60 * SECOND), (Heartbeat.TIMETABLE, "timetable", 120 * SECOND)],
)
def test_a_program_that_is_not_heard_of_is_an_alarm(beat, name, at_most):
    never = level_of(name, NOON)
    Heartbeat.objects.beat(beat, at=NOON)

    assert never == (Level.ALARM, "It has never been heard of.")
    assert level_of(name, NOON + at_most)[0] == Level.OK
    assert level_of(name, NOON + at_most + SECOND)[0] == Level.ALARM


@pytest.mark.django_db
def test_what_is_owed_for_more_than_five_minutes_is_an_alarm():
    outbox.post("account_exists", to=people.user(), subject_word="p", subject_id=1, cause="x", at=NOON)

    assert level_of("owed: notification", NOON + 300 * SECOND) == (
        Level.OK,
        "1 due, the oldest for 300 seconds.",
    )
    assert level_of("owed: notification", NOON + 301 * SECOND)[0] == Level.ALARM


@pytest.mark.django_db
def test_a_broker_that_is_down_is_said_and_takes_nothing_down(monkeypatch):
    client = office.sign_in(people.user(Role.ADMINISTRATOR))
    assert level_of("queue")[0] == Level.OK
    monkeypatch.setattr(app.conf, "broker_read_url", "redis+socket:///nonexistent/redis.sock")

    began = time.monotonic()
    answers = [client.get(address) for address in ADDRESSES]

    assert time.monotonic() - began < 15
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert "It does not answer. What is owed waits in the database." in answers[0].content.decode()
    assert 'launchpad_check_level{check="queue"} 2' in answers[2].content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ahead", "level"),
    [
        (timedelta(seconds=1.5), Level.ALARM),
        (timedelta(seconds=-1.5), Level.ALARM),
        (timedelta(seconds=0.5), Level.OK),
    ],
)
def test_clocks_more_than_a_second_apart_are_an_alarm(ahead, level, monkeypatch):
    real = clock.real
    monkeypatch.setattr(clock, "real", lambda: real() - ahead)

    assert level_of("clock")[0] == level


@pytest.mark.django_db
def test_a_clock_that_is_set_is_a_warning():
    clock_setting.set_to(NOON, at=clock.real())

    assert level_of("clock")[0] == Level.WARNING


@pytest.mark.django_db
def test_a_job_that_is_parked_or_silent_is_an_alarm():
    at = clock.now()
    Heartbeat.objects.beat(Heartbeat.RELAY, at=at)
    fresh = level_of("job: check the ledger", at)
    JobRun.objects.create(job="check the ledger", period=at, taken_at=at, due_at=at, state=OwedState.FAILED)

    assert fresh == (Level.OK, "Not done yet.")
    assert level_of("job: check the ledger", at) == (Level.ALARM, "Parked: it failed. Not done yet.")
    assert level_of("job: report what is overdue", at + timedelta(hours=1)) == (
        Level.ALARM,
        "Not done when it was due. Not done yet.",
    )


@pytest.mark.django_db
def test_a_ledger_that_does_not_add_up_or_is_not_counted_is_an_alarm():
    pot = budgets.budget(BudgetKind.POT, "500.00")
    uncounted = level_of("ledger", NOON)
    ledger_check.verify(at=NOON)
    clean, old = level_of("ledger", NOON), level_of("ledger", NOON + timedelta(hours=2, seconds=1))
    with disarmed("funding_budget"):
        Budget.objects.filter(pk=pot.pk).update(available=Decimal("499.00"), paid=Decimal("1.00"))
    ledger_check.verify(at=NOON)
    differs = level_of("ledger", NOON)

    assert [level for level, _ in (uncounted, clean, old, differs)] == [
        Level.WARNING,
        Level.OK,
        Level.ALARM,
        Level.ALARM,
    ]
    assert "Approvals are stopped" in differs[1]
    # Sums of a region are for those who read its money.
    assert pot.code not in differs[1]


@pytest.mark.django_db
def test_an_audit_entry_without_its_seal_is_an_alarm_after_a_minute():
    ledger_check.verify(at=NOON)

    assert level_of("audit trail", NOON + 60 * SECOND)[0] == Level.OK
    assert level_of("audit trail", NOON + 61 * SECOND)[0] == Level.ALARM


@pytest.mark.django_db
def test_a_full_disk_and_a_missing_migration_are_alarms(monkeypatch):
    monkeypatch.setattr(checks, "ROOM_NEEDED", 10**18)
    as_owner("DELETE FROM django_migrations WHERE app = 'accounts' AND name LIKE '0001_squashed%'")

    assert level_of("disk")[0] == Level.ALARM
    assert level_of("migrations") == (Level.ALARM, "1 are still to be applied.")
    assert state.ROOM_NEEDED < 10**18


@pytest.mark.django_db
def test_the_figures_are_text_that_prometheus_reads():
    text = office.sign_in(people.user(Role.AUDITOR)).get("/health/metrics").content.decode()

    line = re.compile(r'launchpad_[a-z_]+(\{[a-z]+="[^"\n]*"(,[a-z]+="[^"\n]*")*\})? -?[0-9.e+-]+')
    assert text.endswith("\n")
    assert all(line.fullmatch(one) for one in text.splitlines())
    assert "launchpad_disk_free_bytes " in text
    assert 'launchpad_owed_rows{kind="notification"} 0' in text


DOWN = {
    "status": "alarm",
    "checks": [{"name": "database", "level": "alarm", "says": "It does not answer."}],
}


@contextmanager
def lost_database():
    """No connection can be made, and there is none."""
    standing = connection.settings_dict["HOST"]
    connection.close()
    connection.settings_dict["HOST"] = "/nonexistent"
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["HOST"] = standing


@pytest.mark.slow
def test_a_database_that_is_down_is_said(committed_database):
    asking = Asking(people.user(Role.ADMINISTRATOR))

    with lost_database():
        answer = asking.client.get("/health/status")

    assert answer.status_code == 503
    assert answer.json() == DOWN


@pytest.mark.slow
def test_a_database_that_is_down_is_said_to_who_was_signed_in(committed_database):
    browser = office.sign_in(people.user(Role.ADMINISTRATOR))

    with lost_database():
        status, metrics, live, ready, page = (
            browser.get(address)
            for address in ("/health/status", "/health/metrics", "/health/live", "/health/ready", "/admin/")
        )

    assert (status.status_code, status.json()) == (503, DOWN)
    assert (metrics.status_code, metrics.text) == (503, 'launchpad_check_level{check="database"} 2\n')
    assert status["Cache-Control"] == metrics["Cache-Control"] == "no-store"
    assert (live.status_code, ready.status_code, page.status_code) == (200, 503, 503)


@pytest.mark.slow
def test_a_role_that_may_do_too_much_in_the_database_is_an_alarm(committed_database):
    kept = level_of("database rights")
    with databases.lead_to(committed_database.name, OWNER):
        owning = level_of("database rights")

    assert kept == (Level.OK, "The role that serves may do what it must, and no more.")
    assert owning == (Level.ALARM, f"The role {OWNER} owns the tables.")
