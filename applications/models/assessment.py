import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, Q

from accounts.models import Edited, in_regions_of
from accounts.roles import Role, held_by
from applications.models.application import READERS, Application, Participant
from applications.models.competition import Question
from applications.models.conflict import Conflict
from applications.workflow import (
    ASSESSOR_READS,
    ASSESSOR_SEES,
    ENDED,
    AssessmentStatus,
    DeclineReason,
    Status,
)

#: What an assessor says of the whole, beside the marks.
VERDICT = ("in_scope", "category_fits", "scope_reason", "fund", "fund_reason", "note_to_staff")

#: Refuses an assessor who belongs to an organisation that takes part in the application, when it is
#: given and again when it is submitted; and a manager who does, when it is given. What ends without a
#: result may end.
NO_MEMBER_SQL = """
    IF TG_OP = 'UPDATE' AND NEW.status <> 'submitted'
        AND (NEW.assessor_id, NEW.application_id, NEW.given_by_id)
            = (OLD.assessor_id, OLD.application_id, OLD.given_by_id)
    THEN
        RETURN NEW;
    END IF;
    IF EXISTS (
        SELECT FROM applications_participant AS participant
        JOIN accounts_membership AS membership USING (organisation_id)
        WHERE participant.application_id = NEW.application_id AND membership.person_id IN (
            NEW.assessor_id, CASE WHEN NEW.status <> 'submitted' THEN NEW.given_by_id END
        )
    ) THEN
        RAISE EXCEPTION 'assessor % or manager % belongs to an organisation in application %',
            NEW.assessor_id, NEW.given_by_id, NEW.application_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

#: Refuses what a conflict of interest keeps from the assessor, when it is given and on the way to its marks.
NO_CONFLICT_SQL = """
    IF NEW.status NOT IN ('rejected', 'withdrawn', 'expired') AND EXISTS (
        SELECT FROM applications_conflict
        WHERE assessor_id = NEW.assessor_id AND application_id = NEW.application_id AND blocks
    ) THEN
        RAISE EXCEPTION 'a conflict of interest keeps assessor % from application %',
            NEW.assessor_id, NEW.application_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

#: Refuses every change to a submitted assessment but one: opened again, as it was, with a row that
#: says why and holds what was submitted, while its application is still being assessed.
REOPENED_SQL = """
    IF TG_OP = 'UPDATE' AND NEW.status = 'open' AND NEW.submitted_at IS NULL
        AND (to_jsonb(NEW) - '{status,submitted_at,version,saved_by_id,saved_at}'::text[])
            = (to_jsonb(OLD) - '{status,submitted_at,version,saved_by_id,saved_at}'::text[])
        AND EXISTS (
            SELECT FROM applications_assessmentreopening AS reopening
            JOIN applications_assessmentversion AS kept ON kept.id = reopening.version_id
            JOIN applications_application AS application ON application.id = OLD.application_id
            WHERE kept.assessment_id = OLD.id AND kept.submitted_at = OLD.submitted_at
                AND application.status = 'in assessment'
        )
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a submitted assessment is locked' USING ERRCODE = 'check_violation';
"""

#: Refuses every change to the marks of a submitted assessment. The row is locked before its status
#: is read, so that a mark waits for a submission under way instead of slipping in beside it.
LOCKED_SQL = """
    FOR stands IN
        SELECT status FROM applications_assessment
        WHERE id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.assessment_id END,
                     CASE WHEN TG_OP <> 'DELETE' THEN NEW.assessment_id END)
        FOR SHARE
    LOOP
        IF stands.status = 'submitted' THEN
            RAISE EXCEPTION 'a submitted assessment is locked' USING ERRCODE = 'check_violation';
        END IF;
    END LOOP;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""

#: Refuses a mark above the question's maximum, and any mark for a question that is not scored.
WITHIN_MAXIMUM_SQL = """
    IF NEW.mark > COALESCE((SELECT max_marks FROM applications_question WHERE id = NEW.question_id), -1) THEN
        RAISE EXCEPTION 'mark % is above the maximum of question %', NEW.mark, NEW.question_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class AssessmentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """An assessor's own; all of their regions' for staff. Nobody else's work is seen by an assessor,
        and nothing that a conflict of interest keeps from them."""
        read = in_regions_of(user, READERS, "application__competition__region")
        if Role.ASSESSOR in held_by(user):
            own = in_regions_of(user, {Role.ASSESSOR}, "application__competition__region") & Q(
                assessor=user, status__in=ASSESSOR_SEES
            )
            kept_from = user.conflicts.blocking().values("application")
            of_their_own = Participant.objects.of(user).values("application")
            read |= own & ~Q(application__in=kept_from) & ~Q(application__in=of_their_own)
        return self.filter(read)

    def owed_by(self, person):
        """What this person still has to answer or to mark, of applications that are still being assessed."""
        return self.owed().filter(assessor=person)

    def owed(self):
        """What somebody still has to answer or to mark, of applications that are still being assessed,
        and no conflict of interest keeps from them."""
        return self.filter(
            ~Exists(Conflict.objects.blocking().between()),
            status__in=ASSESSOR_SEES - {AssessmentStatus.SUBMITTED},
            application__status=Status.IN_ASSESSMENT,
        )

    def not_answered_by(self, at):
        """Offers whose time is over."""
        return self.filter(status=AssessmentStatus.PENDING, answer_by__lte=at)

    def submitted(self):
        """The only ones that count: withdrawn, declined and unfinished work never does."""
        return self.filter(status=AssessmentStatus.SUBMITTED)


