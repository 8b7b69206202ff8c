"""Each way in which a mail server does not take an email: over for good, or tried again."""

import logging
import smtplib
import ssl

import pytest

from accounts import delivery, mail_answers
from accounts.channels import NotNow, OurSetUp, Refused, smtp
from accounts.channels.smtp_answers import meaning
from accounts.models import OwedState
from tests.make.notifications import leased
from tests.make.times import NOON

END, AGAIN, OURS = Refused, NotNow, OurSetUp
STATES = {END: OwedState.FAILED, AGAIN: OwedState.WAITING, OURS: OwedState.WAITING}


@pytest.fixture(autouse=True)
def _no_line_is_kept():
    smtp.line.hang_up()
    yield
    smtp.line.hang_up()


def tried(**fields):
    notification = leased(**fields)
    delivery.deliver([notification.pk], at=NOON)
    notification.refresh_from_db()
    return notification


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("misbehave", "meant", "said"),
    [
        pytest.param(
            lambda sink: sink.refuse("550 5.1.1 Nobody here"), END, "550 5.1.1 Nobody", id="no mailbox"
        ),
        pytest.param(lambda sink: sink.refuse("450 4.2.1 Later"), AGAIN, "450 4.2.1 Later", id="not now"),
        pytest.param(lambda sink: sink.refuse("552 5.2.2 Full"), END, "552 5.2.2 Full", id="full for good"),
        pytest.param(lambda sink: sink.refuse("421 Going"), AGAIN, "421 Going", id="closing"),
        pytest.param(
            lambda sink: sink.refuse("530 5.7.0 Sign in first"), OURS, "530 5.7.0 Sign in", id="not signed in"
        ),
        pytest.param(
            lambda sink: sink.refuse("554 5.7.1 Relay access denied"), OURS, "554 5.7.1 Relay", id="no relay"
        ),
        pytest.param(lambda sink: sink.refuse_sender("553 Not you"), OURS, "553 Not you", id="sender"),
        pytest.param(
            lambda sink: sink.refuse_sender("451 Not now"), AGAIN, "451 Not now", id="sender, for now"
        ),
        pytest.param(
            lambda sink: sink.refuse_data("554 5.6.0 Not wanted"), END, "554 5.6.0 Not wanted", id="content"
        ),
        pytest.param(lambda sink: sink.refuse_data("451 Busy"), AGAIN, "451 Busy", id="content, for now"),
        pytest.param(
            lambda sink: sink.refuse_data("552 5.3.4 Too large"),
            END,
            "552 5.3.4 Too",
            id="too large, seen whole",
        ),
        pytest.param(lambda sink: sink.take_at_most(900), END, "552 ", id="too large, told beforehand"),
        pytest.param(lambda sink: sink.refuse_greeting("550 Go away"), OURS, "550 Go away", id="greeting"),
        pytest.param(
            lambda sink: sink.refuse_greeting("450 Later"), AGAIN, "450 Later", id="greeting, for now"
        ),
        pytest.param(
            lambda sink: sink.hang_up_after_data(), AGAIN, "It may have arrived: the mail", id="broke off"
        ),
        pytest.param(lambda sink: sink.stop(), AGAIN, "The mail server could not be reached", id="down"),
    ],
)
def test_what_a_server_answers_is_over_or_tried_again(sink, caplog, misbehave, meant, said):
    misbehave(sink)

    with caplog.at_level(logging.ERROR, "accounts.channels.smtp"):
        notification = tried()

    assert (notification.state, notification.last_error[: len(said)]) == (STATES[meant], said)
    assert (
        "mail server refused our own set-up" in [record.message for record in caplog.records]
    ) == (meant is OURS)  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        pytest.param(
            {"EMAIL_HOST_USER": "us", "EMAIL_HOST_PASSWORD": "old"}, "535 5.7.8 Wrong", id="password"
        ),
        pytest.param({"EMAIL_USE_TLS": True}, "The mail server cannot be used as we are set up", id="no TLS"),
        pytest.param(
            {"EMAIL_USE_SSL": True}, "The mail server could not be reached", id="TLS to a plain port"
        ),
    ],
)
def test_what_we_ask_of_a_server_in_vain_is_tried_again(sink, settings, wanted, said):
    sink.refuse_sign_in("535 5.7.8 Wrong password")
    for name, value in wanted.items():
        setattr(settings, name, value)

    notification = tried()

    assert (notification.state, notification.last_error[: len(said)]) == (OwedState.WAITING, said)


