from django.conf import settings
from django.db import models

from accounts.models import Owed, OwedQuerySet
from accounts.roles import held_by
from applications.models import Competition
from funding.models.budget import READERS


class ReportQuerySet(OwedQuerySet):
    def visible_to(self, user):
        return self if held_by(user) & READERS else self.none()


class ProgrammeReport(Owed):
    """The programme's figures as of one moment, compiled by a job from one database snapshot.

    Without a competition it covers the whole programme. ``figures`` is keyed F01 to F11.
    """

    competition = models.ForeignKey(
        Competition, models.PROTECT, null=True, blank=True, related_name="reports"
    )
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    as_of = models.DateTimeField(null=True, editable=False)
    figures = models.JSONField(null=True, editable=False)

    objects = ReportQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["-requested_at"], name="report_by_request")]

    def __str__(self):
        return f"report {self.pk}"
