from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.roles import Role, held_by
from applications.models.application import READERS, Application
from applications.models.competition import Question
from applications.workflow import ASSESSOR_READS, AssessmentStatus


class AssessmentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """An assessor's own; all of them for staff. Nobody else's work is seen by an assessor."""
        roles = held_by(user)
        if roles & READERS:
            return self
        if Role.ASSESSOR in roles:
            return self.given_to(user)
        return self.none()

    def given_to(self, user):
        return self.filter(assessor=user, status__in=ASSESSOR_READS)

    def submitted(self):
        """The only ones that count: withdrawn, declined and unfinished work never does."""
        return self.filter(status=AssessmentStatus.SUBMITTED)


class Assessment(models.Model):
    """One assessor's marking of one application."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="assessments")
    assessor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="assessments")
    status = models.CharField(max_length=15, choices=AssessmentStatus, default=AssessmentStatus.PENDING)
    version = models.PositiveIntegerField(default=1, editable=False)
    in_scope = models.BooleanField(null=True, blank=True)
    scope_reason = models.TextField(blank=True)
    fund = models.BooleanField("suitable for funding", null=True, blank=True)
    fund_reason = models.TextField(blank=True)
    note_to_staff = models.TextField(blank=True)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "assessor"], name="assessment_is_given_once"),
            models.CheckConstraint(
                condition=~Q(assessor=F("given_by")), name="assessor_is_chosen_by_another"
            ),
            models.CheckConstraint(
                condition=~Q(status=AssessmentStatus.SUBMITTED)
                | Q(in_scope__isnull=False, fund__isnull=False, submitted_at__isnull=False),
                name="submitted_assessment_has_its_verdict",
            ),
        ]
        indexes = [models.Index("assessor", "status", name="assessment_of_an_assessor")]

    def __str__(self):
        return f"assessment {self.pk}"


class Score(models.Model):
    """The mark and feedback for one question."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="scores")
    question = models.ForeignKey(Question, models.PROTECT, related_name="+")
    mark = models.PositiveSmallIntegerField(null=True, blank=True)
    feedback = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "question"], name="score_is_given_once"),
        ]

    def __str__(self):
        return f"{self.assessment_id}: {self.question_id}"
