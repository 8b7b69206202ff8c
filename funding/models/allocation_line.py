from decimal import Decimal

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, When

from accounts.fields import pounds
from accounts.models import AppendOnly
from applications.models import Application, Participant
from funding.models.allocation import Allocation, Outcome
from funding.models.award import LIVE, Award, after_commit_check
from funding.models.budget import refusal
from funding.models.mfa import MfaRecord, MfaState

#: Refuses, at COMMIT, a part award whose shares do not add up to it, and shares of a line without one.
PARTS_ADD_UP = """
    IF EXISTS (
        SELECT FROM funding_allocationline AS line
        WHERE line.id = {line} AND COALESCE(line.awarded, 0) <> COALESCE(
            (SELECT sum(part.grant) FROM funding_lineshare AS part WHERE part.line_id = line.id), 0
        )
    ) THEN
        RAISE EXCEPTION 'the shares of line % do not add up to its part award', {line}
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""

#: Refuses an award of another sum than the line was proposed with.
AS_PROPOSED = """
    IF NOT EXISTS (
        SELECT FROM funding_allocationline AS line JOIN funding_award AS award ON award.id = NEW.award_id
        WHERE line.id = NEW.line_id AND award.amount = COALESCE(line.awarded, line.amount)
            AND award.application_id = line.application_id
    ) THEN
        RAISE EXCEPTION 'line % was proposed with another sum', NEW.line_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class AllocationLineQuerySet(models.QuerySet):
    def with_state(self):
        """With the application, and ``last_verdict``, ``last_reason`` and ``last_decided_at`` or None.

        ``mfa_state`` is where the assistance of its living award stands: the least far of its shares.
        """
        records = MfaRecord.objects.standing().filter(
            share__award__application=OuterRef("application"), share__award__status__in=LIVE
        )
        place = Case(When(state=MfaState.NOTIFIED, then=1), When(state=MfaState.CONFIRMED, then=2), default=3)
        last = LineDecision.objects.filter(line=OuterRef("pk")).order_by("-pk")
        return self.select_related("application").annotate(
            last_verdict=Subquery(last.values("verdict")[:1]),
            last_reason=Subquery(last.values("reason")[:1]),
            last_decided_at=Subquery(last.values("decided_at")[:1]),
            mfa_state=Subquery(records.order_by(place, "pk").values("state")[:1]),
        )


class AllocationLine(models.Model):
    """One application in an allocation, with the figures that put it there."""

    #: There where ``funding.verdicts`` and ``funding.line_decisions`` have read it.
    marks_now: str
    is_by_members: bool
    is_in_conflict: bool

    allocation = models.ForeignKey(Allocation, models.CASCADE, related_name="lines")
    application = models.ForeignKey(Application, models.PROTECT, related_name="allocation_lines")
    position = models.PositiveSmallIntegerField()
    score = models.DecimalField("mean score, percent", max_digits=4, decimal_places=1, null=True)
    spread = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    fund_votes = models.PositiveSmallIntegerField(default=0)
    scope_votes = models.PositiveSmallIntegerField(default=0)
    assessments = models.PositiveSmallIntegerField(default=0)
    amount = pounds()
    #: What a part award gives, by organisation in ``parts``; null where it is all that was sought.
    awarded = pounds("part awarded", null=True, editable=False)
    #: ``counting.stamp`` of the marks it was made from.
    marks = models.CharField(max_length=32, editable=False, default="", db_default="")
    outcome = models.CharField(max_length=20, choices=Outcome)
    is_tied_across_line = models.BooleanField(default=False)

    objects = AllocationLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["allocation", "application"], name="allocation_names_it_once"),
            models.UniqueConstraint(fields=["allocation", "position"], name="allocation_position_is_unique"),
            models.CheckConstraint(
                condition=Q(awarded__isnull=True) | Q(awarded__gt=0, awarded__lt=F("amount")),
                name="part_award_is_less_than_sought",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="line_keeps_its_sums",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("allocation", "application", "amount", "awarded"),
                func=refusal("a line keeps the sums that it was proposed with"),
            ),
            pgtrigger.Trigger(
                name="part_award_is_the_sum_of_its_shares",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(new__awarded__isnull=False),
                func=PARTS_ADD_UP.format(line="NEW.id"),
            ),
        ]

    def __str__(self):
        return f"{self.allocation_id}: {self.position}"

    @property
    def gives(self) -> Decimal:
        """Pounds that funding it takes: a part award, or all that is sought."""
        return self.amount if self.awarded is None else self.awarded


