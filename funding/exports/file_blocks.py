"""The bytes of a kept file: written in blocks beside the snapshot that is read, and read by range."""

import hashlib
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import Error, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from funding.models import FundingFile, FundingFileBlock

BLOCK = 1024 * 1024
#: More than this no file holds.
LARGEST = 1024 * BLOCK
#: How often, in seconds, it is said how far a file is while no block is full.
EVERY = 0.5

FILES, BLOCKS = FundingFile._meta.db_table, FundingFileBlock._meta.db_table
#: Holds the lease. Nothing where the worker has lost the row to another, or it has ended.
HELD = f"""
    UPDATE {FILES} SET leased_until = %(at)s + lease_length
    WHERE id = %(file)s AND tries = %(tries)s AND state = 'leased' RETURNING id
"""
#: Says how far it is, and holds the lease for as long as it goes on. Nothing where the worker has lost the
#: row to another, or it has ended: then it may write nothing either.
REACHED = f"""
    UPDATE {FILES} SET rows_done = %(rows)s, rows_expected = %(expected)s, size = %(size)s,
        leased_until = %(at)s + lease_length
    WHERE id = %(file)s AND tries = %(tries)s AND state = 'leased' RETURNING id
"""
PUT = f"""
    WITH own AS ({REACHED})
    INSERT INTO {BLOCKS} (file_id, number, content)
    SELECT id, %(number)s, %(content)s FROM own RETURNING file_id
"""
EMPTIED = f"WITH own AS ({REACHED}) DELETE FROM {BLOCKS} WHERE file_id IN (SELECT id FROM own)"


logger = logging.getLogger(__name__)


class NotOurs(Exception):
    """It was discarded, or another worker has it."""


class TooLarge(Exception):
    """The file would be larger than any may be."""


class Blocks:
    """Takes a file's bytes: each write is a row of it, but the headings."""

    def __init__(self, file: FundingFile, own: BaseDatabaseWrapper, at: datetime) -> None:
        self.file, self.own = file, own
        self.at, self.began = at, time.monotonic()
        self.rows = self.expected = self.size = self.number = 0
        self.gathered = bytearray()
        self.digest = hashlib.sha256()
        self.said_at = 0.0

    @property
    def now(self) -> datetime:
        return self.at + timedelta(seconds=time.monotonic() - self.began)

    def begin(self, expected: int, headings: int = 0) -> None:
        """Throw away what an earlier worker has left.

        headings  so many of the writes are no row
        """
        self.expected, self.rows = expected, -headings
        self._say(EMPTIED, needs_answer=False)
        self.reached()

    def write(self, data: bytes) -> int:
        self.rows += 1
        self.take(data)
        return len(data)

    def take(self, data: bytes) -> None:
        """Of which part is a row nobody knows."""
        self.gathered += data
        while len(self.gathered) >= BLOCK:
            self._put(bytes(self.gathered[:BLOCK]))
            del self.gathered[:BLOCK]
        if time.monotonic() - self.said_at > EVERY:
            self.reached()

    def close(self) -> None:
        if self.gathered:
            self._put(bytes(self.gathered))
            self.gathered.clear()
        self.reached()

    def reached(self, rows: int | None = None) -> None:
        """Say how far it is. Raises NotOurs."""
        self.rows = self.rows if rows is None else rows
        self._say(REACHED)

    def hold(self) -> bool:
        """Begin the lease again, on the thread's own connection; False where it is another's by now."""
        with connection.cursor() as cursor:
            cursor.execute(HELD, self._whose())
            return cursor.fetchone() is not None

    def _whose(self) -> dict[str, Any]:
        return {"file": self.file.pk, "tries": self.file.tries, "at": self.now}

    def _put(self, block: bytes) -> None:
        self.size += len(block)
        if self.size > LARGEST:
            raise TooLarge
        self.digest.update(block)
        self._say(PUT, number=self.number, content=block)
        self.number += 1

    def _say(self, statement: str, *, needs_answer: bool = True, **more: Any) -> None:
        told: dict[str, Any] = {"rows": max(self.rows, 0), "expected": self.expected, "size": self.size}
        with self.own.cursor() as cursor:
            cursor.execute(statement, {**told, **self._whose(), **more})
            if needs_answer and cursor.fetchone() is None:
                raise NotOurs
        self.said_at = time.monotonic()


@contextmanager
def of(file: FundingFile, at: datetime) -> Iterator[Blocks]:
    """On a connection of its own: the snapshot is read only, and nothing written beside it is seen before it
    ends."""
    with closing(connection.copy()) as own:
        blocks = Blocks(file, own, at)
        with _held(blocks):
            yield blocks


@contextmanager
def _held(blocks: Blocks) -> Iterator[None]:
    """Hold the lease by a thread for as long as this process lives: rows are counted and sorted, and a
    workbook is closed, while nothing is written. The task's own limit ends what does not end."""
    is_over, length = threading.Event(), blocks.file.lease_length
    assert length is not None
    pause = length.total_seconds() / 3

    def hold() -> None:
        while not is_over.wait(pause):
            try:
                if not blocks.hold():
                    return
            except Error:
                # Before the lease is over the next try may reach the database again.
                logger.warning("lease could not be held", extra={"file": blocks.file.pk}, exc_info=True)
            finally:
                connections.close_all()

    thread = threading.Thread(target=hold, name="lease of a file", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def read(file: FundingFile, first: int, last: int) -> Iterator[bytes]:
    """Yield the bytes from ``first`` to ``last``, both of them too, a block at a time.

    Raises FundingFileBlock.DoesNotExist where they are deleted meanwhile, which breaks the answer off.
    """
    for number in range(first // BLOCK, last // BLOCK + 1):
        begins = number * BLOCK
        block = FundingFileBlock.objects.values_list("content", flat=True).get(file=file, number=number)
        yield bytes(block[max(first - begins, 0) : last - begins + 1])
