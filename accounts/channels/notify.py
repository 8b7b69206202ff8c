"""Hands emails to GOV.UK Notify: one template there with a subject and a body, both from us.

Notify keeps our Message-ID as its reference, so that before a second try it can be asked whether it
took the first. What becomes of an email is asked for later (``status``), by the id it gave.
"""

import logging
import re
import threading
from datetime import datetime, timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from notifications_python_client.errors import APIError
from notifications_python_client.notifications import NotificationsAPIClient

from accounts.channels import notify_body
from accounts.channels.answers import NotNow, OurSetUp, Refused
from accounts.composing import Email

logger = logging.getLogger(__name__)

#: Seconds for each of Notify's answers.
PATIENCE = 10

#: How long this process leaves Notify alone after it said that we ask too often, or said nothing.
TOO_OFTEN, AWAY = timedelta(seconds=30), timedelta(seconds=5)

#: What no later try changes: an address that is none, an email that is too long.
ABOUT_ONE_EMAIL = re.compile(r"email_address|too (long|large|big)|longer than", re.I)


class Line(threading.local):
    """This worker's client, which keeps its connection open; a new one where the settings change."""

    def __init__(self):
        self.settings: tuple = ()
        self.client: NotificationsAPIClient | None = None
        self.rests_until: datetime | None = None
        self.because = ""

    def open(self) -> NotificationsAPIClient:
        wanted = (settings.NOTIFY_API_KEY, settings.NOTIFY_URL)
        if self.client is None or wanted != self.settings:
            self.client = NotificationsAPIClient(*wanted, timeout=PATIENCE)
            self.settings, self.rests_until = wanted, None
        return self.client

    def rest(self, until: datetime, because: str) -> None:
        self.rests_until, self.because = until, because


line = Line()


def send(message: Email, *, reference: str, is_repeat: bool, at: datetime) -> str:
    """Return Notify's id of the email once it is taken.

    reference  the Message-ID, by which a repeated try finds the email that was taken before
    """
    client = line.open()
    if line.rests_until and at < line.rests_until:
        raise NotNow(line.because)
    try:
        if is_repeat and (taken := _taken_before(client, reference)):
            return taken
        answer = client.send_email_notification(
            message.to[0],
            settings.NOTIFY_TEMPLATE_ID,
            personalisation={"subject": message.subject, "body": _body(message)},
            reference=reference,
        )
    except APIError as problem:
        raise _answer(problem, at) from problem
    except SoftTimeLimitExceeded as problem:
        raise NotNow("Notify did not answer in time.") from problem
    return answer["id"]


def status(taken: str) -> str:
    """What Notify says has become of an email: ``delivered``, ``permanent-failure`` and so on.

    Empty where it no longer knows, a week later. Raises NotNow.
    """
    try:
        return line.open().get_notification_by_id(taken)["status"]
    except APIError as problem:
        if problem.status_code == 404:
            return ""
        raise NotNow(_words(problem)) from problem


def _taken_before(client: NotificationsAPIClient, reference: str) -> str:
    found = client.get_all_notifications(reference=reference, template_type="email")["notifications"]
    return found[0]["id"] if found else ""


def _body(message: Email) -> str:
    letter = message.letter
    return notify_body.written(letter.recipient.name, letter.parts, letter.foot)


def _answer(problem: APIError, at: datetime) -> Refused | NotNow:
    code, said = problem.status_code, _words(problem)
    if code == 400 and ABOUT_ONE_EMAIL.search(said):
        return Refused(f"{code} {said}")
    answer = f"Notify answered: {code} {said}"
    if code == 429:
        # Too many in a minute, or today.
        line.rest(at + TOO_OFTEN, "Notify asked us to send more slowly.")
        return NotNow(answer)
    if code >= 500:
        line.rest(at + AWAY, "Notify did not answer a moment ago.")
        return NotNow(answer)
    # A key, a template or a clock of ours: somebody can mend it before the tries run out.
    logger.error("notify refused what we ask", extra={"status": code})
    return OurSetUp(answer)


def _words(problem: APIError) -> str:
    said = problem.message
    if isinstance(said, list):
        said = " ".join(str(one.get("message", "")) for one in said if isinstance(one, dict))
    return " ".join(str(said).split())[:400]