class LineShare(AppendOnly):
    """What one organisation is given of a part award: a line that gives all that is sought has none."""

    line = models.ForeignKey(AllocationLine, models.PROTECT, related_name="parts")
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="+")
    grant = pounds()

    class Meta(AppendOnly.Meta):
        constraints = [
            models.UniqueConstraint(fields=["line", "participant"], name="part_is_given_once"),
            models.CheckConstraint(condition=Q(grant__gte=0), name="part_is_not_negative"),
        ]
        triggers = [
            *AppendOnly.Meta.triggers,
            after_commit_check(
                "parts_add_up_to_their_line", pgtrigger.Insert, PARTS_ADD_UP.format(line="NEW.line_id")
            ),
        ]

    def __str__(self):
        return f"part of line {self.line_id}"


class Verdict(models.TextChoices):
    """What the funders' panel says of one line."""

    FUND = "fund", "Fund"
    REJECT = "reject", "Do not fund"
    HOLD = "hold", "Hold"
    RESERVE = "reserve", "Keep in reserve"
    TAKEN_BACK = "taken back", "Decision taken back"


#: A verdict that does not follow from the figures by itself says why.
EXPLAINED = (Verdict.HOLD, Verdict.RESERVE, Verdict.TAKEN_BACK)

#: Refuses an entry of whoever else proposed it, in an allocation that is refused, or by a member.
DECIDED_APART = """
    IF NOT EXISTS (
        SELECT FROM funding_allocationline AS line
        JOIN funding_allocation AS allocation ON allocation.id = line.allocation_id
        WHERE line.id = NEW.line_id AND allocation.proposed_by_id = NEW.proposed_by_id
            AND allocation.state <> 'refused'
    ) THEN
        RAISE EXCEPTION 'line % stands in no such proposal', NEW.line_id USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT FROM funding_allocationline AS line
        JOIN applications_participant AS participant USING (application_id)
        JOIN accounts_membership AS membership USING (organisation_id)
        WHERE line.id = NEW.line_id AND membership.person_id IN (NEW.proposed_by_id, NEW.decided_by_id)
    ) THEN
        RAISE EXCEPTION 'who proposed or decided belongs to an organisation in line %', NEW.line_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class LineDecision(AppendOnly):
    """One decision on one line, written once. A further one takes it back or changes it, and says why.

    What holds now is the application's status; these rows are how it came about.
    """

    line = models.ForeignKey(AllocationLine, models.PROTECT, related_name="decisions")
    verdict = models.CharField(max_length=10, choices=Verdict)
    award = models.ForeignKey(Award, models.PROTECT, null=True, related_name="decisions")
    reason = models.TextField(blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta(AppendOnly.Meta):
        constraints = [
            models.CheckConstraint(
                condition=~Q(proposed_by=F("decided_by")), name="line_is_decided_by_a_second_person"
            ),
            models.CheckConstraint(
                condition=~Q(verdict__in=EXPLAINED) | ~Q(reason=""), name="line_decision_has_its_reason"
            ),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.FUND, award__isnull=False)
                | Q(verdict=Verdict.TAKEN_BACK)
                | Q(award__isnull=True) & ~Q(verdict=Verdict.FUND),
                name="line_is_funded_by_an_award",
            ),
        ]
        triggers = [
            *AppendOnly.Meta.triggers,
            pgtrigger.Trigger(
                name="line_is_decided_apart",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=DECIDED_APART,
            ),
            pgtrigger.Trigger(
                name="line_is_funded_as_proposed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__award__isnull=False),
                func=AS_PROPOSED,
            ),
        ]

    def __str__(self):
        return f"decision on line {self.line_id}: {self.verdict}"
