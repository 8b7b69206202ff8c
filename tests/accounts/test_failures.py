"""Staff learn of messages that nobody got and of jobs that failed, once and together."""

from datetime import timedelta

import pytest
from django.conf import settings

from accounts import (
    composing,
    delivery,
    failures,
    invitations,
    letters,
    outbox,
    receipts,
    relay,
    resending,
    timetable,
    wording,
)
from accounts.models import JobRun, Notification, Owed, OwedState
from accounts.models.owed import WORKERS_LOST_AT_MOST
from accounts.roles import Role
from accounts.schedules import Every
from applications.models import ReceiptCopy
from funding.models import ProgrammeReport
from tests.accounts.test_ends_once import MADE
from tests.make import applications, competitions, office, organisations, people
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db
MINUTE, HOUR, LEASE = timedelta(minutes=1), timedelta(hours=1), timedelta(minutes=3)


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


def failed_receipt() -> Notification:
    entry = applications.application()
    row = outbox.post(
        "application_submitted",
        to=entry.started_by,
        subject_word="application",
        subject_id=entry.pk,
        cause=f"submitted {entry.pk}",
        at=NOON,
    )
    Notification.objects.filter(pk=row.pk).update(state=OwedState.FAILED, finished_at=NOON, last_error="550")
    return row


def told(at, kind="message_undeliverable") -> list[Notification]:
    """What is told once everything that ended up to ``at`` is written."""
    before = set(Notification.objects.values_list("pk", flat=True))
    failures.tell(at=at + failures.SETTLED)
    return list(Notification.objects.filter(kind=kind).exclude(pk__in=before))


@pytest.mark.tells("message_undeliverable")
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


def test_what_is_written_while_others_are_told_is_told_the_next_time():
    """A row bears the moment at which its worker began; the mail server may take its time to answer."""
    people.manager()
    lost(NOON)
    told(NOON + MINUTE)
    late = lost(NOON + 2 * MINUTE)

    [message] = told(NOON + MINUTE + HOUR)

    assert message.subject_id == late.pk


def test_a_row_bears_no_moment_older_than_what_was_told_when_it_is_written():
    """Whoever has had a row for longer than its lease writes no more than that it was done."""
    limit = timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT)

    assert limit < relay.LEASE <= failures.SETTLED


def refused(row, at):
    Notification.objects.lease(at, LEASE)
    delivery.deliver([row.pk], at=at)


def given_up(row, at):
    before = {"begun_at": at - delivery.GIVE_UP_AFTER, "tries": delivery.TRIES_AT_LEAST}
    Notification.objects.filter(pk=row.pk).update(**before)
    refused(row, at)


def takes_its_workers_down(row, at):
    before = {"begun_at": at - Notification.PATIENCE, "workers_lost": WORKERS_LOST_AT_MOST - 1}
    Notification.objects.filter(pk=row.pk).update(**before)
    Notification.objects.lease(at - LEASE, LEASE)
    Notification.objects.claim(row.pk, at=at - LEASE)
    Notification.objects.lease(at, LEASE)


def returned(row, at):
    sent_ = {"state": OwedState.DONE, "finished_at": at - HOUR, "channel": "notify"}
    Notification.objects.filter(pk=row.pk).update(**sent_, channel_reference="x")
    receipts._note(row, "permanent-failure", at)


@pytest.mark.parametrize(
    ("dies", "answer", "why"),
    [
        (refused, "550 5.1.1 No such mailbox", "mailbox does not exist"),
        (given_up, "450 4.2.2 Over quota", "given up, mailbox is full (101 tries over 48 hours)"),
        (takes_its_workers_down, "", "given up, Every worker that took this up stopped before it was done"),
        (returned, "", "mailbox does not exist"),
    ],
)
def test_however_a_message_died_it_is_told_once(dies, answer, why, sink):
    people.manager()
    row = outbox.post(
        "account_exists", to=people.user(), subject_word="person", subject_id=1, cause="x", at=NOON - HOUR
    )
    sink.refuse(answer)
    dies(row, NOON)

    [message] = told(NOON)

    text = composing.compose(message).text.replace("\n  ", " ")
    assert f"You already have an account to {row.recipient}: {why}" in " ".join(text.split())
    assert told(NOON + DAY) == []


def test_what_no_region_answers_for_is_told_to_the_administrators():
    region = competitions.region()
    people.manager(region=region)
    administrator = people.user(Role.ADMINISTRATOR)
    row = lost()

    [message] = told(NOON)
    letter = composing.compose(message)
    page = office.sign_in(administrator).get(f"/account/notifications/{message.pk}/").content.decode()

    assert (message.recipient, message.subject_id) == (administrator, row.pk)
    assert str(row.recipient) in letter.text and str(row.recipient) in page
    assert "See what failed" in letter.text
    resending.send_again(row, reason="Corrected", by=administrator, at=NOON)


def test_of_an_application_that_no_region_answers_for_administrators_hear_and_have_no_link():
    people.manager(region=competitions.region("TV", "Tees Valley"))
    administrator = people.user(Role.ADMINISTRATOR)
    failed_receipt()

    [message] = told(NOON)

    assert message.recipient == administrator
    assert "See what failed" not in composing.compose(message).text


