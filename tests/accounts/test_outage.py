"""A day on which the mail server is away, played through on the test's clock."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.db.models import Q

from accounts import clock, clock_setting, delivery, outbox
from accounts.channels import smtp
from accounts.models import Notification, OwedState
from tests import proving
from tests.make import people
from tests.make.times import DAY, NOON
from tests.post_office import PostOffice, wait_until
from tests.smtp_sink import SmtpSink

#: Posted at every sixth hour; the first are tried more than a hundred times in the day.
AT_ONCE = proving.size(1, 200)
HOURS = range(0, 24, 6)
NOTIFICATIONS = AT_ONCE * len(HOURS)
LEASE = timedelta(minutes=3)
QUARTER, HOUR = timedelta(minutes=15), timedelta(hours=1)
#: Those that real processes drain.
DRAINED = proving.size(20, 1_000)


@pytest.fixture
def sink(settings):
    with SmtpSink() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", sink.port, 2
        yield sink


def deliver_what_is_due(at: datetime) -> None:
    """What relay and workers do at one moment. The server is looked for each time."""
    smtp.line.unreachable = None
    while leased := Notification.objects.lease(at, LEASE):
        for pk in leased:
            delivery.deliver([pk], at=at)


def next_due() -> datetime | None:
    waiting = Notification.objects.filter(state=OwedState.WAITING).order_by("due_at")
    return waiting.values_list("due_at", flat=True).first()


def play(since: datetime, until: datetime) -> None:
    """Let the clock run from one due moment to the next."""
    at = since
    while at and at < until:
        deliver_what_is_due(at)
        at = next_due()


@pytest.mark.django_db
@pytest.mark.proves
def test_a_day_without_a_mail_server_loses_nothing_and_is_made_up_for_in_a_quarter_of_an_hour(sink):
    reader = people.user()
    back = NOON + DAY
    for hour in HOURS:
        at = NOON + timedelta(hours=hour)
        posts = [outbox.Post(reader, reader.pk, f"found {hour} {number}") for number in range(AT_ONCE)]
        outbox.post_all("account_exists", posts, subject_word="person", at=at)
    sink.stop()

    play(NOON, until=back)
    tries = Notification.objects.order_by("created_at").first().tries
    waiting = Notification.objects.filter(state=OwedState.WAITING).count()
    sink.start()
    play(max(back, next_due()), until=back + QUARTER)

    assert (waiting, tries > 100) == (NOTIFICATIONS, True)
    assert Notification.objects.filter(state=OwedState.DONE).count() == NOTIFICATIONS
    copies = Counter(message["Message-ID"] for message in sink.received)
    assert copies == Counter(Notification.objects.values_list("message_id", flat=True))
    last = Notification.objects.order_by("finished_at").last()
    assert last.finished_at < back + QUARTER
    print(
        f"\n{NOTIFICATIONS:,} notifications of 24 hours without a mail server: 0 lost, the last one sent "
        f"{(last.finished_at - back).total_seconds() / 60:.1f} minutes after it was back"
    )


@pytest.mark.slow
@pytest.mark.proves
def test_relay_and_workers_make_up_for_a_day_without_a_mail_server(committed_database, tmp_path):
    """The same with every process real, on the clock that they all obey."""
    office = PostOffice(tmp_path, committed_database.environment)
    reader, begin = people.user(), clock.now()
    back = begin + DAY
    try:
        office.sink.stop()
        office.start_redis()
        office.start_relay()
        for _worker in range(2):
            office.start_worker()
        posts = [outbox.Post(reader, reader.pk, f"found {number}") for number in range(DRAINED)]
        outbox.post_all("account_exists", posts, subject_word="person", at=begin)
        for moment in (
            begin,
            *(begin + hours * HOUR for hours in range(6, 24, 6)),
            back - timedelta(minutes=1),
        ):
            clock_setting.set_to(moment, at=clock.real())
            assert wait_until(is_put_off, within=30)
        tries = min(Notification.objects.values_list("tries", flat=True))
        office.sink.start()

        for minutes in range(1, 15):
            clock_setting.set_to(back + timedelta(minutes=minutes), at=clock.real())
            if wait_until(is_sent, within=2):
                break
    finally:
        office.close()

    assert tries >= 5
    assert Notification.objects.filter(state=OwedState.DONE).count() == DRAINED
    copies = Counter(message["Message-ID"] for message in office.sink.received)
    assert copies == Counter(Notification.objects.values_list("message_id", flat=True))
    last = Notification.objects.order_by("finished_at").last()
    assert last.finished_at < back + QUARTER


def is_put_off() -> bool:
    """Whether nothing is in hand or due: each was tried, and waits for its next turn or was sent."""
    now = clock.now()
    waits = Q(state=OwedState.WAITING, due_at__gt=now, tries__gt=0)
    return not Notification.objects.exclude(waits | Q(state=OwedState.DONE)).exists()


def is_sent() -> bool:
    return not Notification.objects.exclude(state=OwedState.DONE).exists()
