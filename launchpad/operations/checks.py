"""How the service runs, one check at a time: what it found, in a sentence, and its figures.

A check that fails says so and takes no other down with it. A further one is a function in ``ALL``.
"""

import logging
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import IntEnum

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Count, Min
from kombu.exceptions import ChannelError

from accounts import audit_check, audit_heads, clock, overdue, relay, timetable
from accounts.formats import local_time
from accounts.models import ENDS, AuditEntry, AuditWaiting, Heartbeat
from funding.models import LedgerCheck
from launchpad import grants
from launchpad.celery import app
from launchpad.health import needed_migrations
from launchpad.processes import QUEUES
from launchpad.state import ROOM_NEEDED

logger = logging.getLogger(__name__)

CLOCKS_APART = timedelta(seconds=1)
TICKS_SILENT = timedelta(minutes=2)
SEALED_WITHIN = timedelta(minutes=1)
#: The ledger is counted each hour.
LEDGER_UNCHECKED = timedelta(hours=2)
#: Below this the disk is a warning; below what a start asks for, an alarm.
DISK_LOW = 1024**3


class Level(IntEnum):
    OK = 0
    WARNING = 1
    ALARM = 2


@dataclass(frozen=True, slots=True)
class Figure:
    """A number for those who draw curves: ``owed_rows{kind="notification"} 3``."""

    name: str
    value: float
    labels: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    level: Level
    says: str
    figures: tuple[Figure, ...] = ()


def run(at: datetime) -> list[Check]:
    """Make every check. Changes nothing; a broker that is down costs a few seconds."""
    found: list[Check] = []
    for check in ALL:
        try:
            found += check(at)
        except DatabaseError:
            logger.exception("check could not be made", extra={"check": check.__name__})
            found.append(Check(check.__name__, Level.ALARM, "This could not be found out."))
    return found


def worst(checks: Iterable[Check]) -> Level:
    return max((check.level for check in checks), default=Level.OK)


def database(at: datetime) -> Iterator[Check]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        used = cursor.fetchone()[0]
        cursor.execute("SELECT pg_database_size(current_database())")
        size = cursor.fetchone()[0]
    says = f"It answers. {used} connections, {size // 1024**2:,} MB."
    figures = (Figure("database_connections", used), Figure("database_bytes", size))
    yield Check("database", Level.OK, says, figures)


def migrations(at: datetime) -> Iterator[Check]:
    missing = len(needed_migrations() - set(MigrationRecorder(connection).applied_migrations()))
    says = f"{missing} are still to be applied." if missing else "All are applied."
    figures = (Figure("migrations_missing", missing),)
    yield Check("migrations", Level.ALARM if missing else Level.OK, says, figures)


def clocks(at: datetime) -> Iterator[Check]:
    apart = clock.difference()
    seconds = apart.total_seconds()
    figures = (Figure("clock_difference_seconds", seconds),)
    if abs(apart) > CLOCKS_APART:
        says = f"This machine's clock and the database's are {abs(seconds):.1f} seconds apart."
        yield Check("clock", Level.ALARM, says, figures)
    elif (now := clock.if_set()) is not None:
        yield Check("clock", Level.WARNING, f"It is set, to {local_time(now)}.", figures)
    else:
        yield Check("clock", Level.OK, "This machine's and the database's agree to the second.", figures)


def heartbeats(at: datetime) -> Iterator[Check]:
    beats = dict(Heartbeat.objects.values_list("name", "last_at"))
    yield _heard_of("relay", beats.get(Heartbeat.RELAY), overdue.SILENT, at)
    yield _heard_of("timetable", beats.get(Heartbeat.TIMETABLE), TICKS_SILENT, at)
    beat = _heard_of("beat", beats.get(Heartbeat.BEAT), TICKS_SILENT, at)
    # Whether the timetable is kept is said above: without beat the relay ticks.
    yield replace(beat, level=min(beat.level, Level.WARNING))


def _heard_of(name: str, last_at: datetime | None, at_most: timedelta, at: datetime) -> Check:
    if last_at is None:
        return Check(name, Level.ALARM, "It has never been heard of.")
    ago = max(at - last_at, timedelta())
    figures = (Figure("heartbeat_age_seconds", ago.total_seconds(), {"of": name}),)
    level = Level.ALARM if ago > at_most else Level.OK
    return Check(name, level, f"Last heard of {ago.total_seconds():.0f} seconds ago.", figures)


def owed(at: datetime) -> Iterator[Check]:
    """What is due and in nobody's hand for long is an alarm; what is tried in vain for long, a warning."""
    for model, _ in relay.owed:
        rows = model.objects.exclude(state__in=ENDS)
        due = rows.filter(due_at__lte=at).aggregate(rows=Count("pk"), oldest=Min("due_at"))
        late = rows.overdue(at, overdue.LATE).exists()
        again = rows.still_tried(at, overdue.LATE).aggregate(rows=Count("pk"), since=Min("begun_at"))
        kind = {"kind": str(model._meta.verbose_name)}
        age = (at - due["oldest"]).total_seconds() if due["rows"] else 0.0
        tried_for = (at - again["since"]).total_seconds() if again["rows"] else 0.0
        says = f"{due['rows']} due, the oldest for {age:.0f} seconds." if due["rows"] else "None is due."
        if again["rows"]:
            says += f" {again['rows']} still being tried, the first since {local_time(again['since'])}."
        figures = (
            Figure("owed_rows", due["rows"], kind),
            Figure("owed_oldest_seconds", age, kind),
            Figure("owed_still_tried_rows", again["rows"], kind),
            Figure("owed_still_tried_seconds", tried_for, kind),
        )
        level = Level.ALARM if late else Level.WARNING if again["rows"] else Level.OK
        yield Check(f"owed: {kind['kind']}", level, says, figures)


