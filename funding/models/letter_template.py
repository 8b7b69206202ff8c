from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import AppendOnly
from accounts.roles import held_by
from funding.models.budget import READERS


class LetterTemplateQuerySet(models.QuerySet):
    def visible_to(self, user):
        """All for all who read the programme's money: it is the same letter in every region."""
        return self if held_by(user) & READERS else self.none()

    def latest_first(self):
        return self.order_by("-number")


class LetterTemplate(AppendOnly):
    """What the offer letter says, as somebody set it; the highest number holds for the next offer.

    name     as offers keep it: the year in which it was set, and its number
    made_by  None for the words that came with the release

    Each text is one part of the letter, in the order of the fields; what stands for values is
    checked by ``funding.offers.letter_templates``.
    """

    number = models.PositiveIntegerField(unique=True)
    name = models.CharField(max_length=20, unique=True)
    opening = models.TextField()
    conditions = models.TextField()
    closing = models.TextField()
    signatory = models.TextField(blank=True)
    reason = models.TextField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    objects = LetterTemplateQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        verbose_name = "version of the offer letter"
        verbose_name_plural = "versions of the offer letter"
        constraints = [
            models.CheckConstraint(
                condition=~Q(opening="") & ~Q(conditions="") & ~Q(closing="") & ~Q(reason=""),
                name="letter_template_says_something",
            ),
            models.CheckConstraint(
                condition=Q(made_by__isnull=False) | Q(number=1), name="letter_template_is_set_by_somebody"
            ),
        ]

    def __str__(self):
        return f"version {self.name}"

    @property
    def body(self) -> str:
        """The whole text: its parts one below the other."""
        return "\n\n".join(
            text for text in (self.opening, self.conditions, self.closing, self.signatory) if text
        )
