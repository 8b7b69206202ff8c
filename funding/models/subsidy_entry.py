from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import AppendOnly
from funding.models.award import Award, AwardShare


class EntryStep(models.TextChoices):
    UPLOADED = "uploaded", "Uploaded"
    MODIFIED = "modified", "Subsidy modified"


class SubsidyEntryQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(share__award__in=Award.objects.visible_to(user))


class SubsidyEntry(AppendOnly):
    """A step of one recipient's entry in the UK subsidy database: uploaded, or the subsidy modified since.

    on         the day of the upload, or on which the modification was confirmed
    reference  what the database calls the entry; a modification has none
    note       what was modified
    """

    share = models.ForeignKey(AwardShare, models.PROTECT, related_name="subsidy_entries")
    step = models.CharField(max_length=8, choices=EntryStep)
    on = models.DateField("day")
    reference = models.CharField(max_length=100, blank=True)
    note = models.CharField(max_length=500, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = SubsidyEntryQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        verbose_name = "subsidy database entry"
        verbose_name_plural = "subsidy database entries"
        constraints = [
            models.CheckConstraint(
                condition=Q(step=EntryStep.UPLOADED) & ~Q(reference="")
                | Q(step=EntryStep.MODIFIED, reference="") & ~Q(note=""),
                name="subsidy_entry_says_what_was_done",
            ),
        ]
        indexes = [models.Index(fields=["share", "id"], name="subsidy_entry_of_a_share")]

    def __str__(self):
        return f"subsidy database entry {self.pk}"
