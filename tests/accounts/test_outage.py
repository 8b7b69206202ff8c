"""A day on which the mail server is away, played through on the test's clock."""

from collections import Counter
from datetime import datetime, timedelta

import pytest

from accounts import delivery, outbox
from accounts.channels import smtp
from accounts.models import Notification, OwedState
from tests import proving
from tests.make import people
from tests.make.times import DAY, NOON
from tests.smtp_sink import SmtpSink

#: Posted at every sixth hour; the first are tried more than a hundred times in the day.
AT_ONCE = proving.size(1, 200)
HOURS = range(0, 24, 6)
NOTIFICATIONS = AT_ONCE * len(HOURS)
LEASE = timedelta(minutes=3)
QUARTER = timedelta(minutes=15)


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
