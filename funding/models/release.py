from django.conf import settings
from django.db import models
from django.db.models import F, Q

from funding.models.allocation import Allocation


class ReleaseState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    DONE = "done", "Released"
    RECALLED = "recalled", "Recalled"


class ReleaseQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(allocation__in=Allocation.objects.visible_to(user))

    def waiting(self):
        return self.filter(state=ReleaseState.WAITING)


class Release(models.Model):
    """Outcomes of an allocation on their way to applicants, who see nothing of them before ``goes_at``.

    It waits that long so that it can be recalled as a whole. An allocation may have several, one
    after the other: what is on hold is told once it is decided.
    """

    allocation = models.ForeignKey(Allocation, models.PROTECT, related_name="releases")
    state = models.CharField(max_length=8, choices=ReleaseState, default=ReleaseState.WAITING)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    goes_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    recalled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.TextField("reason for the recall", blank=True)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["allocation"],
                condition=Q(state=ReleaseState.WAITING),
                name="allocation_is_released_by_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(goes_at__gte=F("started_at")), name="release_goes_after_it_started"
            ),
            models.CheckConstraint(
                condition=Q(state=ReleaseState.WAITING, ended_at__isnull=True)
                | Q(state=ReleaseState.DONE, ended_at__gte=F("goes_at"))
                | Q(state=ReleaseState.RECALLED, ended_at__isnull=False, recalled_by__isnull=False)
                & ~Q(reason=""),
                name="release_waits_or_has_its_end",
            ),
        ]
        indexes = [
            models.Index(fields=["goes_at"], name="release_due", condition=Q(state=ReleaseState.WAITING))
        ]

    def __str__(self):
        return f"release {self.pk}"

    @property
    def is_waiting(self) -> bool:
        return self.state == ReleaseState.WAITING
