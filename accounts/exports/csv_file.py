"""CSV straight from the database: COPY through a bounded pipe, so that size costs no memory."""

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from django.core.exceptions import EmptyResultSet
from django.db import connection, connections
from django.db.models import QuerySet

from accounts.exports.columns import Column, Kind, inert
from accounts.exports.patience import unhurried

BLOCK = 64 * 1024
BLOCKS_AHEAD = 8
#: A reader that takes nothing for so many seconds has gone.
PATIENCE = 60
END = None
#: A block of the file, what went wrong, or the end.
Block = bytes | Exception | None


class Written(Protocol):
    """Something that takes a file's bytes."""

    def write(self, data: bytes) -> object: ...


def copy(rows: QuerySet[Any], columns: Sequence[Column], file: Written) -> None:
    """Write the rows as CSV with a heading line to ``file``, by the database's own COPY."""
    values = {
        column.name: inert(column.value) if column.kind is Kind.TEXT else column.value for column in columns
    }
    headings = ",".join('"' + column.heading.replace('"', '""') + '"' for column in columns)
    file.write(headings.encode() + b"\n")
    try:
        sql, parameters = rows.annotate(**values).values_list(*values).query.sql_with_params()
    except EmptyResultSet:
        return  # Nothing can be seen, and Django has no query for that.
    with connection.cursor() as cursor:
        statement = cursor.cursor.mogrify(sql, parameters).decode()
        cursor.cursor.copy_expert(f"COPY ({statement}) TO STDOUT WITH (FORMAT csv)", file)


def stream(rows: QuerySet[Any], columns: Sequence[Column]) -> Iterator[bytes]:
    """Yield the same file in blocks of 64 KiB while a thread with its own connection copies."""
    return streamed(lambda file: copy(rows, columns, file))


def streamed(write: Callable[[Written], None]) -> Iterator[bytes]:
    """Yield in blocks of 64 KiB what ``write`` writes, in a thread with a connection of its own."""
    pipe = Pipe()

    def fill() -> None:
        try:
            with unhurried():
                write(pipe)
            pipe.close()
        except Exception as problem:
            pipe.fail(problem)
        finally:
            connections.close_all()

    thread = threading.Thread(target=fill, name="csv export", daemon=True)
    thread.start()
    try:
        yield from pipe
    finally:
        pipe.abandoned.set()
        thread.join(PATIENCE)


class Abandoned(Exception):
    """Whoever asked for the file has gone."""


class Pipe:
    """What ``copy`` writes and ``stream`` reads: at most ``BLOCKS_AHEAD`` blocks at a time."""

    def __init__(self) -> None:
        self.blocks: queue.Queue[Block] = queue.Queue(BLOCKS_AHEAD)
        self.abandoned = threading.Event()
        self.gathered = bytearray()

    def write(self, data: bytes) -> int:
        self.gathered += data
        while len(self.gathered) >= BLOCK:
            self._put(bytes(self.gathered[:BLOCK]))
            del self.gathered[:BLOCK]
        return len(data)

    def close(self) -> None:
        if self.gathered:
            self._put(bytes(self.gathered))
        self._put(END)

    def fail(self, problem: Exception) -> None:
        if not isinstance(problem, Abandoned):
            self._put(problem)

    def _put(self, block: Block) -> None:
        while not self.abandoned.is_set():
            try:
                return self.blocks.put(block, timeout=0.5)
            except queue.Full:
                continue
        raise Abandoned

    def __iter__(self) -> Iterator[bytes]:
        while (block := self.blocks.get(timeout=PATIENCE)) is not END:
            if isinstance(block, Exception):
                raise block
            yield block
