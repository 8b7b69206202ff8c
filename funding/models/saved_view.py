from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.roles import held_by
from funding.models.budget import READERS

LONGEST_NAME = 80


class SavedViewQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own and what others share. Whoever opens one sees the rows that are theirs to see."""
        if not held_by(user) & READERS:
            return self.none()
        return self.filter(Q(kept_by=user) | Q(is_shared=True))

    def own_of(self, user):
        return self.visible_to(user).filter(kept_by=user)


class SavedView(models.Model):
    """What somebody chose to see of the funding report, by a name of their own.

    query      as it stands in the page's address, with the form's fields in their order
    is_shared  whoever may open the funding report finds it there
    """

    name = models.CharField(max_length=LONGEST_NAME)
    query = models.TextField(blank=True)
    is_shared = models.BooleanField(default=False)
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kept_at = models.DateTimeField()

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = "funding view"
        constraints = [
            models.UniqueConstraint(fields=["kept_by", "name"], name="saved_view_is_one_by_its_name"),
            models.CheckConstraint(condition=~Q(name=""), name="saved_view_has_a_name"),
        ]
        indexes = [models.Index(fields=["name"], condition=Q(is_shared=True), name="saved_view_shared")]

    def __str__(self):
        return self.name
