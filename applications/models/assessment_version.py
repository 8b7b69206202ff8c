from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import AppendOnly
from applications.models.assessment import Assessment
from applications.models.receipt import OF_THE_CONTENT


class AssessmentVersion(AppendOnly):
    """What was submitted, each time: marks, feedback and verdict as JSON, with its SHA-256.

    An assessment has a further one for each time that it was reopened and submitted again.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    submitted_at = models.DateTimeField()
    content = models.TextField()
    fingerprint = models.CharField(max_length=64)

    class Meta(AppendOnly.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "number"], name="assessment_version_has_its_number"
            ),
            models.UniqueConstraint(
                fields=["assessment", "submitted_at"], name="assessment_version_is_kept_once"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="assessment_versions_count_from_one"),
            models.CheckConstraint(
                condition=Q(fingerprint=OF_THE_CONTENT), name="assessment_version_is_of_its_content"
            ),
        ]

    def __str__(self):
        return f"version {self.number} of assessment {self.assessment_id}"


class AssessmentReopening(AppendOnly):
    """Why a submitted version was given back to its assessor. Without it the database keeps the lock."""

    version = models.OneToOneField(AssessmentVersion, models.PROTECT, related_name="reopening")
    reason = models.TextField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta(AppendOnly.Meta):
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="reopening_has_its_reason"),
        ]

    def __str__(self):
        return f"reopening of {self.version}"
