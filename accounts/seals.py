"""The arithmetic of the audit trail: what an entry's HMAC covers, and how one seal follows from the last."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from uuid import UUID

#: What stands before the first seal.
BEGINNING = "0" * 64

#: The columns that an entry's HMAC covers, in this order.
COVERED = (
    "serial",
    "at",
    "by_id",
    "roles",
    "action",
    "is_refusal",
    "subject_word",
    "subject_id",
    "before",
    "after",
    "reason",
    "request_id",
)


def mac_of(key: bytes, values: tuple) -> str:
    """Return the HMAC-SHA256, in hex, of an entry's values in the order of ``COVERED``."""
    text = json.dumps([_plain(value) for value in values], sort_keys=True, separators=(",", ":"))
    return hmac.digest(key, text.encode(), hashlib.sha256).hex()


def link(key: bytes, position: int, previous: str, mac: str) -> str:
    """Return the hash of the seal at ``position``, over the hash before it and the entry's own HMAC."""
    return hmac.digest(key, f"{position}|{previous}|{mac}".encode(), hashlib.sha256).hex()


def _plain(value):
    if isinstance(value, datetime):
        # One spelling whatever the zone in which the database hands it over.
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value) if isinstance(value, UUID) else value
