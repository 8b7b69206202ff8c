from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, Value

from accounts.models import Owed, OwedQuerySet, Region, ends_once, in_regions_of
from applications.models import Competition
from funding.models.budget import READERS

#: SHA-256 of the contents, in hexadecimal, as the database counts it; of none, none.
OF_CONTENTS = Func(
    Func(
        Func(F("contents"), Value("UTF8"), function="convert_to"),
        function="sha256",
    ),
    Value("hex"),
    function="encode",
    output_field=models.CharField(),
)


class ReportQuerySet(OwedQuerySet):
    def visible_to(self, user):
        """All for who reads the programme's money; for a region's people those on that region alone."""
        return self.filter(
            in_regions_of(user, READERS, "region") | in_regions_of(user, READERS, "competition__region")
        )


class ProgrammeReport(Owed):
    """The programme's figures as of one moment, compiled by a job from one database snapshot.

    It covers one competition, one region or, without either, the whole programme; of a region or
    the programme either what is real or the demonstration, never both.

    figures      the eleven by which rounds are compared, keyed F01 to F11
    contents     all its tables, as ``funding.reports.contents`` writes them; empty in reports from before
    fingerprint  SHA-256 of the contents, which the database checks
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
    contents = models.TextField(blank=True, default="", db_default="", editable=False)
    fingerprint = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)

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
            models.CheckConstraint(
                condition=Q(contents="", fingerprint="") | ~Q(contents="") & Q(fingerprint=OF_CONTENTS),
                name="report_fingerprint_is_of_its_contents",
            ),
        ]
        indexes = [models.Index(fields=["-requested_at"], name="report_by_request")]
        triggers = [ends_once("report_ends_once")]

    @property
    def covers(self) -> str:
        what = str(self.competition or self.region or "the whole programme")
        return f"{what} (demonstration)" if self.of_demonstration else what

    @property
    def is_whole(self) -> bool:
        """Whether it is about the whole programme, and not a region or a competition of it."""
        return self.competition_id is None and self.region_id is None

    def __str__(self):
        return f"report {self.pk}"