class Assessment(Edited):
    """One assessor's marking of one application."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="assessments")
    assessor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="assessments")
    status = models.CharField(max_length=15, choices=AssessmentStatus, default=AssessmentStatus.PENDING)
    in_scope = models.BooleanField(null=True, blank=True)
    category_fits = models.BooleanField("research category fits", null=True, blank=True)
    scope_reason = models.TextField(blank=True)
    fund = models.BooleanField("suitable for funding", null=True, blank=True)
    fund_reason = models.TextField(blank=True)
    note_to_staff = models.TextField(blank=True)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    # Until when it may be accepted, worked out once, and when it was.
    answer_by = models.DateTimeField(null=True, editable=False)
    accepted_at = models.DateTimeField(null=True, editable=False)
    submitted_at = models.DateTimeField(null=True)
    # Why and when it ended without a result. The comment is the assessor's own where they declined,
    # and the manager's reason where it was taken back.
    decline_reason = models.CharField(max_length=20, choices=DeclineReason, blank=True)
    end_comment = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)
    # Its application was found ineligible: where that is taken back, it may be given to the same person anew.
    ended_with_application = models.BooleanField(default=False, db_default=False, editable=False)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "assessor"],
                condition=Q(ended_with_application=False),
                name="assessment_is_given_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_with_application=False) | Q(status=AssessmentStatus.WITHDRAWN),
                name="assessment_that_ended_with_its_application_is_withdrawn",
            ),
            models.CheckConstraint(
                condition=~Q(assessor=F("given_by")), name="assessor_is_chosen_by_another"
            ),
            models.CheckConstraint(
                condition=~Q(status=AssessmentStatus.SUBMITTED)
                | Q(in_scope__isnull=False, fund__isnull=False, submitted_at__isnull=False),
                name="submitted_assessment_has_its_verdict",
            ),
            models.CheckConstraint(
                condition=~Q(status=AssessmentStatus.REJECTED)
                | (Q(decline_reason__in=DeclineReason.values) & Q(ended_at__isnull=False)),
                name="declined_assessment_has_its_reason",
            ),
            models.CheckConstraint(
                condition=~Q(status=AssessmentStatus.WITHDRAWN)
                | (~Q(end_comment="") & Q(ended_at__isnull=False)),
                name="withdrawn_assessment_has_its_reason",
            ),
        ]
        indexes = [
            models.Index("assessor", "status", name="assessment_of_an_assessor"),
            models.Index("answer_by", name="offer_by_its_end", condition=Q(status=AssessmentStatus.PENDING)),
            models.Index(fields=["-given_at", "-id"], name="assessment_by_giving"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="submitted_assessment_is_locked",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__status=AssessmentStatus.SUBMITTED),
                func=REOPENED_SQL,
            ),
            pgtrigger.Trigger(
                name="assessor_is_no_member",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert
                | pgtrigger.UpdateOf("assessor_id", "application_id", "given_by_id", "status"),
                func=NO_MEMBER_SQL,
            ),
            pgtrigger.Trigger(
                name="assessor_is_in_no_conflict",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("assessor_id", "application_id", "status"),
                func=NO_CONFLICT_SQL,
            ),
        ]

    def __str__(self):
        return f"assessment {self.pk}"

    @property
    def is_submitted(self) -> bool:
        return self.status == AssessmentStatus.SUBMITTED

    @property
    def has_ended(self) -> bool:
        """Whether it was declined or taken back."""
        return self.status in ENDED

    @property
    def is_owed(self) -> bool:
        return not self.is_submitted and not self.has_ended

    @property
    def is_offered(self) -> bool:
        """Whether its assessor has neither accepted nor declined it yet."""
        return self.status == AssessmentStatus.PENDING

    @property
    def is_scorable(self) -> bool:
        """Whether its assessor may still mark it."""
        return self.status in ASSESSOR_READS and not self.is_submitted


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
        triggers = [
            pgtrigger.Trigger(
                name="score_is_locked_with_its_assessment",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("stands", "RECORD")],
                func=LOCKED_SQL,
            ),
            pgtrigger.Trigger(
                name="mark_is_within_maximum",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("mark", "question_id"),
                func=WITHIN_MAXIMUM_SQL,
            ),
        ]

    def __str__(self):
        return f"{self.assessment_id}: {self.question_id}"
