"""Copies of the chain's head outside the database, so that a tail that was cut off shows.

A head is ``{"position": 120, "hash": "…", "at": "2026-…"}``, one JSON object a line.
"""

import json
import logging
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings

from accounts.models import AuditSeal

logger = logging.getLogger(__name__)

SECONDS = 5


class CannotCopy(Exception):
    """The outside place did not take the head."""


class NotKept(Exception):
    """There are no heads to compare with; the words say why."""


def copy_head(*, at: datetime) -> dict | None:
    """Put the present head into the place that ``AUDIT_HEAD_URL`` names; None while nothing is sealed.

    ``file://`` appends a line to a file; ``http(s)://`` posts the object, at most five seconds long.
    Raises CannotCopy.
    """
    last = AuditSeal.objects.order_by("-position").first()
    if last is None:
        return None
    head = {"position": last.position, "hash": last.hash, "at": at.astimezone(UTC).isoformat()}
    file = path()
    try:
        if file is not None:
            _append(file, head)
        else:
            _post(settings.AUDIT_HEAD_URL, head)
    except OSError as problem:
        raise CannotCopy(f"the head of the audit trail was not copied: {problem}") from problem
    return head


def copy(*, at: datetime) -> str:
    """The same as a job: says what it did."""
    head = copy_head(at=at)
    return f"the head at position {head['position']} was copied" if head else "nothing is sealed yet"


def path() -> Path | None:
    """The file of heads, where ``AUDIT_HEAD_URL`` names one."""
    place = urlsplit(settings.AUDIT_HEAD_URL)
    return Path(unquote(place.path)) if place.scheme == "file" else None


def kept(file: Path | None = None) -> list[dict]:
    """The heads that were kept outside, the oldest first: in ``file``, else where ``AUDIT_HEAD_URL`` says.

    Raises NotKept where there is none. An ``http(s)://`` place is only ever posted to.
    """
    place = file or path()
    if place is None:
        raise NotKept("AUDIT_HEAD_URL is an address that heads are only sent to; name a file of them")
    if not place.exists():
        raise NotKept(f"there is no file {place}")
    found = list(_read(place))
    if not found:
        raise NotKept(f"no head stands in {place}")
    return found


def newest(file: Path | None = None) -> datetime:
    """When the newest of the kept heads was copied. Raises NotKept."""
    try:
        return max(datetime.fromisoformat(head["at"]) for head in kept(file))
    except (TypeError, ValueError) as problem:
        raise NotKept("a head bears no moment that can be read") from problem


def _read(place: Path) -> Iterator[dict]:
    with open(place, errors="replace") as file:
        for number, line in enumerate(file, start=1):
            try:
                head = json.loads(line)
                yield {name: head[name] for name in ("position", "hash", "at")}
            except (ValueError, TypeError, KeyError) as problem:
                raise NotKept(f"line {number} of {place} is no head") from problem


def _append(path: Path, head: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a") as file:
        file.write(json.dumps(head) + "\n")


def _post(url: str, head: dict) -> None:
    request = urllib.request.Request(
        url, json.dumps(head).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=SECONDS):
        pass
