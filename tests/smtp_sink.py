"""A mail server that keeps what it is given, and misbehaves on request.

    with SmtpSink() as sink:
        sink.refuse("550 No such mailbox")       # every recipient, until sink.behave()
        sink.refuse("450 Try later", times=2)    # the next two
        sink.wait(seconds)                       # before it answers the end of each email
        sink.refuse_sender("553 Not you")        # and refuse_data, refuse_greeting, refuse_sign_in
        sink.know_only_ascii()                   # from the next connection on
        sink.take_at_most(1_000)                 # bytes in an email, from the next connection on
        sink.hang_up_after_data(times=1)         # takes the email, then breaks off without a word
        sink.take_time(seconds)                  # before it accepts each recipient
        sink.tire_after(3)                       # says 421 to the fourth email on one connection
        sink.hold_one()                          # keeps the next email's "250" back until let go
        sink.before_answering(something)         # calls it once the email is in, before it says so

It listens on one port from beginning to end, also while it is stopped and started again.
"""

import asyncio
import logging
import socket
import time
from base64 import b64decode
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Event

from aiosmtpd.controller import Controller

from tests.mail_journal import Taken

FOR_EVER = 1_000_000
LARGEST = 33_554_432

# A line for each word of each conversation is no help to anybody.
logging.getLogger("mail.log").setLevel(logging.WARNING)


class Hold:
    """One email, whole in the server's hands and not yet said "250" to, until it is let go."""

    def __init__(self):
        self.message_id = self.sender = ""
        self._is_held, self._may_go = Event(), Event()

    def wait(self, within: float = 120) -> "Hold":
        assert self._is_held.wait(within), "no email came"
        return self

    def let_go(self) -> None:
        self._may_go.set()

    def keep(self, message_id: str, sender: str) -> None:
        self.message_id, self.sender = message_id, sender
        self._is_held.set()
        self._may_go.wait(20)


class SmtpSink:
    def __init__(self):
        self.port = free_port()
        self.received: list[EmailMessage] = []
        self.taken: list[Taken] = []  # what was said "250" to, in that order
        self.recipients: list[list[str]] = []
        self.connections = 0
        self.controller: Controller | None = None
        self.behave()

    def behave(self) -> None:
        self.refusal, self.refusals_left = "", 0
        self.data_refusal = self.sender_refusal = self.greeting_refusal = self.sign_in_refusal = ""
        self.knows_only_ascii, self.at_most = False, LARGEST
        self.hang_ups_left = 0
        self.seconds, self.thinking = 0.0, 0.0
        self.emails_a_connection = FOR_EVER
        self.call: Callable[[], object] | None = None
        self.hold: Hold | None = None

    def refuse(self, answer: str, times: int = FOR_EVER) -> None:
        self.refusal, self.refusals_left = answer, times

    def refuse_data(self, answer: str) -> None:
        self.data_refusal = answer

    def refuse_sender(self, answer: str) -> None:
        self.sender_refusal = answer

    def refuse_greeting(self, answer: str) -> None:
        self.greeting_refusal = answer

    def refuse_sign_in(self, answer: str) -> None:
        self.sign_in_refusal = answer

    def know_only_ascii(self) -> None:
        self.knows_only_ascii = True

    def take_at_most(self, size: int) -> None:
        self.at_most = size

    def wait(self, seconds: float) -> None:
        self.seconds = seconds

    def take_time(self, seconds: float) -> None:
        self.thinking = seconds

    def hang_up_after_data(self, times: int = FOR_EVER) -> None:
        self.hang_ups_left = times

    def tire_after(self, emails: int) -> None:
        self.emails_a_connection = emails

    def before_answering(self, call: Callable[[], object]) -> None:
        self.call = call

    def hold_one(self) -> "Hold":
        self.hold = Hold()
        return self.hold

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def url_for(self, sender: str) -> str:
        """The address for one who signs in, so that what it hands over can be told from the others'."""
        return f"smtp://{sender}:-@127.0.0.1:{self.port}"

    def start(self) -> "SmtpSink":
        self.controller = Controller(
            self, hostname="127.0.0.1", port=self.port, ready_timeout=10, auth_require_tls=False
        )
        self.controller.start()
        return self

    def stop(self) -> None:
        if self.controller:
            self.controller.stop()
            self.controller = None

    def __enter__(self) -> "SmtpSink":
        return self.start()

    def __exit__(self, *_) -> None:
        self.stop()

    def wait_for(self, count: int, within: float = 120) -> list[EmailMessage]:
        """Return what was received once there are ``count`` emails, or whatever there is in the end."""
        end = time.monotonic() + within
        while len(self.received) < count and time.monotonic() < end:
            time.sleep(0.05)
        return list(self.received)

    def to(self, address: str) -> list[EmailMessage]:
        return [message for message in self.received if address in message["To"]]

    # What aiosmtpd asks of a handler.

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name, session.emails, session.sender = hostname, 0, ""
        if self.greeting_refusal:
            return [self.greeting_refusal]
        server.data_size_limit = self.at_most
        return [
            f"250{line[3]}SIZE {self.at_most}" if line[4:8] == "SIZE" else line
            for line in responses
            if not (self.knows_only_ascii and line[4:] == "SMTPUTF8")
        ]

    async def handle_HELO(self, server, session, envelope, hostname):
        return self.greeting_refusal or "250 Hello"

    async def handle_AUTH(self, server, session, envelope, words):
        if self.sign_in_refusal:
            return self.sign_in_refusal
        session.sender = b64decode(words[1]).split(b"\0")[1].decode()
        return "235 2.7.0 Come in"

    async def handle_MAIL(self, server, session, envelope, address, options):
        session.emails += 1
        if session.emails > self.emails_a_connection:
            return "421 Enough for one conversation"
        if self.sender_refusal:
            return self.sender_refusal
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.thinking:
            await asyncio.sleep(self.thinking)
        if self.refusals_left > 0:
            self.refusals_left -= 1
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.data_refusal:
            return self.data_refusal
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.received.append(message)
        self.recipients.append(list(envelope.rcpt_tos))
        if self.seconds:
            await asyncio.sleep(self.seconds)
        if self.call:
            await asyncio.to_thread(self.call)
        if self.hold is not None:
            hold, self.hold = self.hold, None
            await asyncio.to_thread(hold.keep, message["Message-ID"], session.sender)
        self.taken.append(Taken(message["Message-ID"], session.sender, time.monotonic()))
        if self.hang_ups_left > 0:
            self.hang_ups_left -= 1
            server.transport.abort()
        return "250 Taken"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
