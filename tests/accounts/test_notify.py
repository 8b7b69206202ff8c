"""GOV.UK Notify as the carrier, against a server that answers as its API does."""

from datetime import timedelta

import pytest

from accounts import delivery, outbox, receipts, resending
from accounts.channels import notify as channel
from accounts.models import Notification, OwedState
from accounts.templatetags.launchpad_notifications import fate
from tests.make import people
from tests.make.times import NOON
from tests.notify_server import KEY, TEMPLATE, NotifyServer

pytestmark = pytest.mark.django_db
LEASE = timedelta(minutes=3)


@pytest.fixture
def notify(settings):
    with NotifyServer() as server:
        settings.NOTIFY_API_KEY, settings.NOTIFY_TEMPLATE_ID, settings.NOTIFY_URL = KEY, TEMPLATE, server.url
        yield server


def tried(notification=None, at=NOON, **fields) -> Notification:
    """Post one and do what relay and worker do; the same one again where it is given."""
    if notification is None:
        person = people.user(**fields)
        notification = outbox.post(
            "account_exists",
            to=person,
            subject_word="person",
            subject_id=person.pk,
            cause=f"found {person.pk}",
            at=at,
        )
    Notification.objects.lease(at, LEASE)
    delivery.deliver([notification.pk], at=at)
    notification.refresh_from_db()
    return notification


def test_an_e_mail_goes_out_through_the_one_template_and_its_reference_is_kept(notify):
    notification = tried(email="ada@example.com", name="Ada Byron")

    [taken] = notify.taken
    assert taken["email_address"] == "ada@example.com"
    assert taken["reference"] == notification.message_id
    assert taken["personalisation"]["subject"] == "You already have a Launchpad account"
    assert "Dear Ada Byron" in taken["personalisation"]["body"]
    assert notification.state == OwedState.DONE
    assert (notification.channel, notification.channel_reference) == ("notify", taken["id"])
    assert notify.asked == []


def test_what_people_typed_becomes_no_link_under_other_words(notify):
    tried(name="[Sign in here](https://example.org)")

    assert r"Dear \[Sign in here](https://example.org)" in notify.taken[0]["personalisation"]["body"]


def test_an_address_that_is_none_ends_it_at_once(notify):
    notification = tried(email="ada@nowhere.invalid")

    assert notification.state == OwedState.FAILED
    assert notification.last_error == "400 email_address Not a valid email address"


def test_an_email_that_is_too_long_ends_it_at_once(notify):
    message = "Your message is too long. Emails cannot be longer than 2000000 bytes."
    notify.answer(400, "BadRequestError", message)

    notification = tried()

    assert (notification.state, notification.last_error) == (OwedState.FAILED, f"400 {message}")


@pytest.mark.parametrize(
    ("status", "error", "message", "is_ours"),
    [
        (400, "BadRequestError", "Template not found", True),
        (400, "BadRequestError", "Can't send to this recipient when service is in trial mode", True),
        (403, "AuthError", "Error: Your system clock must be accurate to within 30 seconds", True),
        (404, "NoResultFound", "No result found", True),
        (429, "RateLimitError", "Exceeded rate limit for key type LIVE of 3000 requests", False),
        (503, "Exception", "Service unavailable", False),
    ],
)
def test_the_log_has_an_error_where_the_fault_is_ours(notify, caplog, status, error, message, is_ours):
    notify.answer(status, error, message)

    notification = tried()

    errors = [record.message for record in caplog.records if record.levelname == "ERROR"]
    assert notification.state == OwedState.WAITING
    assert errors == (["notify refused what we ask"] if is_ours else [])


@pytest.mark.parametrize(
    ("status", "error", "message"),
    [
        (400, "BadRequestError", "Can't send to this recipient using a team-only API key"),
        (403, "AuthError", "Invalid token: API key not found"),
        (429, "TooManyRequestsError", "Exceeded send limits for today"),
        (500, "Exception", "Internal server error"),
    ],
)
def test_what_is_no_fault_of_the_address_is_tried_again(notify, status, error, message):
    notify.answer(status, error, message)

    notification = tried()
    notify.behave()

    assert notification.state == OwedState.WAITING
    assert notification.last_error == f"Notify answered: {status} {message}"
    assert tried(notification, at=notification.due_at).state == OwedState.DONE
    assert len(notify.taken) == 1


