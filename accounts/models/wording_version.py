from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models.append_only import AppendOnly
from accounts.roles import STAFF, held_by


class WordingVersionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """All for all staff, other regions' too: the text of emails that go out, with nobody's data in it."""
        return self if held_by(user) & STAFF else self.none()

    def holding(self):
        """What is set in place of the standing text: the last version of each, unless it was taken back."""
        last = self.model.objects.order_by("kind", "scope", "-number").distinct("kind", "scope")
        return self.filter(pk__in=last.values("pk")).exclude(body="").order_by("kind", "scope")

    def current(self, kind: str, *scopes: str):
        """The last version of a kind for each of these scopes that has any."""
        return self.filter(kind=kind, scope__in=scopes).order_by("scope", "-number").distinct("scope")


class WordingVersion(AppendOnly):
    """How one kind of notification is worded, as somebody set it; the highest number holds.

    ``scope`` is the code of the competition that it is set for, or empty for all of them. A version
    without text takes the wording back to the one before: that for all, or the standing text.
    """

    kind = models.CharField(max_length=60)
    scope = models.CharField(max_length=30, blank=True)
    number = models.PositiveIntegerField()
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    objects = WordingVersionQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        verbose_name = "wording"
        verbose_name_plural = "emails and their wording"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "scope", "number"], name="wording_version_is_numbered_once"
            ),
            models.CheckConstraint(
                condition=Q(subject="", body="") | (~Q(subject="") & ~Q(body="")),
                name="wording_version_has_subject_and_body",
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.number}"

    @property
    def is_taken_back(self) -> bool:
        return not self.body