def test_an_invitation_that_came_back_is_not_reported_under_the_one_who_sent_it():
    manager = people.manager()
    firm = organisations.organisation()
    editor = people.member(firm, name="Ada King")
    invitations.invite(firm, "new@example.com", may_edit=True, by=editor, at=NOON)
    row = Notification.objects.get(kind="organisation_invitation")
    Notification.objects.filter(pk=row.pk).update(
        state=OwedState.FAILED, finished_at=NOON, last_error="550 5.1.1"
    )

    [message] = told(NOON)
    page = office.sign_in(manager).get(f"/admin/accounts/notification/{row.pk}/change/").content.decode()

    assert "to Ada King" not in composing.compose(message).text
    assert "an invitation" in composing.compose(message).text
    assert "an invitation that Ada King had sent" in page


def test_where_somebody_answers_for_the_programme_the_administrators_are_not_told():
    people.user(Role.ADMINISTRATOR)
    manager = people.manager()
    lost()

    assert [message.recipient for message in told(NOON)] == [manager]


def test_its_link_leads_to_what_is_to_be_sent_again():
    manager = people.manager()
    row, other = lost(), lost()
    resending.send_again(other, reason="Corrected", by=manager, at=NOON)
    [message] = told(NOON)

    button = next(part for part in composing.compose(message).parts if isinstance(part, letters.Button))
    page = office.sign_in(manager).get(button.url.removeprefix("http://127.0.0.1:8000"))

    assert [one.pk for one in page.context["cl"].result_list] == [row.pk]


def test_whoever_held_the_role_reads_of_no_more_failures():
    manager = people.manager()
    lost()
    [message] = told(NOON)
    browser = office.sign_in(manager)
    before = browser.get(f"/account/notifications/{message.pk}/").content.decode()

    manager.holdings.all().delete()
    after = browser.get(f"/account/notifications/{message.pk}/").content.decode()

    assert "1 message could not be delivered" in before
    assert "This cannot be shown any more" in after


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


def failed_row(model, make) -> Owed:
    row = make()
    model.objects.filter(pk=row.pk).update(state=OwedState.FAILED, finished_at=NOON, last_error="It broke.")
    row.refresh_from_db()
    return row


@pytest.mark.parametrize(
    "model", [model for model, _task in relay.owed if model is not Notification], ids=lambda m: m.__name__
)
def test_of_whatever_is_owed_its_failure_is_told_with_no_link_but_to_an_open_page(model):
    administrator = people.user(Role.ADMINISTRATOR)
    row = failed_row(model, MADE[model])

    [message] = told(NOON, "job_failed")

    letter = composing.compose(message)
    links = [part.url for part in letter.parts if isinstance(part, letters.Button)]
    browser = office.sign_in(administrator)
    assert letter.subject == f"Failed: {row.what}"
    assert "It broke." in letter.text
    for link in links:
        assert browser.get(link.removeprefix("http://127.0.0.1:8000")).status_code == 200
    assert bool(links) == (model is JobRun)


def test_the_copy_of_a_receipt_that_failed_is_named_by_its_application():
    row = MADE[ReceiptCopy]()

    assert row.what == f"copy of the receipt of {row.receipt.application.reference}"


def test_twenty_five_reports_that_failed_are_one_message_that_counts_them():
    people.user(Role.ADMINISTRATOR)
    rows = [failed_row(ProgrammeReport, MADE[ProgrammeReport]) for _ in range(25)]

    [message] = told(NOON, "job_failed")

    letter = composing.compose(message)
    assert letter.subject == f"Failed: {rows[0].what}"
    assert "24 more of the kind “programme report”" in " ".join(letter.text.split())


def test_whoever_became_an_administrator_later_is_told_of_no_older_failure():
    people.user(Role.ADMINISTRATOR)
    new = people.user()
    people.give(new, Role.ADMINISTRATOR, at=NOON + HOUR)
    failed_run()
    failed_run(NOON + 2 * HOUR, "check the ledger")

    rows = [row for row in told(NOON + 3 * HOUR, "job_failed") if row.recipient == new]

    assert [composing.compose(row).subject for row in rows] == ["Failed: job “check the ledger”"]


@pytest.mark.tells("job_failed")
def test_a_job_of_short_periods_that_keeps_failing_is_told_of(monkeypatch):
    administrator = people.user(Role.ADMINISTRATOR)
    never = timetable.Job("count", "Counts.", Every(MINUTE), lambda at: 1 / 0, catches_up=False)
    monkeypatch.setattr(timetable, "jobs", {})
    timetable.set_up([never])

    for minute in range(16):
        timetable.tick(NOON + minute * MINUTE)
        for pk in JobRun.objects.lease(NOON + minute * MINUTE, LEASE):
            timetable.run(pk, at=NOON + minute * MINUTE)

    [message] = told(NOON + 16 * MINUTE, "job_failed")
    assert message.recipient == administrator
    assert composing.compose(message).subject == "Failed: job “count”"


def test_sending_an_older_message_again_ends_no_telling():
    manager = people.manager()
    lost()
    [older] = told(NOON + MINUTE)
    lost(NOON + HOUR)
    told(NOON + 2 * HOUR)
    Notification.objects.filter(pk=older.pk).update(state=OwedState.FAILED, finished_at=NOON + 2 * HOUR)
    older.refresh_from_db()
    resending.send_again(older, reason="The mailbox is back", by=manager, at=NOON + 3 * HOUR)

    row = lost(NOON + 5 * HOUR)

    assert [message.subject_id for message in told(NOON + 6 * HOUR)] == [row.pk]
