"""Reads the whole audit trail again and says where it was tampered with."""

import json
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from accounts import audit_heads, seals
from accounts.models import AuditSeal

logger = logging.getLogger(__name__)

#: An entry may be this long without its seal; the sealer works every second.
OPEN_FOR = timedelta(minutes=1)

#: A trail may be this old without a head outside; one is copied every hour.
HEADLESS_FOR = timedelta(hours=2)

#: Columns of JSON come as text, which keeps a large number from being rounded on the way.
JSON = frozenset({"roles", "before", "after"})
AT = seals.COVERED.index("at")
COLUMNS = ", ".join(f"entry.{name}::text" if name in JSON else f"entry.{name}" for name in seals.COVERED)

CHAIN = f"""
    SELECT seal.position, seal.previous, seal.hash, seal.entry_id, entry.mac, {COLUMNS}
    FROM accounts_auditseal AS seal LEFT JOIN accounts_auditentry AS entry ON entry.id = seal.entry_id
    ORDER BY seal.position
"""
#: Whatever moment it bears: one that was forged may say any.
UNSEALED = f"""
    SELECT entry.id, waiting.entry_id IS NOT NULL, entry.mac, {COLUMNS}
    FROM accounts_auditentry AS entry
    LEFT JOIN accounts_auditwaiting AS waiting ON waiting.entry_id = entry.id
    WHERE NOT EXISTS (SELECT FROM accounts_auditseal WHERE entry_id = entry.id)
    ORDER BY entry.id
"""
HEAD = "SELECT hash FROM accounts_auditseal WHERE position = %s"


@dataclass(frozen=True, slots=True)
class Fault:
    """The first row that is not as it was written: an entry's id, or a place in the chain."""

    row: str
    what: str

    def __str__(self):
        return f"{self.row}: {self.what}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check found: how many sealed entries and outside heads it read, and the first fault or None."""

    checked: int
    fault: Fault | None
    heads: int = 0
    #: Why no head was compared though the trail is old enough to have one; a cut tail would not show.
    headless: str = ""


class Damaged(Exception):
    """The trail is not as it was written; the words name the first bad row."""


class NothingToCompare(Exception):
    """The rows are as they were written, but no outside head says that none is missing at the end."""


def run(*, at: datetime) -> str:
    """The check as a job. Raises Damaged and NothingToCompare, so that the timetable shows it and
    operators are told. Heads that are only sent away are compared by hand: then it says so."""
    outcome = examine(at=at)
    if outcome.fault:
        logger.critical("audit trail is damaged", extra={"fault": str(outcome.fault)})
        raise Damaged(str(outcome.fault))
    says = f"{outcome.checked:,} entries are as they were written"
    if outcome.headless:
        if audit_heads.path() is not None:
            raise NothingToCompare(outcome.headless)
        return f"{says}. {outcome.headless}"
    return says


def examine(*, at: datetime, file: Path | None = None) -> Outcome:
    """Check the trail against the heads in ``file``, or in the place that keeps them."""
    try:
        heads = audit_heads.kept(file)
    except audit_heads.NotKept:
        heads = []
    return replace(check(at=at, heads=heads), heads=len(heads), headless=headless(at, file))


def headless(at: datetime, file: Path | None = None) -> str:
    """In a sentence why no head, or none new enough, says that the trail's end is there; nothing while
    it is young."""
    if not AuditSeal.objects.filter(position=1, sealed_at__lte=at - HEADLESS_FOR).exists() and file is None:
        return ""
    try:
        newest = audit_heads.newest(file)
    except audit_heads.NotKept as problem:
        return f"No outside head was compared: {problem}."
    sealed_at = AuditSeal.objects.aggregate(last=Max("sealed_at"))["last"]
    if sealed_at and newest < sealed_at - HEADLESS_FOR:
        return (
            f"No outside head was compared: the newest is of {newest.isoformat()}, older than the last seals."
        )
    return ""


def check(*, at: datetime, heads: Iterable[dict] = ()) -> Outcome:
    """Go along the chain from its beginning, then look for entries without a seal.

    heads  copies of the chain's head that were kept outside: each must still be in the chain

    Raises nothing for a fault; it is in the outcome. 1,000,000 rows take well under a minute.
    """
    checked = 0
    with transaction.atomic(), connection.cursor() as cursor:
        # The chain is one statement, and so one snapshot: what is written meanwhile is no fault.
        cursor.execute("SET LOCAL statement_timeout = 0")
        previous = seals.BEGINNING
        for row in _rows(CHAIN):
            position, said_previous, hash_, entry_id, mac, *values = row
            fault = _fault_of_link(checked + 1, position, previous, said_previous, hash_, entry_id, mac)
            fault = fault or _fault_of_entry(entry_id, mac, values)
            if fault:
                return Outcome(checked, fault)
            checked, previous = checked + 1, hash_
        return Outcome(checked, _fault_of_the_rest(cursor, at, heads))


def _fault_of_link(expected, position, previous, said_previous, hash_, entry_id, mac) -> Fault | None:
    place = f"seal {position}"
    if position != expected:
        return Fault(f"seal {expected}", "is missing from the chain")
    if mac is None:
        return Fault(f"entry {entry_id}", "is in the chain and was deleted")
    if said_previous != previous:
        return Fault(place, "does not follow from the one before")
    if seals.link(settings.AUDIT_KEY, position, previous, mac) != hash_:
        return Fault(place, f"does not belong to entry {entry_id} as it stands")
    return None


def _fault_of_entry(entry_id: int, mac: str, values: list) -> Fault | None:
    decoded = tuple(
        json.loads(value) if name in JSON else value
        for name, value in zip(seals.COVERED, values, strict=True)
    )
    if seals.mac_of(settings.AUDIT_KEY, decoded) != mac:
        return Fault(f"entry {entry_id}", "is not as it was written")
    return None


def _fault_of_the_rest(cursor, at: datetime, heads: Iterable[dict]) -> Fault | None:
    for entry_id, is_waiting, mac, *values in _rows(UNSEALED):
        if values[AT] < at - OPEN_FOR:
            return Fault(f"entry {entry_id}", "has no seal, a minute after it was written")
        if not is_waiting:
            return Fault(f"entry {entry_id}", "has no seal and does not wait for one")
        if fault := _fault_of_entry(entry_id, mac, values):
            return fault
    for head in heads:
        cursor.execute(HEAD, [head["position"]])
        found = cursor.fetchone()
        if found is None:
            return Fault(f"seal {head['position']}", f"was the head on {head['at']} and is gone")
        if found[0] != head["hash"]:
            return Fault(f"seal {head['position']}", f"is not the head that was kept on {head['at']}")
    return None


def _rows(query: str) -> Iterator[tuple]:
    """The query's rows from a cursor of the server, a few thousand at a time."""
    with connection.connection.cursor(name="audit_chain") as cursor:
        cursor.itersize = 5_000
        cursor.execute(query)
        yield from cursor
