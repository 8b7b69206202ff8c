from django.db import models
from django.db.models import F, Q

from accounts.models import AppendOnly
from applications.models.application import Application
from applications.models.competition import Question

#: With fewer funded applications a figure would be too nearly somebody's own.
FEWEST_FUNDED = 5

SHOWN = Q(
    funded__gte=FEWEST_FUNDED,
    lowest__isnull=False,
    median__isnull=False,
    highest__isnull=False,
    lowest__lte=F("median"),
    median__lte=F("highest"),
)


class FundedBand(models.TextChoices):
    BELOW = "below", "below every funded application"
    LOWER = "lower half", "within the lower half of the funded applications"
    UPPER = "upper half", "within the upper half of the funded applications"
    ABOVE = "above", "above every funded application"
    NOT_SHOWN = "not shown", "not compared"


def mark() -> models.DecimalField:
    """A mean mark, to one decimal."""
    return models.DecimalField(max_digits=4, decimal_places=1, null=True)


class Comparison(AppendOnly):
    """Where an application's mean mark on a question stood against those of the funded, when it was told.

    Kept at the release of its decision and never worked out again, so that what the applicant has
    read stays so. ``funded`` is how many there were; of fewer than five nothing more is kept.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="comparisons")
    question = models.ForeignKey(Question, models.PROTECT, related_name="+")
    funded = models.PositiveIntegerField()
    mean = models.DecimalField(max_digits=4, decimal_places=1)
    lowest = mark()
    median = mark()
    highest = mark()
    band = models.CharField(max_length=10, choices=FundedBand)
    kept_at = models.DateTimeField()

    class Meta(AppendOnly.Meta):
        constraints = [
            models.UniqueConstraint(fields=["application", "question"], name="question_is_compared_once"),
            models.CheckConstraint(
                condition=Q(
                    band=FundedBand.NOT_SHOWN,
                    funded__lt=FEWEST_FUNDED,
                    lowest__isnull=True,
                    median__isnull=True,
                    highest__isnull=True,
                )
                | Q(band=FundedBand.BELOW, mean__lt=F("lowest")) & SHOWN
                | Q(band=FundedBand.LOWER, mean__gte=F("lowest"), mean__lt=F("median")) & SHOWN
                | Q(band=FundedBand.UPPER, mean__gte=F("median"), mean__lte=F("highest")) & SHOWN
                | Q(band=FundedBand.ABOVE, mean__gt=F("highest")) & SHOWN,
                name="band_follows_from_the_figures",
            ),
        ]

    def __str__(self):
        return f"comparison {self.pk}"

    @property
    def is_shown(self) -> bool:
        return self.band != FundedBand.NOT_SHOWN

    @property
    def says(self) -> str:
        """In a sentence; nothing where too few were funded."""
        if not self.is_shown:
            return ""
        return (
            f"Funded applications: lowest {self.lowest}, median {self.median}, highest {self.highest}. "
            f"Yours was {self.get_band_display()}."
        )
