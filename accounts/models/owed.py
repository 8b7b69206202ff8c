"""Work that the database owes: a row first, done by a job, never lost with the broker."""

from datetime import datetime

from django.db import models, transaction
from django.db.models import F, Q


class OwedState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    LEASED = "leased", "In hand"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    VOID = "void", "No longer needed"


class OwedQuerySet(models.QuerySet):
    def due(self, at: datetime):
        """Rows to be done now: waiting and due, or leased to a worker that was not heard of again."""
        return self.filter(
            Q(state=OwedState.WAITING, due_at__lte=at) | Q(state=OwedState.LEASED, leased_until__lte=at)
        )

    @transaction.atomic
    def lease(self, at: datetime, until: datetime, limit: int = 100) -> list[int]:
        """Take up to ``limit`` due rows until ``until`` and return their ids, oldest first.

        Rows that another relay holds are passed over (SKIP LOCKED). Each lease counts as a try.
        """
        rows = self.due(at).order_by("due_at", "pk").select_for_update(skip_locked=True)
        ids = list(rows.values_list("pk", flat=True)[:limit])
        self.filter(pk__in=ids).update(state=OwedState.LEASED, leased_until=until, tries=F("tries") + 1)
        return ids


class Owed(models.Model):
    """What the relay needs to know of any row that a job must see to."""

    state = models.CharField(max_length=8, choices=OwedState, default=OwedState.WAITING, editable=False)
    due_at = models.DateTimeField(editable=False)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    last_error = models.TextField(blank=True, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = OwedQuerySet.as_manager()

    class Meta:
        abstract = True
