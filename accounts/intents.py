"""One intent, one effect: whatever is sent twice under one key happens once and is answered the same."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction

from accounts import audit
from accounts.models import Intent, User

#: A key may be sent again for so long.
KEPT = timedelta(days=7)


class StillRunning(Exception):
    """The first request under this key has not come to its end yet."""


class KeyReused(Exception):
    """The key stands for something else that was sent before."""


def once(
    action: str, *, key: str, body: str, by: User, at: datetime, do: Callable[[], dict | None]
) -> tuple[dict, bool] | None:
    """Do it, or answer as the first time; returns the answer and whether it is a repetition.

    key   chosen by whoever sends, the same on every try; it holds for this person and action
    body  the fingerprint of what was sent
    do    does it and returns the answer as JSON, or None where it was refused: then nothing is
          kept and the same key may be sent again, mended. What an action raised is undone by the
          action itself; what ``do`` raises undoes everything.

    The effect and its key are one transaction. Raises StillRunning and KeyReused.
    """
    with audit.refusals_after(), transaction.atomic():
        if not _is_ours(f"{by.pk}\n{action}\n{key}"):
            raise StillRunning
        before = Intent.objects.filter(person=by, action=action, key=key).values_list("body", "answer")
        for before_body, answered in before:
            if before_body != body:
                raise KeyReused
            return answered, True
        answer = do()
        if answer is None:
            return None
        Intent.objects.create(person=by, action=action, key=key, body=body, answer=answer, done_at=at)
        return answer, False


def part(key: str, row: object) -> str:
    """The key of one row among several that are acted on under ``key``, each in a transaction of its own."""
    return hashlib.sha256(f"{key}\n{row}".encode()).hexdigest()


def answered(action: str, keys: Iterable[str], *, by: User) -> dict[str, dict]:
    """What was answered under those of the keys that this person has sent, by key."""
    found = Intent.objects.filter(person=by, action=action, key__in=list(keys))
    return dict(found.values_list("key", "answer"))


def forget(*, at: datetime) -> int:
    """Remove the keys that are older than ``KEPT`` and return how many."""
    return Intent.objects.filter(done_at__lt=at - KEPT).delete()[0]


def _is_ours(name: str) -> bool:
    """Try for the key's lock, held to the end of the transaction.

    An uncommitted row cannot be seen and its insert would only wait, so this comes first.
    """
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return cursor.fetchone()[0]
