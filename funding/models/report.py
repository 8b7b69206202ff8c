from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, Value

from accounts.models import Owed, OwedQuerySet, OwedState, Region, ends_once, in_regions_of
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


class Occasion(models.TextChoices):
    """Why a report is compiled."""

    ASKED = "asked", "Asked for"
    WEEKLY = "weekly", "Weekly report"
    MONTHLY = "monthly", "Monthly report"
    CLOSED = "closed", "A competition closed"
    RELEASED = "released", "Outcomes were released"


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

    occasion     why it is compiled; one that somebody asked for has ``requested_by``, no other has
    milestone    what makes it the only one of its occasion: the week (2026-W48), the month (2026-11), the
                 close, or the release by its number; empty where it was asked for
    parts_done   how many of its parts are compiled, while a worker has it
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
    occasion = models.CharField(
        max_length=8, choices=Occasion, default=Occasion.ASKED, db_default=Occasion.ASKED, editable=False
    )
    milestone = models.CharField(max_length=40, blank=True, default="", db_default="", editable=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    parts_done = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
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
            models.CheckConstraint(
                condition=Q(occasion=Occasion.ASKED, requested_by__isnull=False, milestone="")
                | ~Q(occasion=Occasion.ASKED) & Q(requested_by__isnull=True) & ~Q(milestone=""),
                name="report_is_asked_for_or_has_its_occasion",
            ),
            models.UniqueConstraint(
                fields=["occasion", "milestone", "competition", "region", "of_demonstration"],
                condition=~Q(occasion=Occasion.ASKED),
                nulls_distinct=False,
                name="report_is_compiled_once_for_its_occasion",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_by__isnull=True) | Q(state=OwedState.VOID),
                name="report_that_is_cancelled_has_ended",
            ),
        ]
        indexes = [models.Index(fields=["-requested_at"], name="report_by_request")]
        triggers = [ends_once("report_ends_once")]

    @property
    def covers(self) -> str:
        what = str(self.competition or self.region or "the whole programme")
        return f"{what} (demonstration)" if self.of_demonstration else what

    @property
    def why(self) -> str:
        """A sentence without its full stop, who asked for it or what it is the report of."""
        about = self.milestone
        return {
            Occasion.ASKED: f"Asked for by {self.requested_by}",
            Occasion.WEEKLY: f"The weekly report, {about}",
            Occasion.MONTHLY: f"The monthly report, {about}",
            Occasion.CLOSED: "Compiled when the competition had closed",
            Occasion.RELEASED: "Compiled when outcomes had been released",
        }[Occasion(self.occasion)]

    @property
    def is_invented(self) -> bool:
        """Whether it counts the demonstration, and nothing real."""
        return self.competition.is_demonstration if self.competition else self.of_demonstration

    @property
    def reality(self) -> str:
        """Two sentences on what is counted: what is real or what is invented, never both."""
        if self.is_invented:
            return "Invented applications and awards of the demonstration alone. Nothing here is real."
        return "Real applications and awards alone. Those of the demonstration are not counted."

    @property
    def is_under_way(self) -> bool:
        return self.state in (OwedState.WAITING, OwedState.LEASED)

    @property
    def is_whole(self) -> bool:
        """Whether it is about the whole programme, and not a region or a competition of it."""
        return self.competition_id is None and self.region_id is None

    def __str__(self):
        return f"report {self.pk}"
