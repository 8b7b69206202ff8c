"""Work that the database owes: a row first, done by a job, never lost with the broker.

    waiting -> leased (its id is with the broker) -> claimed (a worker has begun) -> done, failed or void

A lease that runs out hands the row on. While it lasts one worker at most has the row: only a
lease that nobody claimed can be claimed, and the claim's number is asked for when the worker
reports back, so that one who was thought dead changes nothing.
"""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import connection, models, transaction
from django.db.models import F, Q

from accounts import tracing

#: A row that took this many workers down with it is not handed to another.
WORKERS_LOST_AT_MOST = 5


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
    def lease(self, at: datetime, length: timedelta, limit: int = 100) -> list[int]:
        """Take up to ``limit`` due rows for ``length`` and return their ids, oldest first.

        Rows that another relay holds are passed over (SKIP LOCKED). A row whose last worker
        never reported back counts as one more lost; past the most allowed it has failed.
        """
        rows = self.due(at).order_by("due_at", "pk").select_for_update(skip_locked=True)
        ids = list(rows.values_list("pk", flat=True)[:limit])
        taken = self.filter(pk__in=ids)
        taken.filter(claimed_at__isnull=False).update(workers_lost=F("workers_lost") + 1)
        taken.filter(workers_lost__gte=WORKERS_LOST_AT_MOST).update(
            state=OwedState.FAILED,
            finished_at=at,
            last_error="Every worker that took this up stopped before it was done.",
        )
        leased = taken.exclude(state=OwedState.FAILED)
        leased.update(state=OwedState.LEASED, leased_until=at + length, lease_length=length, claimed_at=None)
        left = set(leased.values_list("pk", flat=True))
        return [pk for pk in ids if pk in left]

    def hand_back(self, ids: list[int], *, due_at: datetime) -> None:
        """Undo the lease of rows that reached no worker, to be tried again at ``due_at``."""
        self.filter(pk__in=ids, state=OwedState.LEASED, claimed_at__isnull=True).update(
            state=OwedState.WAITING, due_at=due_at, leased_until=None
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
                begun_at = COALESCE(begun_at, %(at)s)
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
        """Rows that have been due for longer than ``by`` and have not come to an end."""
        return self.exclude(state__in=ENDS).filter(due_at__lt=at - by)


class Owed(models.Model):
    """What the relay needs to know of any row that a job must see to.

    ``tries`` counts the workers that began, ``workers_lost`` those that were not heard of again;
    ``request_id`` is the request that asked for it, so that the job's lines can be found by it.
    ``AT_ONCE`` is how many rows one message to a worker names at most.
    """

    AT_ONCE: ClassVar[int] = 1

    state = models.CharField(max_length=8, choices=OwedState, default=OwedState.WAITING, editable=False)
    due_at = models.DateTimeField(editable=False)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    lease_length = models.DurationField(null=True, blank=True, editable=False)
    claimed_at = models.DateTimeField(null=True, blank=True, editable=False)
    begun_at = models.DateTimeField("first tried at", null=True, blank=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    workers_lost = models.PositiveSmallIntegerField(default=0, editable=False)
    last_error = models.TextField(blank=True, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True, editable=False)
    request_id = models.CharField(max_length=64, blank=True, default=tracing.request_id, editable=False)

    objects = OwedQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def what(self) -> str:
        """What it is, for whoever reads that it failed."""
        return f"{self._meta.verbose_name} {self.pk}"
