import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import in_regions_of
from accounts.roles import held_by
from applications.models import Participant
from funding.models.award import Award, after_commit_check
from funding.models.budget import READERS, refusal

#: Refuses a proposal to end what holds no money, and what its applicants have not been told.
ENDS_WHAT_IS_TOLD = """
    IF NEW.state <> 'proposed' OR NOT EXISTS (
        SELECT FROM funding_award AS award
        JOIN applications_application AS application ON application.id = award.application_id
        WHERE award.id = NEW.award_id AND award.status IN ('reserved', 'committed')
            AND application.released_at IS NOT NULL AND application.told_status = ''
    ) THEN
        RAISE EXCEPTION 'an end is proposed of an award that is released and holds its money'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

#: Refuses a proposal or a decision of somebody of an organisation that takes part. Who proposed and joined
#: one since keeps nobody from refusing the proposal.
ENDED_BY_NO_MEMBER = """
    IF EXISTS (
        SELECT FROM funding_award AS award
        JOIN applications_participant AS participant USING (application_id)
        JOIN accounts_membership AS membership USING (organisation_id)
        WHERE award.id = NEW.award_id AND (
            membership.person_id = NEW.decided_by_id
            OR membership.person_id = NEW.proposed_by_id AND NEW.state <> 'refused'
        )
    ) THEN
        RAISE EXCEPTION 'who proposed or decided belongs to an organisation of award %', NEW.award_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

#: Refuses, at COMMIT, an approved end whose award goes on.
HAS_ENDED = """
    IF NEW.state = 'approved' AND NOT EXISTS (
        SELECT FROM funding_award WHERE id = NEW.award_id AND status = 'ended'
    ) THEN
        RAISE EXCEPTION 'the end of award % is approved and has ended nothing', NEW.award_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""


class EndingState(models.TextChoices):
    PROPOSED = "proposed", "Proposed"
    APPROVED = "approved", "Approved"
    REFUSED = "refused", "Refused"


class AwardEndingQuerySet(models.QuerySet):
    def visible_to(self, user):
        """All of their regions' for staff; for applicants their organisations', once it is approved."""
        if not held_by(user):
            return self.none()
        own = Participant.objects.open_to(user).values("application")
        return self.filter(
            in_regions_of(user, READERS, "award__application__competition__region")
            | Q(award__application__in=own, state=EndingState.APPROVED)
        )

    def waiting(self):
        return self.filter(state=EndingState.PROPOSED)

    def approved(self):
        return self.filter(state=EndingState.APPROVED)


class AwardEnding(models.Model):
    """The end of an award that its applicants know of: proposed by one person, decided by another.

    reason  for proposing it; once it is approved, those who applied read it

    Approved, it gives the award's money back to every budget; an award ends so by one of these alone.
    """

    award = models.ForeignKey(Award, models.PROTECT, related_name="endings")
    reason = models.TextField("reason for proposing")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=EndingState, default=EndingState.PROPOSED)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.TextField("reason for the decision", blank=True)

    objects = AwardEndingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="award_ending_is_decided_by_a_second_person",
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="award_ending_is_decided_as_a_whole",
                condition=Q(state=EndingState.PROPOSED, decided_by=None, decided_at=None, answer="")
                | Q(state=EndingState.APPROVED, decided_by__isnull=False, decided_at__isnull=False)
                | Q(state=EndingState.REFUSED, decided_by__isnull=False, decided_at__isnull=False)
                & ~Q(answer=""),
            ),
            models.CheckConstraint(name="award_ending_has_its_reason", condition=~Q(reason="")),
            models.UniqueConstraint(
                fields=["award"],
                condition=~Q(state=EndingState.REFUSED),
                name="award_has_one_standing_ending",
            ),
        ]
        indexes = [models.Index(fields=["-proposed_at", "-id"], name="award_ending_by_time")]
        triggers = [
            pgtrigger.Trigger(
                name="award_ending_is_of_a_told_award",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=ENDS_WHAT_IS_TOLD,
            ),
            pgtrigger.Trigger(
                name="award_ending_is_by_no_member",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=ENDED_BY_NO_MEMBER,
            ),
            pgtrigger.Trigger(
                name="award_ending_stays_as_proposed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state=EndingState.PROPOSED)
                | pgtrigger.Q(old__award__df=pgtrigger.F("new__award"))
                | pgtrigger.Q(old__reason__df=pgtrigger.F("new__reason"))
                | pgtrigger.Q(old__proposed_by__df=pgtrigger.F("new__proposed_by"))
                | pgtrigger.Q(old__proposed_at__df=pgtrigger.F("new__proposed_at")),
                func=refusal("the end of an award stays as it was proposed and is decided once"),
            ),
            pgtrigger.Protect(name="award_ending_is_kept", operation=pgtrigger.Delete),
            after_commit_check("award_ending_ends_its_award", pgtrigger.UpdateOf("state"), HAS_ENDED),
        ]

    def __str__(self):
        return f"end of award {self.award_id}"

    @property
    def is_waiting(self) -> bool:
        return self.state == EndingState.PROPOSED
