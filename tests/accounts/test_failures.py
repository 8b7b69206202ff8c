"""Staff learn of messages that nobody got and of jobs that failed, once and together."""

from datetime import timedelta

import pytest

from accounts import composing, failures, outbox, resending, wording
from accounts.models import JobRun, Notification, OwedState
from accounts.roles import Role
from tests.make import people
from tests.make.times import NOON

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def lost(at=NOON, answer="550 5.1.1 No such mailbox") -> Notification:
    person = people.user()
    notification = outbox.post(
        "account_exists",
        to=person,
        subject_word="person",
        subject_id=person.pk,
        cause=f"found {person.pk}",
        at=at,
    )
    Notification.objects.filter(pk=notification.pk).update(
        state=OwedState.FAILED, finished_at=at, last_error=answer
    )
    return notification


def told(at, kind="message_undeliverable") -> list[Notification]:
    before = set(Notification.objects.values_list("pk", flat=True))
    failures.tell(at=at)
    return list(Notification.objects.filter(kind=kind).exclude(pk__in=before))


def test_twenty_lost_messages_are_one_message_to_each_who_answers_for_them():
    manager = people.manager()
    people.user(Role.AUDITOR)
    rows = [lost(NOON + number * timedelta(seconds=1)) for number in range(25)]

    [message] = told(NOON + MINUTE)

    letter = composing.compose(message)
    assert message.recipient == manager
    assert letter.subject == "25 messages could not be delivered"
    assert f"You already have an account to {rows[-1].recipient}: mailbox does not exist" in letter.text
    assert "And: 5 more" in letter.text


def test_further_ones_wait_for_an_hour_and_are_told_then():
    people.manager()
    lost()
    told(NOON + MINUTE)
    lost(NOON + 10 * MINUTE)

    assert told(NOON + 20 * MINUTE) == []
    [message] = told(NOON + MINUTE + HOUR)
    assert composing.compose(message).subject == "1 message could not be delivered"
    assert told(NOON + 3 * HOUR) == []


def test_of_a_failure_to_tell_of_failures_nobody_is_told():
    people.manager()
    lost()
    [message] = told(NOON + MINUTE)
    Notification.objects.filter(pk=message.pk).update(state=OwedState.FAILED, finished_at=NOON + 2 * MINUTE)

    assert told(NOON + 2 * HOUR) == []


def test_what_was_sent_again_meanwhile_need_not_be_told():
    manager = people.manager()
    notification = lost()
    [message] = told(NOON + MINUTE)
    kind = wording.of(message.kind)
    before = kind.still_true(message)

    resending.send_again(notification, reason="Corrected", by=manager, at=NOON + MINUTE)

    assert (before, kind.still_true(message)) == (True, False)


def test_what_the_carrier_returned_is_told_too():
    people.manager()
    sent = outbox.post(
        "account_exists", to=people.user(), subject_word="person", subject_id=1, cause="x", at=NOON - HOUR
    )
    Notification.objects.filter(pk=sent.pk).update(
        state=OwedState.DONE, finished_at=NOON - HOUR, receipt="permanent-failure", receipt_at=NOON
    )

    assert len(told(NOON + MINUTE)) == 1


def failed_run(at=NOON, job="remind of drafts") -> JobRun:
    return JobRun.objects.create(
        job=job,
        period=at,
        taken_at=at,
        due_at=at,
        finished_at=at,
        state=OwedState.FAILED,
        last_error="Parked after 5 tries. OperationalError: gone",
        tries=5,
    )


def test_administrators_are_told_of_a_job_once_a_day_however_often_it_fails():
    administrator = people.user(Role.ADMINISTRATOR)
    people.manager()
    for number in range(5):
        failed_run(NOON + number * 5 * MINUTE)
    failed_run(job="check the ledger")

    rows = told(NOON + HOUR, "job_failed")

    assert {row.recipient for row in rows} == {administrator}
    assert sorted(composing.compose(row).subject for row in rows) == [
        "Failed: job “check the ledger”",
        "Failed: job “remind of drafts”",
    ]
    assert "OperationalError: gone" in composing.compose(rows[0]).text
    assert told(NOON + 2 * HOUR, "job_failed") == []
