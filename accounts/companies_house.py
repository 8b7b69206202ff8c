"""What Companies House has registered under a company number: asked of its public API, for a person to check.

It may be slow, wrong or away. Whatever it does, the answer is here within ``PATIENCE``, and where it is
none a sentence says so. Never called inside a transaction.
"""

import base64
import json
import logging
import threading
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings
from django.core.cache import cache

from accounts import postcode

logger = logging.getLogger(__name__)

#: Seconds for all of it: the name's look-up, the connection and the whole answer.
PATIENCE = 5.0

#: Bytes. A company's profile has some thousands.
LONGEST = 200_000

#: After no answer it is left alone for so many seconds, so that not everybody waits for it in turn.
REST = 30
RESTING = "companies_house_is_away"

ADDRESS = (
    "care_of",
    "po_box",
    "premises",
    "address_line_1",
    "address_line_2",
    "locality",
    "region",
    "country",
)
MANUALLY = "Enter the details yourself."


class LookUpFailed(Exception):
    """There is no answer; the message says what to do."""


class NoSuchCompany(LookUpFailed):
    def __init__(self):
        super().__init__(f"Companies House has no company with this number. Check it. {MANUALLY}")


class NoAnswer(LookUpFailed):
    """It is away, too slow, or says what cannot be read."""

    def __init__(self):
        super().__init__(f"Companies House does not answer at the moment. {MANUALLY}")


class AskedTooOften(LookUpFailed):
    def __init__(self):
        super().__init__(
            f"Companies House has been asked too often. Try again in some minutes, or: {MANUALLY.lower()}"
        )


@dataclass(frozen=True, slots=True)
class Company:
    """``status`` is in words for a company that is not simply active, such as "dissolved"; else empty."""

    name: str
    address: str
    postcode: str
    status: str


class _NoRedirects(HTTPRedirectHandler):
    """The key goes to nobody else."""

    def redirect_request(self, *arguments, **named):
        return None


_opener = build_opener(_NoRedirects)


def is_offered() -> bool:
    return bool(settings.COMPANIES_HOUSE_API_KEY)


def look_up(number: str) -> Company:
    """Return what is registered under ``number``, which has its 8 characters. Raises LookUpFailed."""
    if cache.get(RESTING):
        raise NoAnswer
    try:
        return _read(_asked_in_time(number))
    except NoAnswer:
        cache.set(RESTING, True, REST)
        logger.warning("companies house did not answer")
        raise


def _asked_in_time(number: str) -> bytes:
    """In a thread of its own: neither finding the host nor an answer in drops keeps to a time-out."""
    answers: list[bytes | LookUpFailed] = []
    asking = threading.Thread(target=lambda: answers.append(_asked(number)), daemon=True)
    asking.start()
    asking.join(PATIENCE)
    if not answers:
        raise NoAnswer
    if isinstance(answers[0], LookUpFailed):
        raise answers[0]
    return answers[0]


def _asked(number: str) -> bytes | LookUpFailed:
    key = base64.b64encode(f"{settings.COMPANIES_HOUSE_API_KEY}:".encode()).decode()
    address = f"{settings.COMPANIES_HOUSE_URL}/company/{quote(number)}"
    request = Request(address, headers={"Authorization": f"Basic {key}", "Accept": "application/json"})
    try:
        with _opener.open(request, timeout=PATIENCE) as answer:
            return answer.read(LONGEST + 1)
    except HTTPError as refusal:
        refusal.close()
        if refusal.code in (401, 403):
            # Somebody has to mend the key; whoever types cannot.
            logger.error("companies house refused our key", extra={"status": refusal.code})
        return {404: NoSuchCompany, 429: AskedTooOften}.get(refusal.code, NoAnswer)()
    except (OSError, HTTPException, ValueError):
        return NoAnswer()


def _read(answer: bytes) -> Company:
    if len(answer) > LONGEST:
        raise NoAnswer
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError) as problem:
        raise NoAnswer from problem
    if not isinstance(found, dict) or not _text(found, "company_name"):
        raise NoAnswer
    registered = found.get("registered_office_address")
    place: dict[str, Any] = registered if isinstance(registered, dict) else {}
    lines = [_text(place, name) for name in ADDRESS]
    status = _text(found, "company_status").replace("-", " ")
    return Company(
        name=_text(found, "company_name")[:200],
        address="\n".join(filter(None, lines))[:500],
        postcode=_postcode(_text(place, "postal_code")),
        status="" if status == "active" else status[:60],
    )


def _text(found: dict[str, Any], name: str) -> str:
    """One line of text; nothing where it is none."""
    value = found.get(name)
    return " ".join(value.replace("\x00", "").split()) if isinstance(value, str) else ""


def _postcode(text: str) -> str:
    try:
        return postcode.normalise(text)
    except postcode.NotAPostcode:
        return ""
