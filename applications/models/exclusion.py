import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.models import AppendOnly, in_regions_of
from applications.models.application import READERS, Application
from applications.models.assessment import Assessment
from applications.models.competition import Question

#: Refuses a proposal or a decision by the assessor, or by somebody of an organisation in the application.
APART_SQL = """
    IF EXISTS (
        SELECT FROM applications_assessment AS assessment
        WHERE assessment.id = NEW.assessment_id AND (
            assessment.assessor_id IN (NEW.proposed_by_id, NEW.decided_by_id)
            OR EXISTS (
                SELECT FROM applications_participant AS participant
                JOIN accounts_membership AS membership USING (organisation_id)
                WHERE participant.application_id = assessment.application_id
                AND membership.person_id IN (NEW.proposed_by_id, NEW.decided_by_id)
            )
        )
    ) THEN
        RAISE EXCEPTION 'who proposes or decides on an exclusion of assessment % has a part in it',
            NEW.assessment_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class ExclusionState(models.TextChoices):
    WAITING = "waiting", "Waiting for a second person"
    CONFIRMED = "confirmed", "Confirmed"
    REFUSED = "refused", "Refused"


class ExclusionQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(in_regions_of(user, READERS, "assessment__application__competition__region"))

    def waiting(self):
        return self.filter(state=ExclusionState.WAITING)

    def in_force(self):
        """Those that were confirmed and are not lifted: what they name does not count."""
        return self.filter(self._force())

    def waiting_or_in_force(self):
        return self.filter(Q(state=ExclusionState.WAITING) | self._force())

    def _force(self) -> Q:
        lifted = Exclusion.objects.filter(lifts=OuterRef("pk"), state=ExclusionState.CONFIRMED)
        return Q(Q(state=ExclusionState.CONFIRMED, lifts=None) & ~Exists(lifted))


class Exclusion(models.Model):
    """That one mark, or a whole submitted assessment, is not to count: proposed, and decided by another.

    question  whose mark it is about; none where it is the whole assessment
    lifts     the exclusion that this one ends; none where it excludes
    The assessment itself stays as it was submitted.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="exclusions")
    question = models.ForeignKey(Question, models.PROTECT, null=True, related_name="+")
    lifts = models.ForeignKey("self", models.PROTECT, null=True, related_name="liftings")
    reason = models.TextField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=ExclusionState, default=ExclusionState.WAITING)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(blank=True)

    objects = ExclusionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="exclusion_has_its_reason"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                name="exclusion_is_decided_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(state=ExclusionState.WAITING, decided_by=None, decided_at=None)
                | ~Q(state=ExclusionState.WAITING) & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="exclusion_is_decided_as_a_whole",
            ),
            models.UniqueConstraint(
                fields=["assessment", "question"],
                condition=Q(state=ExclusionState.WAITING),
                nulls_distinct=False,
                name="exclusion_waits_alone",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="exclusion_by_nobody_with_a_part",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=APART_SQL,
            ),
            pgtrigger.Protect(
                name="exclusion_is_decided_once",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state=ExclusionState.WAITING)
                | pgtrigger.Q(old__assessment__df=pgtrigger.F("new__assessment"))
                | pgtrigger.Q(old__question__df=pgtrigger.F("new__question"))
                | pgtrigger.Q(old__lifts__df=pgtrigger.F("new__lifts"))
                | pgtrigger.Q(old__reason__df=pgtrigger.F("new__reason"))
                | pgtrigger.Q(old__proposed_by__df=pgtrigger.F("new__proposed_by"))
                | pgtrigger.Q(old__proposed_at__df=pgtrigger.F("new__proposed_at")),
            ),
            pgtrigger.Protect(name="exclusion_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self):
        return f"exclusion {self.pk}"

    @property
    def is_waiting(self) -> bool:
        return self.state == ExclusionState.WAITING


class ModerationNote(AppendOnly):
    """What staff noted on an application's marks, for the panel. Assessors and applicants do not read it."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="moderation_notes")
    text = models.TextField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta(AppendOnly.Meta):
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="moderation_note_says_something")]

    def __str__(self):
        return f"moderation note {self.pk}"
