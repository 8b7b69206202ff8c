from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, Value

from accounts.models import AppendOnly, in_regions_of
from applications.assessment.standings import RanksBy
from applications.models import Competition
from funding.models.budget import READERS

#: SHA-256 of the content, in hexadecimal, as the database counts it.
OF_THE_CONTENT = Func(
    Func(Func(F("content"), Value("UTF8"), function="convert_to"), function="sha256"),
    Value("hex"),
    function="encode",
    output_field=models.CharField(),
)


class RankingChoice(AppendOnly):
    """Which figure ranks a competition's list, and why. The latest holds; without one the mean ranks."""

    competition = models.ForeignKey(Competition, models.PROTECT, related_name="ranking_choices")
    ranks_by = models.CharField(max_length=9, choices=RanksBy)
    reason = models.TextField()
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField()

    class Meta(AppendOnly.Meta):
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="ranking_choice_has_its_reason")]

    def __str__(self):
        return f"choice of ranking {self.pk}"


class PanelNote(AppendOnly):
    """What was said of a competition's list as a whole; a note on one application is a ModerationNote."""

    competition = models.ForeignKey(Competition, models.PROTECT, related_name="panel_notes")
    text = models.TextField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta(AppendOnly.Meta):
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="panel_note_says_something")]

    def __str__(self):
        return f"panel note {self.pk}"


class PanelSheetQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(in_regions_of(user, READERS, "competition__region"))


class PanelSheet(AppendOnly):
    """One frozen version of a panel sheet, which later steps name.

    competition  the first, by its code, of those that are ranked together
    number       counts the versions of that list from 1
    content      JSON with every figure, rule and note (``funding.frozen_sheets``)
    """

    competition = models.ForeignKey(Competition, models.PROTECT, related_name="panel_sheets")
    number = models.PositiveSmallIntegerField()
    content = models.TextField(editable=False)
    fingerprint = models.CharField(max_length=64)
    ranks_by = models.CharField(max_length=9, choices=RanksBy)
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    frozen_at = models.DateTimeField()

    objects = PanelSheetQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        constraints = [
            models.UniqueConstraint(fields=["competition", "number"], name="panel_sheet_number_is_unique"),
            models.CheckConstraint(
                condition=Q(fingerprint=OF_THE_CONTENT), name="panel_sheet_is_of_its_content"
            ),
        ]

    def __str__(self):
        return f"panel sheet {self.number}"