def queue(at: datetime) -> Iterator[Check]:
    """The broker may be lost at any time: that is said, and the database still knows what is owed."""
    patience = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, "socket_timeout": 1, "socket_connect_timeout": 1}
    try:
        with app.connection_for_read(transport_options=patience) as broker:
            lengths = {name: _length(broker, name) for name in QUEUES}
    except Exception as problem:
        # Whatever the broker's client raises: each has errors of its own.
        logger.warning("broker did not answer", extra={"reason": type(problem).__name__})
        yield Check("queue", Level.ALARM, "It does not answer. What is owed waits in the database.")
    else:
        says = ", ".join(f"{length} in {name}" for name, length in lengths.items())
        figures = (Figure("queue_length", length, {"queue": name}) for name, length in lengths.items())
        yield Check("queue", Level.OK, f"{says}.", tuple(figures))


def _length(broker, queue: str) -> int:
    try:
        # A channel of our own: the default one would try again and again to connect.
        with broker.channel() as channel:
            return channel.queue_declare(queue, passive=True).message_count
    except ChannelError:
        return 0  # nothing has been put into it yet


def jobs(at: datetime) -> Iterator[Check]:
    for standing in timetable.standings(at):
        name, done = standing.job.name, standing.done
        last = f"Last done at {local_time(done.finished_at)}." if done else "Not done yet."
        says = f"Not done when it was due. {last}" if standing.is_silent else last
        if standing.is_parked:
            says = f"Parked: it failed. {last}"
        when = done.finished_at.timestamp() if done else 0
        figures = (Figure("job_last_done_timestamp_seconds", when, {"job": name}),)
        level = Level.ALARM if standing.needs_attention else Level.OK
        yield Check(f"job: {name}", level, says, figures)


def ledger(at: datetime) -> Iterator[Check]:
    last = LedgerCheck.objects.last_made()
    if last is None:
        yield Check("ledger", Level.WARNING, "It has not been counted yet.")
        return
    when = f"Counted at {local_time(last.checked_at)}"
    figures = (Figure("ledger_differences", len(last.differences)),)
    if not last.is_clean:
        yield Check("ledger", Level.ALARM, f"{when}: it does not add up. Approvals are stopped.", figures)
    elif at - last.checked_at > LEDGER_UNCHECKED:
        yield Check("ledger", Level.ALARM, f"{when}, and not since.", figures)
    else:
        yield Check("ledger", Level.OK, f"{when}: it adds up.", figures)


def audit(at: datetime) -> Iterator[Check]:
    """Whether the sealer keeps up and heads are kept; what the nightly check found is said by its job."""
    waiting = AuditWaiting.objects.order_by("pk").values_list("pk", flat=True)
    oldest = AuditEntry.objects.filter(pk__in=waiting[:1000]).aggregate(at=Min("at"))["at"]
    age = at - oldest if oldest else timedelta()
    figures = (Figure("audit_unsealed_seconds", age.total_seconds()),)
    if age > SEALED_WITHIN:
        says = f"An entry has waited for its seal for {age.total_seconds():.0f} seconds."
        yield Check("audit trail", Level.ALARM, says, figures)
    elif headless := audit_check.headless(at):
        # Heads that are only sent away are compared elsewhere, by hand.
        level = Level.ALARM if audit_heads.path() else Level.WARNING
        yield Check("audit trail", level, headless, figures)
    else:
        yield Check("audit trail", Level.OK, "Sealed up to the last minute.", figures)


def disk(at: datetime) -> Iterator[Check]:
    free = shutil.disk_usage(settings.STATE_DIR if settings.STATE_DIR.exists() else settings.BASE_DIR).free
    level = Level.ALARM if free < ROOM_NEEDED else Level.WARNING if free < DISK_LOW else Level.OK
    says = f"{free // 1024**2:,} MB are free on this machine."
    yield Check("disk", level, says, (Figure("disk_free_bytes", free),))


def rights(at: datetime) -> Iterator[Check]:
    """Whether the role that this process serves as could change what is append-only."""
    found = grants.weaknesses()
    says = (
        f"{'; '.join(found)}."[:1000] if found else "The role that serves may do what it must, and no more."
    )
    figures = (Figure("database_rights_too_many", len(found)),)
    yield Check("database rights", Level.ALARM if found else Level.OK, says[0].upper() + says[1:], figures)


ALL = (database, rights, migrations, clocks, heartbeats, owed, queue, jobs, ledger, audit, disk)
