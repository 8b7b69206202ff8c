"""CSV straight from the database: COPY through a bounded pipe, so that size costs no memory."""

import io
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from django.core.exceptions import EmptyResultSet
from django.db import connection, connections
from django.db.models import CharField, F, QuerySet
from django.db.models.expressions import OrderBy, RawSQL

from accounts.exports.columns import Column, Kind, inert
from accounts.patience import unhurried

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
    file.write(heading(columns))
    copy_rows(rows, columns, file)


def heading(columns: Sequence[Column]) -> bytes:
    return ",".join('"' + column.heading.replace('"', '""') + '"' for column in columns).encode() + b"\n"


def copy_rows(rows: QuerySet[Any], columns: Sequence[Column], file: Written) -> None:
    if statement := query_of(rows, columns):
        with connection.cursor() as cursor:
            cursor.cursor.copy_expert(f"COPY ({statement}) TO STDOUT WITH (FORMAT csv)", file)


def query_of(rows: QuerySet[Any], columns: Sequence[Column]) -> str:
    """What COPY is asked for; nothing where no row can be seen.

    Each value is worked out once, in the order of the rows, and looked at from around that: what makes a text
    inert names it several times, and a column may be a query of its own. The order is asked for outside too,
    since what is inside a FROM promises none; the database sees that the rows come in it, and sorts once.
    """
    values = {column.name: column.value for column in columns}
    order = _order(rows)
    values |= {f"order_{place}": one.expression for place, one in enumerate(order)}
    try:
        sql, parameters = rows.annotate(**values).values_list(*values).query.sql_with_params()
    except EmptyResultSet:
        return ""  # Django has no query for that.
    compiler = rows.query.get_compiler(connection=connection)
    shown, given = [], []
    for column in columns:
        value = RawSQL(f'one."{column.name}"', (), CharField())
        safe = inert(value) if column.kind is Kind.TEXT else value
        part, more = compiler.compile(safe.resolve_expression(rows.query))
        shown.append(part)
        given += more
    whole = f"SELECT {', '.join(shown)} FROM ({sql}) one"
    if order:
        outside = [_again(one, f'one."order_{place}"') for place, one in enumerate(order)]
        whole += f" ORDER BY {', '.join(outside)}"
    with connection.cursor() as cursor:
        return str(cursor.cursor.mogrify(whole, [*given, *parameters]).decode())


def _order(rows: QuerySet[Any]) -> list[OrderBy]:
    """By what the rows are ordered, each as an expression with its direction."""
    found = []
    asked: Sequence[Any] = rows.query.order_by
    for one in asked:
        if isinstance(one, str):
            name = F(one.lstrip("-"))
            found.append(name.desc() if one.startswith("-") else name.asc())
        else:
            found.append(one if isinstance(one, OrderBy) else one.asc())
    return found


def _again(one: OrderBy, column: str) -> str:
    way = " DESC" if one.descending else " ASC"
    return column + way + (" NULLS FIRST" if one.nulls_first else " NULLS LAST" if one.nulls_last else "")


def stream(
    rows: QuerySet[Any], columns: Sequence[Column], *, before_rows: Callable[[], object] = lambda: None
) -> Iterator[bytes]:
    """Yield the same file: the headings at once, then blocks of 64 KiB while a thread of its own copies.

    before_rows  called when the headings have left and no row has: what it raises breaks the file off there
    """
    yield heading(columns)
    yield from streamed(lambda file: copy_rows(rows, columns, file), before=before_rows)


def streamed(
    write: Callable[[Written], None], *, before: Callable[[], object] = lambda: None
) -> Iterator[bytes]:
    """Yield in blocks of 64 KiB what ``write`` writes, in a thread with a connection of its own.

    before  called before anything is yielded, while the thread has begun already
    """
    pipe = Pipe()
    end = End(pipe)
    # The driver hands over each row by itself: they are gathered in C, and Python sees blocks.
    file = io.BufferedWriter(end, BLOCK)

    def fill() -> None:
        try:
            with unhurried():
                write(file)
            file.flush()
            pipe.close()
        except Exception as problem:
            end.is_closed = True
            pipe.fail(problem)
        finally:
            connections.close_all()

    thread = threading.Thread(target=fill, name="csv export", daemon=True)
    thread.start()
    try:
        before()
        yield from pipe
    finally:
        pipe.abandoned.set()
        thread.join(PATIENCE)


class Abandoned(Exception):
    """Whoever asked for the file has gone."""


class End(io.RawIOBase):
    """The end of a pipe that bytes go into; once it is closed, what is left in a buffer goes nowhere."""

    def __init__(self, pipe: "Pipe") -> None:
        self.pipe, self.is_closed = pipe, False

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return len(data) if self.is_closed else self.pipe.write(bytes(data))


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