@pytest.mark.parametrize(
    ("problem", "meant"),
    [
        (smtplib.SMTPRecipientsRefused({"a": (550, b"No"), "b": (450, b"Later")}), AGAIN),
        (smtplib.SMTPRecipientsRefused({"a": (550, b"No"), "b": (551, b"No")}), END),
        (smtplib.SMTPServerDisconnected("Connection unexpectedly closed"), AGAIN),
        (smtplib.SMTPConnectError(421, b"Too many"), AGAIN),
        (smtplib.SMTPConnectError(554, b"Not from there"), OURS),
        (smtplib.SMTPHeloError(501, b"Who?"), OURS),
        (smtplib.SMTPAuthenticationError(535, b"Wrong"), OURS),
        (smtplib.SMTPAuthenticationError(454, b"Not now"), AGAIN),
        (smtplib.SMTPNotSupportedError("STARTTLS extension not supported by server."), OURS),
        (smtplib.SMTPException("No suitable authentication method found."), OURS),
        (ssl.SSLCertVerificationError("certificate has expired"), OURS),
        (ssl.SSLError("wrong version number"), AGAIN),
        (TimeoutError("timed out"), AGAIN),
        (ConnectionRefusedError("Connection refused"), AGAIN),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else value.__name__,
)
def test_each_error_has_its_meaning(problem, meant):
    assert type(meaning(problem)) is meant


@pytest.mark.django_db
def test_a_mailbox_in_letters_that_the_server_does_not_know_is_over_at_once(sink):
    sink.know_only_ascii()

    notification = tried(email="zoë@example.com")

    assert notification.state == OwedState.FAILED
    assert notification.last_error == (
        "The mail server cannot write to an address with such letters before its @."
    )
    ended, why = mail_answers.ended_in_words(notification.last_error)
    assert (ended, why) == (
        "Refused",
        "mail server cannot write to an address with such letters before its @",
    )
    assert sink.received == []


@pytest.mark.django_db
def test_a_server_that_knows_all_letters_gets_the_address_as_it_is(sink):
    notification = tried(email="zoë@example.com")

    assert notification.state == OwedState.DONE
    assert sink.recipients == [["zoë@example.com"]]
    assert (sink.received[0]["To"], sink.received[0]["Message-ID"]) == (
        "zoë@example.com",
        notification.message_id,
    )


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["nobody at all", "a@b c", "ada@", "@example.com", f"a@{'x' * 70}é.org"])
def test_an_address_that_is_none_is_over_before_a_server_is_asked(sink, address):
    notification = tried(email=address)

    assert notification.state == OwedState.FAILED
    assert notification.last_error == "The address is not written as an email address is."
    assert sink.connections == 0


@pytest.mark.django_db
def test_an_email_that_is_too_large_is_not_offered_twice(sink):
    tried()
    sink.take_at_most(900)
    smtp.line.hang_up()

    first, second = tried(), tried()

    assert (first.state, second.state) == (OwedState.FAILED, OwedState.FAILED)
    assert len(sink.received) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("EMAIL_HOST_PASSWORD", "old", "new"),
        ("EMAIL_HOST_USER", "us", "them"),
        ("EMAIL_HOST", "127.0.0.1", "localhost"),
        ("EMAIL_TIMEOUT", 2, 3),
    ],
)
def test_a_line_opened_under_other_settings_is_not_used(sink, settings, name, before, after):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "us", "old"
    setattr(settings, name, before)
    tried()

    setattr(settings, name, after)
    tried()
    tried()

    assert (len(sink.received), sink.connections) == (3, 2)


@pytest.mark.django_db
def test_a_line_without_tls_is_not_used_once_tls_is_asked_for(sink, settings):
    tried()

    settings.EMAIL_USE_TLS = True
    notification = tried()

    assert (notification.state, len(sink.received)) == (OwedState.WAITING, 1)


def test_every_setting_of_djangos_mail_is_part_of_what_a_line_is():
    asked = {name for name in dir(smtp.settings) if name.startswith("EMAIL_")}

    assert asked - set(smtp.SET_UP) == {"EMAIL_SUBJECT_PREFIX", "EMAIL_USE_LOCALTIME"}
