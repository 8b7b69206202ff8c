"""Work that the database owes: a row first, done by a job, never lost with the broker.

    waiting -> leased (its id is with the broker) -> claimed (a worker has begun) -> done, failed or void

A lease that runs out hands the row on. While it lasts one worker at most has the row: only a
lease that nobody claimed can be claimed, and the claim's number is asked for when the worker
reports back, so that one who was thought dead changes nothing.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import ClassVar

import pgtrigger
from django.db import connection, models, transaction
from django.db.models import Q

from accounts import tracing

#: A row that took this many workers down with it is not handed to another, unless it has ``PATIENCE``.
WORKERS_LOST_AT_MOST = 5

#: So many restarts of the database are not held against a row. Further ones may be its own doing.
INTERRUPTED_AT_MOST = 20

#: How long a row waits that has taken a second worker down; twice as long each time, up to the longest.
LOST_PAUSE, LONGEST_LOST_PAUSE = timedelta(minutes=1), timedelta(hours=1)


#: The columns that a lost worker changes.
LOSS = (
    "interrupted",
    "workers_lost",
    "state",
    "due_at",
    "leased_until",
    "claimed_at",
    "finished_at",
    "last_error",
)


class OwedState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    LEASED = "leased", "In hand"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    VOID = "void", "No longer needed"


#: Nothing moves a row out of these.
ENDS = frozenset({OwedState.DONE, OwedState.FAILED, OwedState.VOID})


class OwedQuerySet(models.QuerySet):
    def due(self, at: datetime):
        """Rows to be done now: waiting and due, or leased to a worker that was not heard of again."""
        return self.filter(
            Q(state=OwedState.WAITING, due_at__lte=at) | Q(state=OwedState.LEASED, leased_until__lte=at)
        )

    def in_hand(self, at: datetime):
        return self.filter(state=OwedState.LEASED, leased_until__gt=at)

    @transaction.atomic
    def lease(
        self,
        at: datetime,
        length: timedelta,
        limit: int = 100,
        *,
        given_up: Callable[["Owed", datetime], None] | None = None,
    ) -> list[int]:
        """Take up to ``limit`` due rows for ``length`` and return their ids, oldest first.

        given_up  called with each row that has failed because its workers were lost, in the same
                  transaction

        Rows that another relay holds are passed over (SKIP LOCKED).
        """
        rows = self.due(at).order_by("due_at", "pk").select_for_update(skip_locked=True)
        found = list(rows.values_list("pk", "claimed_at")[:limit])
        lost = [pk for pk, claimed_at in found if claimed_at is not None]
        kept_back = self._without_their_workers(lost, at, given_up) if lost else set()
        ids = [pk for pk, _ in found if pk not in kept_back]
        self.filter(pk__in=ids).update(
            state=OwedState.LEASED, leased_until=at + length, lease_length=length, claimed_at=None
        )
        return ids

    def _without_their_workers(self, lost: list[int], at: datetime, given_up) -> set[int]:
        """Count one more lost for rows whose worker never reported back; return those not to be leased now.

        - A database that was started anew since the claim has cut the worker off itself: such a loss is
          noted as an interruption and not held against the row.
        - After the first loss a row is leased again at once; after the second it waits a minute, then
          twice as long each time, up to an hour: a night of restarts does not use up its chances.
        - With ``WORKERS_LOST_AT_MOST`` lost one after another it has failed, but not before its model's
          ``PATIENCE`` since the first try is over.
        """
        kept_back = set()
        database_since = _database_since()
        rows: Iterable[Owed] = self.filter(pk__in=lost)  # type: ignore[assignment]
        for row in rows:
            restarted = row.database_since is not None and row.database_since != database_since
            if restarted and row.interrupted < INTERRUPTED_AT_MOST:
                row.interrupted += 1
            else:
                row.lose_a_worker(at)
            if row.state != OwedState.LEASED:
                kept_back.add(row.pk)
            row.save(update_fields=LOSS)
            if row.state == OwedState.FAILED and given_up is not None:
                given_up(row, at)
        return kept_back

    def hand_back(self, ids: list[int]) -> None:
        """Undo the lease of rows that reached no worker. They are due as before, and since when they were."""
        self.filter(pk__in=ids, state=OwedState.LEASED, claimed_at__isnull=True).update(
            state=OwedState.WAITING, leased_until=None
        )

    def claim(self, pk: int, *, at: datetime):
        """Return the leased row for the one worker that may now do it, or None.

        The lease begins again, so that waiting in the queue takes nothing from the time to do
        the work. None for whoever comes second, and for a message that outlived its row's lease.
        """
        # One statement, since this is asked for every row: Django has no UPDATE ... RETURNING.
        claimed = self.raw(
            f"""
            UPDATE {self.model._meta.db_table}
            SET claimed_at = %(at)s, leased_until = %(at)s + lease_length, tries = tries + 1,
                begun_at = COALESCE(begun_at, %(at)s), database_since = pg_postmaster_start_time()
            WHERE id = %(pk)s AND state = %(leased)s AND claimed_at IS NULL AND leased_until > %(at)s
            RETURNING *
            """,
            {"at": at, "pk": pk, "leased": OwedState.LEASED.value},
        )
        return next(iter(claimed), None)

    def _claimed_as(self, row):
        return self.filter(pk=row.pk, state=OwedState.LEASED, claimed_at__isnull=False, tries=row.tries)

    def mark_done(self, row, *, at: datetime, **noted) -> bool:
        """Record that the work is done. True for every worker that truly did it, late or not.

        noted  further columns of the row to write with it
        """
        set_too = "".join(f", {connection.ops.quote_name(name)} = %({name})s" for name in noted)
        with connection.cursor() as cursor:
            # Written out like the claim, for its speed.
            cursor.execute(
                f"""
                UPDATE {self.model._meta.db_table}
                SET state = %(done)s, finished_at = %(at)s, leased_until = NULL, last_error = ''{set_too}
                WHERE id = %(pk)s AND state <> ALL(%(ends)s)
                """,
                {"at": at, "pk": row.pk, "done": OwedState.DONE.value, "ends": sorted(ENDS), **noted},
            )
            return bool(cursor.rowcount)

    def mark_void(self, row, *, at: datetime) -> bool:
        return bool(self._claimed_as(row).update(state=OwedState.VOID, finished_at=at, leased_until=None))

    def mark_failed(self, row, *, reason: str, at: datetime) -> bool:
        return bool(
            self._claimed_as(row).update(
                state=OwedState.FAILED, finished_at=at, leased_until=None, last_error=reason
            )
        )

    def postpone(self, row, *, until: datetime, reason: str) -> bool:
        """Give a claimed row back to wait until ``until``; the reason is kept for people to read.

        Whoever can say so is no lost worker, and the count of those begins again.
        """
        return bool(
            self._claimed_as(row).update(
                state=OwedState.WAITING,
                due_at=until,
                leased_until=None,
                claimed_at=None,
                workers_lost=0,
                last_error=reason,
            )
        )

    def overdue(self, at: datetime, by: timedelta):
        """Rows that have been due for longer than ``by`` and that nobody has in hand."""
        taken_up = Q(state=OwedState.LEASED, claimed_at__isnull=False, leased_until__gt=at)
        return self.exclude(state__in=ENDS).filter(due_at__lt=at - by).exclude(taken_up)

    def still_tried(self, at: datetime, by: timedelta):
        """Rows first tried longer ago than ``by`` and not ended, whenever they are due next."""
        return self.exclude(state__in=ENDS).filter(begun_at__lt=at - by)


def _database_since() -> datetime:
    """When the server was started."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_postmaster_start_time()")
        return cursor.fetchone()[0]


