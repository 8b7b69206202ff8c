from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Owed, OwedQuerySet, Region, ends_once, in_regions_of
from applications.models import Competition
from funding.models.budget import READERS


class ReportQuerySet(OwedQuerySet):
    def visible_to(self, user):
        """All for who reads the programme's money; for a region's people those on that region alone."""
        return self.filter(
            in_regions_of(user, READERS, "region") | in_regions_of(user, READERS, "competition__region")
        )


class ProgrammeReport(Owed):
    """The programme's figures as of one moment, compiled by a job from one database snapshot.

    It covers one competition, one region or, without either, the whole programme; of a region or
    the programme either what is real or the demonstration, never both. ``figures`` is keyed F01 to F11.
    """

    #: One after the other, so that reports never take all the workers that jobs need too.
    IN_HAND: ClassVar[int] = 1

    competition = models.ForeignKey(
        Competition, models.PROTECT, null=True, blank=True, related_name="reports"
    )
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="reports")
    of_demonstration = models.BooleanField("of the demonstration", default=False)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    as_of = models.DateTimeField(null=True, editable=False)
    figures = models.JSONField(null=True, editable=False)

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(competition__isnull=True) | Q(region__isnull=True),
                name="report_covers_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(of_demonstration=False) | Q(competition__isnull=True),
                name="report_of_one_competition_is_of_it_alone",
            ),
        ]
        indexes = [models.Index(fields=["-requested_at"], name="report_by_request")]
        triggers = [ends_once("report_ends_once")]

    @property
    def covers(self) -> str:
        what = str(self.competition or self.region or "the whole programme")
        return f"{what} (demonstration)" if self.of_demonstration else what

    def __str__(self):
        return f"report {self.pk}"
