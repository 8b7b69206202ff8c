from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.models import Owed, OwedQuerySet, OwedState, ends_once, regions_of
from funding.models.budget import READERS

UNDER_WAY = (OwedState.WAITING, OwedState.LEASED)


class FileKind(models.TextChoices):
    CSV = "csv", "CSV"
    XLSX = "xlsx", "XLSX"
    JSONL = "jsonl", "JSON Lines"


class FundingFileQuerySet(OwedQuerySet):
    def own_of(self, user):
        """Of a reader all that one asked for. They take one's room also where one reads less by now."""
        return self.filter(asked_by=user) if regions_of(user, READERS) else self.none()

    def visible_to(self, user):
        """One's own, of which one still reads all that was read for it."""
        regions, own = regions_of(user, READERS), self.own_of(user)
        if None in regions:
            return own
        read_for_it = Q(is_whole=False, regions__contained_by=sorted(regions))
        return own.filter(Q(as_of__isnull=True) | read_for_it)

    def at_hand(self, at: datetime):
        """Those that can be downloaded."""
        return self.filter(state=OwedState.DONE, emptied_at__isnull=True, expires_at__gt=at)

    def taking_room(self, at: datetime):
        """Those that are there or on their way."""
        return self.filter(Q(pk__in=self.at_hand(at).values("pk")) | Q(state__in=UNDER_WAY))

    def listed(self, user, at: datetime):
        """One's own, those that take room first and then the latest, each with ``is_visible``."""
        room, visible = self.taking_room(at), self.visible_to(user)
        own = self.own_of(user).annotate(
            takes_room=Exists(room.filter(pk=OuterRef("pk"))),
            is_visible=Exists(visible.filter(pk=OuterRef("pk"))),
        )
        return own.order_by("-takes_room", "-asked_at", "-pk")

    def run_out(self, at: datetime):
        """Those whose bytes have had their day and are still there."""
        return self.filter(state=OwedState.DONE, emptied_at__isnull=True, expires_at__lte=at)


class FundingFile(Owed):
    """A file of the funding report that somebody asked for, written by a job from one database snapshot.

    The row stays; its bytes, in blocks, go when it runs out or is discarded.

    query        the view, as it stands in the page's address
    rows_done    how many of ``rows_expected`` are written, while a worker has it
    size         bytes so far; of a finished file all of them
    fingerprint  SHA-256 of the bytes
    regions      the ids of the regions whose money was read for it; ``is_whole`` where it was the programme's
    emptied_at   when its bytes were deleted
    """

    #: One after the other, so that files never take all the workers that jobs need too.
    IN_HAND: ClassVar[int] = 1

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    kind = models.CharField(max_length=5, choices=FileKind)
    query = models.TextField(blank=True)
    rows_expected = models.PositiveIntegerField(null=True, editable=False)
    rows_done = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    size = models.PositiveBigIntegerField(default=0, db_default=0, editable=False)
    fingerprint = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    as_of = models.DateTimeField(null=True, editable=False)
    is_whole = models.BooleanField(default=False, db_default=False, editable=False)
    regions = models.JSONField(default=list, editable=False)
    expires_at = models.DateTimeField(null=True, editable=False)
    emptied_at = models.DateTimeField(null=True, editable=False)

    objects = FundingFileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["asked_by", "kind", "query"],
                condition=Q(state__in=UNDER_WAY),
                name="funding_file_is_written_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=OwedState.DONE)
                | Q(
                    as_of__isnull=False,
                    expires_at__isnull=False,
                    fingerprint__regex="^[0-9a-f]{64}$",
                    rows_done=F("rows_expected"),
                ),
                name="funding_file_that_is_done_is_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["asked_by", "-asked_at"], name="funding_file_by_person"),
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=UNDER_WAY),
                name="funding_file_that_is_owed",
            ),
        ]
        triggers = [ends_once("funding_file_ends_once")]

    def __str__(self):
        return f"file {self.pk}"

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY

    def is_at_hand(self, at: datetime) -> bool:
        return bool(
            self.state == OwedState.DONE and not self.emptied_at and self.expires_at and self.expires_at > at
        )


class FundingFileBlock(models.Model):
    """A part of a file's bytes; all but the last are of one size. Reached through its file alone."""

    file = models.ForeignKey(FundingFile, models.PROTECT, related_name="blocks", db_index=False)
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="funding_file_block_by_its_number")
        ]

    def __str__(self):
        return f"block {self.number} of file {self.file_id}"