def test_after_too_many_at_once_a_worker_leaves_notify_alone_for_a_moment(notify):
    notify.answer(429, "RateLimitError", "Exceeded rate limit for key type LIVE of 3000 requests", times=1)
    tried()

    second = tried(at=NOON + channel.TOO_OFTEN / 2)

    assert second.last_error == "Notify asked us to send more slowly."
    assert notify.taken == []
    assert tried(second, at=second.due_at).state == OwedState.DONE


def test_what_was_taken_without_an_answer_is_found_and_not_sent_twice(notify, monkeypatch):
    monkeypatch.setattr(channel, "PATIENCE", 0.5)
    channel.line.client = None
    notify.wait(1.5)
    notification = tried()
    notify.behave()
    waited = notification.state

    tried(notification, at=notification.due_at)

    assert waited == OwedState.WAITING
    assert notification.state == OwedState.DONE
    assert len(notify.taken) == 1
    assert notification.channel_reference == notify.taken[0]["id"]


def test_a_notify_that_does_not_answer_at_all_is_tried_again(notify, settings):
    settings.NOTIFY_URL = "http://127.0.0.1:1"

    notification = tried()

    assert notification.state == OwedState.WAITING
    assert notification.last_error == "Notify answered: 503 Request failed"


@pytest.mark.parametrize(
    ("status", "receipt", "words"),
    [
        ("delivered", "delivered", "Sent at 1pm on 1 June 2026 (BST), and delivered"),
        (
            "permanent-failure",
            "permanent-failure",
            "Sent at 1pm on 1 June 2026 (BST), then returned: mailbox does not exist",
        ),
        ("sending", "", "Sent at 1pm on 1 June 2026 (BST)"),
    ],
)
def test_what_became_of_it_is_asked_for_later(notify, status, receipt, words):
    notification = tried()
    notify.became(status)

    receipts.collect(at=NOON)

    notification.refresh_from_db()
    assert (notification.receipt, fate(notification)) == (receipt, words)
    assert notification.state == OwedState.DONE


def test_a_receipt_is_asked_for_until_there_is_one(notify):
    notification = tried()
    receipts.collect(at=NOON)
    notify.became("delivered")
    said = receipts.collect(at=NOON)

    again = receipts.collect(at=NOON)

    notification.refresh_from_db()
    assert (notification.receipt, said, again) == ("delivered", "1 receipts noted", "0 receipts noted")


def test_whoever_has_waited_longest_for_a_word_is_asked_after_first(notify, monkeypatch):
    """Neither what was never asked after nor what is asked after for long keeps the other waiting."""
    monkeypatch.setattr(receipts, "AT_ONCE", 1)
    first, second = tried(), tried(at=NOON + timedelta(minutes=1))
    notify.became("sending")

    for minute in (2, 3, 4):
        receipts.collect(at=NOON + timedelta(minutes=minute))

    rows = Notification.objects.order_by("pk").values_list("pk", "receipt_at")
    assert list(rows) == [
        (first.pk, NOON + timedelta(minutes=4)),
        (second.pk, NOON + timedelta(minutes=3)),
    ]


def test_what_notify_no_longer_knows_is_not_asked_for_for_ever(notify):
    notification = tried()
    notify.taken.clear()

    receipts.collect(at=NOON)

    notification.refresh_from_db()
    assert notification.receipt == "unknown"


def test_receipts_wait_for_a_notify_that_does_not_answer(notify):
    notification = tried()
    notify.answer(500, "Exception", "Internal server error", times=1)

    said = receipts.collect(at=NOON)

    notification.refresh_from_db()
    assert (said, notification.receipt) == ("0 receipts noted", "")


def test_what_was_returned_can_be_sent_again(notify):
    notification = tried()
    notify.became("permanent-failure")
    receipts.collect(at=NOON)

    again = resending.send_again(notification, reason="Corrected", by=people.manager(), at=NOON)

    assert again.again_of == notification


def test_with_a_mail_server_there_is_nothing_to_ask(db):
    assert receipts.collect(at=NOON) == "Mail goes to a mail server, which reports nothing later"
