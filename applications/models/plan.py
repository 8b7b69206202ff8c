import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import in_regions_of
from applications.models.application import READERS, Application
from applications.models.assessor import Skill
from applications.models.competition import Competition


class ApplicationSkill(models.Model):
    """A skill that an application asks of its assessors, because its text names it."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="asks_for")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "skill"], name="skill_is_asked_for_once"),
        ]

    def __str__(self):
        return f"{self.application_id}: {self.skill_id}"


class AssignmentPlanQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Staff of the competition's region: it says who reads what."""
        return self.filter(in_regions_of(user, READERS, "competition__region"))


class AssignmentPlan(models.Model):
    """An assignment that was worked out, shown and perhaps carried out; never another than was shown.

    basis    the SHA-256 of what it was worked out from: it is carried out only while that is so
    content  as ``assessment.planning`` writes it
    """

    competition = models.ForeignKey(Competition, models.PROTECT, related_name="assignment_plans")
    basis = models.CharField(max_length=64)
    content = models.JSONField()
    drawn_up_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    drawn_up_at = models.DateTimeField()
    carried_out_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    carried_out_at = models.DateTimeField(null=True)

    objects = AssignmentPlanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(carried_out_by=None, carried_out_at=None)
                | Q(carried_out_by__isnull=False, carried_out_at__isnull=False),
                name="plan_is_carried_out_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["competition", "-id"], name="plan_of_a_competition")]
        triggers = [
            pgtrigger.Protect(
                name="plan_stays_as_it_was_shown",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "competition", "basis", "content", "drawn_up_by", "drawn_up_at"
                ),
            ),
            pgtrigger.Protect(
                name="plan_is_carried_out_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__carried_out_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"plan {self.pk}"
