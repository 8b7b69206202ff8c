"""Submitting: in time by half-open intervals, once, and with a row for every receipt owed."""

import subprocess
import sys
import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection, transaction

from accounts.models import Notification
from accounts.roles import Role
from applications import submission
from applications.models import Application, StatusChange
from applications.workflow import MoveRefused, Status
from tests.make import applications, people
from tests.make.competitions import competition
from tests.make.times import DAY, NOON

LONDON = ZoneInfo("Europe/London")

#: Closing days in winter and summer time, and on both days of the clock change.
CLOSING_DAYS = [
    pytest.param((2027, 1, 15), "GMT", id="winter"),
    pytest.param((2026, 7, 1), "BST", id="summer"),
    pytest.param((2027, 3, 28), "BST", id="clocks go forward"),
    pytest.param((2026, 10, 25), "GMT", id="clocks go back"),
]


def closing_at_eleven(day) -> Application:
    closes_at = datetime(*day, 11, tzinfo=LONDON)
    within = competition(opens_at=closes_at - 30 * DAY, closes_at=closes_at)
    return applications.complete_draft(within, at=closes_at - DAY)


@pytest.mark.django_db
@pytest.mark.parametrize(("day", "zone"), CLOSING_DAYS)
def test_a_thousandth_before_eleven_is_in_time(day, zone):
    draft = closing_at_eleven(day)
    at = datetime(*day, 10, 59, 59, 999_000, tzinfo=LONDON)

    submitted = submission.submit(draft, by=draft.started_by, at=at)

    assert at.tzname() == zone
    assert (submitted.status, submitted.submitted_at) == (Status.SUBMITTED, at)


@pytest.mark.django_db
@pytest.mark.parametrize(("day", "zone"), CLOSING_DAYS)
def test_eleven_is_closed_and_leaves_no_trace(day, zone):
    draft = closing_at_eleven(day)
    at = datetime(*day, 11, tzinfo=LONDON)

    with pytest.raises(submission.CompetitionClosed) as refusal:
        submission.submit(draft, by=draft.started_by, at=at)

    draft.refresh_from_db()
    assert at.tzname() == zone
    assert refusal.value.closed_at == at
    assert (draft.status, draft.submitted_at) == (Status.DRAFT, None)
    assert not StatusChange.objects.exists()
    assert not Notification.objects.filter(kind="application_submitted").exists()


@pytest.mark.django_db
def test_a_competition_that_is_not_open_yet_takes_nothing():
    draft = applications.complete_draft()
    before = draft.competition.opens_at - timedelta(microseconds=1)

    with pytest.raises(submission.CompetitionClosed):
        submission.submit(draft, by=draft.started_by, at=before)


@pytest.mark.django_db
def test_a_broken_rule_keeps_a_draft_a_draft():
    draft = applications.complete_draft(pounds=24_999)

    with pytest.raises(submission.NotEligible) as refusal:
        submission.submit(draft, by=draft.started_by, at=NOON)

    draft.refresh_from_db()
    assert [breach.rule for breach in refusal.value.breaches] == ["ELIG-03"]
    assert draft.status == Status.DRAFT
    assert not Notification.objects.filter(kind="application_submitted").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("pounds", [25_000, 100_000])
def test_both_ends_of_the_cost_limits_are_taken(pounds):
    draft = applications.complete_draft(pounds=pounds)

    assert submission.submit(draft, by=draft.started_by, at=NOON).total_costs == pounds


@pytest.mark.django_db
@pytest.mark.tells("application_submitted")
def test_a_receipt_is_owed_to_everybody_who_edits_and_to_nobody_else():
    draft = applications.complete_draft()
    organisation = applications.lead(draft).organisation
    colleague = people.member(organisation)
    people.member(organisation, may_edit=False)

    submission.submit(draft, by=draft.started_by, at=NOON)

    told = Notification.objects.filter(kind="application_submitted").values_list("recipient", flat=True)
    assert sorted(told) == sorted([draft.started_by_id, colleague.pk])


@pytest.mark.django_db
@pytest.mark.parametrize("may_edit", [True, False])
def test_nobody_submits_for_others(may_edit):
    draft = applications.complete_draft()
    other = applications.draft().started_by if may_edit else people.user(Role.APPLICANT)

    with pytest.raises(submission.NotEditable):
        submission.submit(draft, by=other, at=NOON)


@pytest.mark.django_db
def test_the_office_does_not_submit():
    draft = applications.complete_draft()

    with pytest.raises(MoveRefused):
        submission.submit(draft, by=people.manager(), at=NOON)


@pytest.mark.django_db
def test_a_submission_leaves_one_row_of_history():
    draft = applications.complete_draft()

    submission.submit(draft, by=draft.started_by, at=NOON)

    change = draft.status_changes.get()
    assert (change.before, change.after) == (Status.DRAFT, Status.SUBMITTED)
    assert (change.made_by, change.made_at) == (draft.started_by, NOON)


#: What each pressing process runs; it prints what became of its press.
PRESS = """
import sys, django
django.setup()
from datetime import datetime
from accounts.models import User
from applications import submission
from applications.models import Application
application, person, at = sys.argv[1:]
try:
    submission.submit(
        Application.objects.get(pk=application), by=User.objects.get(pk=person), at=datetime.fromisoformat(at)
    )
    print("submitted")
except submission.MoveRefused:
    print("already")
"""


@pytest.mark.slow
def test_a_double_press_from_two_processes_is_one_submission(committed_database):
    draft = applications.complete_draft()
    arguments = [str(draft.pk), str(draft.started_by_id), NOON.isoformat()]

    with transaction.atomic():
        # Both presses come to wait for this row before either is let in.
        Application.objects.select_for_update().get(pk=draft.pk)
        presses = [
            subprocess.Popen(
                [sys.executable, "-c", PRESS, *arguments],
                cwd=settings.BASE_DIR,
                env={
                    **committed_database.environment,
                    "DJANGO_SETTINGS_MODULE": "launchpad.settings",
                    # The first to wait must still be there when the second has started up.
                    "PGOPTIONS": "-c lock_timeout=60s -c statement_timeout=60s",
                },
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(2)
        ]
        waited = most_waiters(wanted=2)
    answers = sorted(press.communicate(timeout=600)[0].strip().splitlines()[-1] for press in presses)

    assert waited == 2
    assert answers == ["already", "submitted"]
    assert StatusChange.objects.count() == 1
    assert Notification.objects.filter(kind="application_submitted").count() == 1


def most_waiters(wanted: int, within: float = 60) -> int:
    """Return how many connections were seen waiting for a lock, as soon as that is ``wanted``."""
    until, seen = time.monotonic() + within, 0
    while seen < wanted and time.monotonic() < until:
        with connection.cursor() as cursor:
            # Within a transaction the view would stand still.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            seen = max(seen, cursor.fetchone()[0])
        time.sleep(0.05)
    return seen
