"""Hands emails to a mail server over a line that is kept open from one to the next."""

import logging
import smtplib
import threading
import time
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from functools import partial
from itertools import count

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.message import sanitize_address

from accounts.channels.answers import MaybeTaken, NotNow, OurSetUp, Refused
from accounts.channels.smtp_answers import TOO_LARGE, meaning
from accounts.mail_answers import NO_ADDRESS, OTHER_LETTERS

logger = logging.getLogger(__name__)

#: Silent for longer (seconds), a kept line is asked whether it still hears us before it is used.
TRUSTED_FOR = 2.0

#: Servers tire of long conversations: a line is hung up after so many emails.
EMAILS_A_LINE = 100

#: After a server could not be reached, this process leaves it alone for so long. Each look at one
#: that does not answer would cost a worker ten seconds.
REST = timedelta(seconds=5)

#: All that makes a line what it is: one opened under other settings, such as an older password, is
#: of no more use.
SET_UP = (
    "EMAIL_BACKEND",
    "EMAIL_HOST",
    "EMAIL_PORT",
    "EMAIL_HOST_USER",
    "EMAIL_HOST_PASSWORD",
    "EMAIL_USE_TLS",
    "EMAIL_USE_SSL",
    "EMAIL_SSL_CERTFILE",
    "EMAIL_SSL_KEYFILE",
    "EMAIL_TIMEOUT",
)

#: The line is as good after one of these as before, unless the server said farewell with it.
ABOUT_ONE_EMAIL = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError)

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

    @property
    def conversation(self) -> smtplib.SMTP | None:
        """What speaks to the server; none where a test keeps the emails to itself."""
        return getattr(self.connection, "connection", None)

    @property
    def is_closed(self) -> bool:
        """Whether ``smtplib`` has closed it, as it does where the server says that it will."""
        return self.conversation is not None and self.conversation.sock is None

    def open(self, at: datetime):
        """Return the open connection, a new one where the old is of no more use."""
        server = tuple(getattr(settings, name) for name in SET_UP)
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
        self.connection, self.server, self.sent, self.unreachable = connection, server, 0, None
        _watch(self.conversation)
        return connection

    def used(self) -> None:
        self.sent += 1
        self.used_at = time.monotonic()

    def hang_up(self) -> None:
        """Drop the connection without a farewell: a broken one would keep us waiting for its answer."""
        conversation = self.conversation
        self.connection = None
        if conversation is not None:
            conversation.close()

    def _hears_us(self) -> bool:
        conversation = self.conversation
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
    except (smtplib.SMTPException, OSError, SoftTimeLimitExceeded) as problem:
        meant = meaning(problem)
        if not isinstance(problem, ABOUT_ONE_EMAIL) or line.is_closed:
            line.hang_up()
        if isinstance(meant, OurSetUp):
            logger.error("mail server refused our own set-up", extra={"answer": str(meant)})
        raise meant from problem
    except Refused:
        raise
    except BaseException:
        line.hang_up()
        raise
    return ""


def _speak(message: EmailMultiAlternatives, at: datetime) -> None:
    _check_address(message)
    was_kept = line.is_kept
    line.open(at)
    try:
        _hand_over(message)
    except smtplib.SMTPSenderRefused as refusal:
        # Said before a word of the email, by a server that has had enough of a long conversation.
        if not was_kept or refusal.smtp_code == TOO_LARGE:
            raise
        line.hang_up()
        line.open(at)
        _hand_over(message)
    line.used()


def _check_address(message: EmailMultiAlternatives) -> None:
    """Find out what is no address before a server is asked: no later try makes it one."""
    [address] = message.to
    try:
        mailbox, _, domain = sanitize_address(address, "utf-8").rpartition("@")
    except ValueError as problem:
        raise Refused(NO_ADDRESS) from problem
    if not mailbox or not domain:
        raise Refused(NO_ADDRESS)


def _hand_over(message: EmailMultiAlternatives) -> None:
    """Send it as Django does, but for a mailbox in letters that only newer servers know (RFC 6531)."""
    conversation = line.conversation
    typed = message.to[0]
    if conversation is None or typed.rpartition("@")[0].isascii():
        line.connection.send_messages([message])
        return
    conversation.ehlo_or_helo_if_needed()
    if not conversation.has_extn("smtputf8"):
        raise Refused(OTHER_LETTERS)
    sender = sanitize_address(message.from_email, "utf-8")
    whole = message_from_bytes(message.message().as_bytes(), policy=policy.SMTPUTF8)
    whole.replace_header("To", typed)
    conversation.sendmail(sender, [typed], whole.as_bytes(), mail_options=("SMTPUTF8", "BODY=8BITMIME"))
