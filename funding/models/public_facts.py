from django.db import models
from django.db.models import OuterRef, Subquery

from accounts.models import AppendOnly
from applications.models import Competition


class PublicFactsQuerySet(models.QuerySet):
    def in_force(self):
        """The last that were published of each round."""
        later = self.model.objects.filter(competition=OuterRef("competition")).order_by("-pk")
        return self.filter(pk=Subquery(later.values("pk")[:1]))


class PublicFacts(AppendOnly):
    """What the public facts of a round are made from, as it stood when they were published.

    contents  JSON, which ``funding/reports/published.py`` writes and reads; the office's alone, since
              what must be hidden is in it
    """

    competition = models.ForeignKey(Competition, models.PROTECT, related_name="public_facts")
    as_of = models.DateTimeField("published")
    contents = models.TextField(editable=False)

    objects = PublicFactsQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        verbose_name = "public facts of a round"
        verbose_name_plural = "public facts of rounds"
        indexes = [models.Index(fields=["competition", "-id"], name="public_facts_in_force")]

    def __str__(self):
        return f"public facts {self.pk}"