def ends_once(name: str) -> pgtrigger.Protect:
    """Refuses, in the database, to move a row out of a state in which it has ended."""
    return pgtrigger.Protect(
        name=name,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__state__in=sorted(ENDS))
        & pgtrigger.Q(old__state__df=pgtrigger.F("new__state")),
    )


class Owed(models.Model):
    """What the relay needs to know of any row that a job must see to.

    ``tries`` counts the workers that began, ``workers_lost`` those that were not heard of again since one
    last was, ``interrupted`` those that a restart of the database cut off, which is known by the start
    that the last claim was made under, ``database_since``; ``request_id`` is the request that asked for
    it, so that the job's lines can be found by it.
    ``due_at`` is when it was first due until a worker has begun, and then when it is tried next.

    AT_ONCE   how many rows one message to a worker names at most
    IN_HAND   how many rows may be with the broker and the workers at once. A long queue would only
              outlive its leases.
    PATIENCE  for so long after its first try no lost worker ends a row
    """

    AT_ONCE: ClassVar[int] = 1
    IN_HAND: ClassVar[int] = 500
    PATIENCE: ClassVar[timedelta] = timedelta()

    state = models.CharField(max_length=8, choices=OwedState, default=OwedState.WAITING, editable=False)
    due_at = models.DateTimeField(editable=False)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    lease_length = models.DurationField(null=True, blank=True, editable=False)
    claimed_at = models.DateTimeField(null=True, blank=True, editable=False)
    begun_at = models.DateTimeField("first tried at", null=True, blank=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    workers_lost = models.PositiveSmallIntegerField(default=0, editable=False)
    database_since = models.DateTimeField(null=True, blank=True, editable=False)
    interrupted = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    last_error = models.TextField(blank=True, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True, editable=False)
    request_id = models.CharField(max_length=64, blank=True, default=tracing.request_id, editable=False)

    objects = OwedQuerySet.as_manager()

    class Meta:
        abstract = True

    def lose_a_worker(self, at: datetime) -> None:
        """Count it, and let the row wait where it is not the first, or end it. Not saved."""
        self.workers_lost += 1
        if self.workers_lost == 1:
            return
        self.leased_until = self.claimed_at = None
        if self.workers_lost >= WORKERS_LOST_AT_MOST and at >= self.begun_at + self.PATIENCE:
            self.state, self.finished_at = OwedState.FAILED, at
            self.last_error = "Every worker that took this up stopped before it was done."
        else:
            pause = LOST_PAUSE * 2 ** min(self.workers_lost - 2, 10)
            self.state, self.due_at = OwedState.WAITING, at + min(pause, LONGEST_LOST_PAUSE)

    @property
    def what(self) -> str:
        """What it is, for whoever reads that it failed."""
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def work(self) -> str:
        """The kind of work that it is, however many rows there are of it."""
        return str(self._meta.verbose_name)
