"""The audit trail as actions write it: one row when they are done, one when they are refused.

An action is declared, and the rows follow by themselves::

    @audit.action("submit application")
    def submit(application, *, by, at): ...
"""

import functools
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar, cast

import structlog
from django.conf import settings
from django.db import connection, models, transaction

from accounts import seals, written
from accounts.models import AuditEntry, User
from accounts.refusals import Refusal

Function = TypeVar("Function", bound=Callable[..., Any])

#: Longer reasons are cut: the whole text stands in the row that the action wrote.
LONGEST_REASON = 1000


@dataclass
class Deed:
    """An action under way, and what it has said of itself so far."""

    name: str
    by: User | None = None
    subject: models.Model | None = None
    before: dict = field(default_factory=dict)
    after: dict = field(default_factory=dict)
    reason: str = ""
    is_written: bool = False


_deeds: ContextVar[tuple[Deed, ...]] = ContextVar("deeds", default=())


@dataclass
class Refusals:
    """What was refused while an edge was at work: how often, and the rows that wait to be written."""

    outer: "Refusals | None" = None
    noted: int = 0
    waiting: list[Callable[[], object]] = field(default_factory=list)


_held_back: ContextVar[Refusals | None] = ContextVar("held_back", default=None)


def action(name: str) -> Callable[[Function], Function]:
    """Make a function one business action: a transaction with its audit row, or a refusal with its own.

    name  what is done, as a verb on a noun: "submit application"

    The function takes ``by`` and ``at``. The row is about what the function returns where that is
    a row of the database, else about its first argument; ``note`` says more. An action within an
    action writes its row too; a refusal is noted once, under the outermost name, in a transaction
    of its own.
    """

    def decorate(function: Function) -> Function:
        @functools.wraps(function)
        def carried_out(*arguments, by: User | None = None, at: datetime, **options):
            deed, outer = Deed(name, by), _deeds.get()
            under_way = _deeds.set((*outer, deed))
            try:
                with transaction.atomic():
                    result = function(*arguments, by=by, at=at, **options)
                    deed.subject = deed.subject or _row_among(result, *arguments)
                    if not deed.is_written:
                        write(deed, by=by, at=at)
                return result
            except Refusal as refusal:
                if not outer:
                    deed.subject = deed.subject or _row_among(*arguments)
                    deed.before, deed.after = {}, refusal.facts
                    deed.reason = type(refusal).__name__
                    _note_refusal(deed, by=by, at=at)
                raise
            finally:
                _deeds.reset(under_way)

        carried_out.action = name  # type: ignore[attr-defined]
        return cast(Function, carried_out)

    return decorate


def note(
    *,
    subject: models.Model | None = None,
    before: dict | None = None,
    after: dict | None = None,
    reason: str = "",
) -> None:
    """Say more of the action under way: which row it is about, what changed, and why.

    before, after  ids, codes, sums (as text) and states. No names, addresses or answers.
    reason         what staff typed to explain a decision; never an applicant's or an assessor's words
    """
    deed = _deeds.get()[-1]
    deed.subject = subject or deed.subject
    deed.before |= before or {}
    deed.after |= after or {}
    deed.reason = reason or deed.reason


def doer() -> User | None:
    """Whose act is under way; None where nobody's is."""
    return deeds[0].by if (deeds := _deeds.get()) else None


def join() -> None:
    """The action under way only goes on with what an earlier row says: it gets none of its own."""
    _deeds.get()[-1].is_written = True


def enter(*, at: datetime) -> None:
    """Write the row of the action under way now: all is said, and what is left others wait for."""
    deed = _deeds.get()[-1]
    write(deed, by=deed.by, at=at)
    deed.is_written = True


def write(deed: Deed, *, by: User | None, at: datetime, is_refusal: bool = False) -> None:
    """Write a row with its HMAC. No lock is taken: the chain is the sealer's work."""
    entry = {
        "serial": uuid.uuid4(),
        "at": at,
        "by_id": by.pk if by else None,
        "roles": _roles(by),
        "action": deed.name,
        "is_refusal": is_refusal,
        "subject_word": str(deed.subject._meta.verbose_name) if deed.subject else "",
        "subject_id": deed.subject.pk if deed.subject else None,
        "before": deed.before,
        "after": deed.after,
        "reason": deed.reason[:LONGEST_REASON],
        "request_id": structlog.contextvars.get_contextvars().get("request_id", ""),
    }
    mac = seals.mac_of(settings.AUDIT_KEY, tuple(entry[name] for name in seals.COVERED))
    written.insert_later(AuditEntry, {**entry, "mac": mac})


@contextmanager
def refusals_after() -> Iterator[Refusals]:
    """Hold refusals back until the transaction that surrounds the action is over, and write them then.

    For an edge that opens a transaction of its own: a row written inside it would be lost with it.
    The middleware does so for every request. Inside of another, the rows wait for the outer one
    while a transaction is still open. The value says how many were noted.
    """
    held = Refusals(outer=_held_back.get())
    token = _held_back.set(held)
    try:
        yield held
    finally:
        _held_back.reset(token)
        if held.outer is not None:
            held.outer.noted += held.noted
        if held.outer is not None and connection.in_atomic_block:
            held.outer.waiting += held.waiting
        else:
            for write_it in held.waiting:
                write_it()


def _note_refusal(deed: Deed, *, by: User | None, at: datetime) -> None:
    def write_it() -> None:
        with transaction.atomic():
            write(deed, by=by, at=at, is_refusal=True)

    held = _held_back.get()
    if held is not None:
        held.noted += 1
    if held is None or not connection.in_atomic_block:
        write_it()
    else:
        held.waiting.append(write_it)


def _row_among(*things: object) -> models.Model | None:
    return next((thing for thing in things if isinstance(thing, models.Model) and thing.pk), None)


def _roles(person: User | None) -> list[str]:
    return sorted(held.appointment.in_brief for held in person.held) if person is not None else []
