"""A mail server that keeps what it is given, and misbehaves on request.

    with SmtpSink() as sink:
        sink.refuse("550 No such mailbox")       # every recipient, until sink.behave()
        sink.refuse("450 Try later", times=2)    # the next two
        sink.wait(seconds)                       # before it answers the end of each email
        sink.hang_up_after_data(times=1)         # takes the email, then breaks off without a word
        sink.take_time(seconds)                  # before it accepts each recipient
        sink.tire_after(3)                       # says 421 to the fourth email on one connection
        sink.before_answering(something)         # calls it once the email is in, before it says so

It listens on one port from beginning to end, also while it is stopped and started again.
"""

import asyncio
import logging
import socket
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller

FOR_EVER = 1_000_000

# A line for each word of each conversation is no help to anybody.
logging.getLogger("mail.log").setLevel(logging.WARNING)


class SmtpSink:
    def __init__(self):
        self.port = free_port()
        self.received: list[EmailMessage] = []
        self.received_at: list[float] = []  # by time.monotonic()
        self.recipients: list[list[str]] = []
        self.connections = 0
        self.controller: Controller | None = None
        self.behave()

    def behave(self) -> None:
        self.refusal, self.refusals_left = "", 0
        self.data_refusal = ""
        self.hang_ups_left = 0
        self.seconds, self.thinking = 0.0, 0.0
        self.emails_a_connection = FOR_EVER
        self.call: Callable[[], object] | None = None

    def refuse(self, answer: str, times: int = FOR_EVER) -> None:
        self.refusal, self.refusals_left = answer, times

    def refuse_data(self, answer: str) -> None:
        self.data_refusal = answer

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

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> "SmtpSink":
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port, ready_timeout=10)
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

    def wait_for(self, count: int, within: float = 20) -> list[EmailMessage]:
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
        session.host_name, session.emails = hostname, 0
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        session.emails += 1
        if session.emails > self.emails_a_connection:
            return "421 Enough for one conversation"
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
        self.received.append(message_from_bytes(envelope.content, policy=policy.default))
        self.received_at.append(time.monotonic())
        self.recipients.append(list(envelope.rcpt_tos))
        if self.seconds:
            await asyncio.sleep(self.seconds)
        if self.call:
            await asyncio.to_thread(self.call)
        if self.hang_ups_left > 0:
            self.hang_ups_left -= 1
            server.transport.abort()
        return "250 Taken"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
