"""Sends one notification as an e-mail, and writes what became of it in its row."""

import logging
import random
import smtplib
from datetime import datetime, timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template import Context
from django.template.loader import get_template

from accounts import wording
from accounts.models import Notification

logger = logging.getLogger(__name__)

FIRST_DELAY = timedelta(seconds=30)
LONGEST_DELAY = timedelta(minutes=30)

#: With the delays below these reach past 48 hours.
TRIES = 104


class Refused(Exception):
    """The mail server will never take this e-mail; the words are the server's."""


class NotNow(Exception):
    """It did not work this time; the words say why."""


def delay(tries: int) -> timedelta:
    """How long to wait after ``tries`` tries: twice as long each time, up to half an hour."""
    return min(FIRST_DELAY * 2 ** min(tries - 1, 10), LONGEST_DELAY)


def deliver(notification_id: int, *, at: datetime) -> None:
    """Send a leased notification, once, or note why not and when to try again.

    Does nothing when another worker has it or it has come to an end. Not to be called inside
    a transaction: the claim must be committed before the first word to the mail server.
    """
    notification = Notification.objects.claim(notification_id, at=at)
    if notification is None:
        return
    facts = {"notification": notification.pk, "kind": notification.kind, "tries": notification.tries}
    try:
        told = _send(notification, at=at)
    except Refused as refusal:
        Notification.objects.mark_failed(notification, reason=str(refusal), at=at)
        logger.warning("notification was refused", extra=facts)
    except NotNow as problem:
        put_off(notification, str(problem), at=at)
        logger.info("notification was put off", extra=facts)
    else:
        logger.info("notification was sent" if told else "notification was no longer true", extra=facts)


def put_off(notification: Notification, reason: str, *, at: datetime) -> None:
    """Let a claimed notification wait for its next try, or end it after the last."""
    if notification.tries >= TRIES:
        reason = f"Given up after {notification.tries} tries over more than 48 hours. The last: {reason}"
        Notification.objects.mark_failed(notification, reason=reason, at=at)
        return
    # Up to a quarter longer, so that those put off together do not come back together.
    wait = delay(notification.tries) * random.uniform(1, 1.25)
    Notification.objects.postpone(notification, until=at + wait, reason=reason)


def _send(notification: Notification, *, at: datetime) -> bool:
    """Send it and mark it done; or mark it void and return False where it is no longer true."""
    try:
        words = wording.of(notification.kind)
        if not words.still_true(notification):
            Notification.objects.mark_void(notification, at=at)
            return False
        message = write(notification)
        message.message()
    except Exception as problem:
        # A fault of ours, which somebody can mend before the tries run out.
        logger.exception("notification could not be written", extra={"notification": notification.pk})
        raise NotNow(f"It could not be written ({type(problem).__name__}).") from problem

    connection = get_connection()
    try:
        connection.open()
        message.connection = connection
        message.send()
        # At once: between the server's yes and this mark lies the only way to a second copy.
        Notification.objects.mark_done(notification, at=at)
    except smtplib.SMTPRecipientsRefused as refusal:
        code, said = next(iter(refusal.recipients.values()))
        raise _answer(code, said) from refusal
    except smtplib.SMTPDataError as refusal:
        raise _answer(refusal.smtp_code, refusal.smtp_error) from refusal
    except smtplib.SMTPResponseException as problem:
        # Sender, sign-in or greeting refused: our own set-up, not this person's mailbox.
        raise NotNow(_words(problem.smtp_code, problem.smtp_error)) from problem
    except (smtplib.SMTPException, OSError, SoftTimeLimitExceeded) as problem:
        raise NotNow(f"The mail server could not be reached, or broke off: {problem}") from problem
    finally:
        _hang_up(connection)
    return True


def _answer(code: int, said: bytes | str) -> Refused | NotNow:
    return (Refused if 500 <= code < 600 else NotNow)(_words(code, said))


def _words(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return f"{code} {' '.join(text.split())}"[:500]


def _hang_up(connection) -> None:
    try:
        connection.close()
    except (smtplib.SMTPException, OSError):
        # What became of the e-mail is known by now; a farewell that fails changes nothing.
        logger.info("mail server did not say goodbye")


def write(notification: Notification) -> EmailMultiAlternatives:
    """Return the e-mail, in plain text and in HTML, with the Message-ID it has on every try."""
    words = wording.of(notification.kind)
    given = {"recipient": notification.recipient, "site_url": settings.SITE_URL}
    facts = {**given, **words.facts(notification)}
    subject, _, body = _render(f"email/{words.template}.txt", facts, autoescape=False).partition("\n")
    facts["subject"] = subject.strip()
    message = EmailMultiAlternatives(
        facts["subject"],
        body.strip() + "\n",
        to=[words.address(notification)],
        headers={"Message-ID": notification.message_id, "Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(_render(f"email/{words.template}.html", facts, autoescape=True), "text/html")
    return message


def _render(name: str, facts: dict, *, autoescape: bool) -> str:
    return get_template(name).template.render(Context(facts, autoescape=autoescape)).strip()  # type: ignore[attr-defined]
