from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q

from accounts.models import in_regions_of
from applications.assessment.ties import FLAGS, FOR_GOOD, ConflictKind
from applications.models.application import READERS, Application


class ConflictState(models.TextChoices):
    FOUND = "found", "Found"
    BLOCKED = "blocked", "Blocked"
    CLEARED = "cleared", "Cleared"


class ConflictQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Staff of the region alone: to an assessor the list would tell who applied."""
        return self.filter(in_regions_of(user, READERS, "application__competition__region"))

    def blocking(self):
        """Those that keep the assessor from the application."""
        return self.filter(blocks=True)

    def between(self, within: str = ""):
        """For a subquery on assessments: those between the assessor and the application of each.

        within  the path to the assessments, as "assessments__"; none where they are asked for themselves
        """
        return self.filter(
            assessor=OuterRef(f"{within}assessor"), application=OuterRef(f"{within}application")
        )


class Conflict(models.Model):
    """What ties an assessor to an application, and what staff made of it.

    blocks  whether it keeps the assessor away: what was found and is no mere flag, until staff clear
            it; and what they blocked. Asked by every query for what an assessor may see.
    """

    assessor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="conflicts")
    application = models.ForeignKey(Application, models.CASCADE, related_name="conflicts")
    kind = models.CharField(max_length=16, choices=ConflictKind)
    reason = models.TextField("what was found")
    state = models.CharField(max_length=7, choices=ConflictState, default=ConflictState.FOUND)
    blocks = models.BooleanField()
    found_at = models.DateTimeField()
    ruled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ruled_at = models.DateTimeField(null=True)
    ruling = models.TextField("reason of the ruling", blank=True)

    objects = ConflictQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessor", "application", "kind"], name="conflict_is_kept_once"),
            models.CheckConstraint(
                condition=Q(state=ConflictState.FOUND, kind__in=sorted(FLAGS), blocks=False)
                | Q(state=ConflictState.FOUND, blocks=True) & ~Q(kind__in=sorted(FLAGS))
                | Q(state=ConflictState.BLOCKED, blocks=True)
                | Q(state=ConflictState.CLEARED, blocks=False) & ~Q(kind__in=sorted(FOR_GOOD)),
                name="conflict_blocks_until_it_is_cleared",
            ),
            models.CheckConstraint(
                condition=Q(state=ConflictState.FOUND, ruled_by=None, ruled_at=None, ruling="")
                | ~Q(state=ConflictState.FOUND)
                & Q(ruled_by__isnull=False, ruled_at__isnull=False)
                & ~Q(ruling=""),
                name="conflict_is_ruled_as_a_whole",
            ),
            models.CheckConstraint(
                condition=~Q(ruled_by=F("assessor")) | ~Q(state=ConflictState.CLEARED),
                name="nobody_clears_their_own_conflict",
            ),
        ]
        indexes = [
            models.Index("assessor", "application", name="conflict_that_blocks", condition=Q(blocks=True)),
            models.Index(fields=["-found_at", "-id"], name="conflict_by_time"),
        ]

    def __str__(self):
        return f"conflict {self.pk}"
