"""Hands emails to a mail server over a line that is kept open from one to the next."""

import smtplib
import threading
import time
from datetime import datetime, timedelta
from functools import partial
from itertools import count

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from accounts.channels.answers import MaybeTaken, NotNow, Refused

#: Silent for longer (seconds), a kept line is asked whether it still hears us before it is used.
TRUSTED_FOR = 2.0

#: Servers tire of long conversations: a line is hung up after so many emails.
EMAILS_A_LINE = 100

#: After a server could not be reached, this process leaves it alone for so long. Each look at one
#: that does not answer would cost a worker ten seconds.
REST = timedelta(seconds=5)

CLOSING = 421

#: How long (seconds) a server may look through an email that it has got whole before it says yes. To give
#: up sooner would be to send it a second time.
LOOKING_THROUGH = 45.0


class Line(threading.local):
    """This worker's one connection to the mail server, renewed when it is broken or the settings change.

    In a pool that forks each worker opens its own with its first email; in a pool of threads each
    thread has one.
    """

    def __init__(self):
        self.connection = None
        self.server: tuple = ()
        self.sent = 0
        self.used_at = 0.0
        self.unreachable: tuple[tuple, datetime] | None = None

    @property
    def is_kept(self) -> bool:
        return self.connection is not None

    def open(self, at: datetime):
        """Return the open connection, a new one where the old is of no more use."""
        server = (settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_HOST_USER)
        if self.is_kept and (server != self.server or self.sent >= EMAILS_A_LINE or not self._hears_us()):
            self.hang_up()
        if self.is_kept:
            return self.connection
        if self.unreachable and self.unreachable[0] == server and at < self.unreachable[1] + REST:
            raise NotNow("The mail server could not be reached a moment ago.")
        connection = get_connection()
        try:
            connection.open()
        except OSError:
            self.unreachable = server, at
            raise
        _watch(getattr(connection, "connection", None))
        self.connection, self.server, self.sent, self.unreachable = connection, server, 0, None
        return connection

    def used(self) -> None:
        self.sent += 1
        self.used_at = time.monotonic()

    def hang_up(self) -> None:
        """Drop the connection without a farewell: a broken one would keep us waiting for its answer."""
        conversation = getattr(self.connection, "connection", None)
        self.connection = None
        if conversation is not None:
            conversation.close()

    def _hears_us(self) -> bool:
        conversation = getattr(self.connection, "connection", None)
        if conversation is None or time.monotonic() - self.used_at < TRUSTED_FOR:
            return True
        try:
            return conversation.noop()[0] == 250
        except (smtplib.SMTPException, OSError):
            return False


def _watch(conversation: smtplib.SMTP | None) -> None:
    """Let this conversation tell the one silence that leaves it open whether an email was taken."""
    if conversation is not None:
        conversation.data = partial(_data, conversation)  # type: ignore[method-assign]


def _data(conversation: smtplib.SMTP, text: bytes) -> tuple[int, bytes]:
    """What ``smtplib`` does for DATA, with its second answer, that to the email itself, waited for longer."""
    answers = count(1)
    usual, patience = conversation.getreply, conversation.sock.gettimeout()

    def getreply() -> tuple[int, bytes]:
        if next(answers) == 1:
            return usual()
        conversation.sock.settimeout(LOOKING_THROUGH)
        try:
            return usual()
        except (smtplib.SMTPServerDisconnected, OSError, SoftTimeLimitExceeded) as problem:
            reason = f"the mail server got all of it and did not say whether it took it ({problem})"
            raise MaybeTaken(reason) from problem
        finally:
            if conversation.sock is not None:
                conversation.sock.settimeout(patience)

    conversation.getreply = getreply  # type: ignore[method-assign]
    try:
        return smtplib.SMTP.data(conversation, text)
    finally:
        conversation.getreply = usual  # type: ignore[method-assign]


line = Line()


def send(message: EmailMultiAlternatives, *, reference: str, is_repeat: bool, at: datetime) -> str:
    """Return once the server has taken the email. Raises Refused or NotNow, in the server's words.

    A mail server has no reference of its own that it could be asked by, so this returns none, and a
    repeated try differs from the first in nothing. Not to be called inside a transaction: a server
    may take its time.
    """
    try:
        _speak(message, at)
    except smtplib.SMTPRecipientsRefused as refusal:
        raise _answer(*next(iter(refusal.recipients.values()))) from refusal
    except smtplib.SMTPDataError as refusal:
        raise _answer(refusal.smtp_code, refusal.smtp_error) from refusal
    except smtplib.SMTPResponseException as problem:
        # Sender, sign-in or greeting refused: our own set-up, not this person's mailbox.
        line.hang_up()
        raise NotNow(_words(problem.smtp_code, problem.smtp_error)) from problem
    except (smtplib.SMTPException, OSError, SoftTimeLimitExceeded) as problem:
        line.hang_up()
        raise NotNow(f"The mail server could not be reached, or broke off: {problem}") from problem
    except BaseException:
        line.hang_up()
        raise
    return ""


def _speak(message: EmailMultiAlternatives, at: datetime) -> None:
    was_kept = line.is_kept
    connection = line.open(at)
    try:
        connection.send_messages([message])
    except smtplib.SMTPSenderRefused:
        # Said before a word of the email, by a server that has had enough of a long conversation.
        if not was_kept:
            raise
        line.hang_up()
        line.open(at).send_messages([message])
    line.used()


def _answer(code: int, said: bytes | str) -> Refused | NotNow:
    if code == CLOSING:
        line.hang_up()
    return (Refused if 500 <= code < 600 else NotNow)(_words(code, said))


def _words(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return f"{code} {' '.join(text.split())}"[:500]
