import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.fields import pounds
from funding.models.budget import Budget, refusal

#: Refuses a ceiling proposed for what a competition announced, and a move other than between two pots
#: that competitions of one region draw on.
FITS_ITS_BUDGETS = """
    IF NEW.into_id IS NULL AND EXISTS (SELECT FROM funding_budget WHERE id = NEW.budget_id AND kind = 'part')
    THEN
        RAISE EXCEPTION 'a part of a pot is what its competition announced' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.into_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM funding_competitionbudgets AS one
        JOIN funding_competitionbudgets AS other
            ON other.region_id = one.region_id AND other.programme_id = one.programme_id
        WHERE one.pot_id = NEW.budget_id AND other.pot_id = NEW.into_id
    ) THEN
        RAISE EXCEPTION 'money moves between two pots of one region' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

#: Refuses, at COMMIT, an approved change whose money did not move.
HAS_MOVED = """
    IF NEW.state = 'approved' AND (
        NOT EXISTS (SELECT FROM funding_transfer WHERE change_id = NEW.id AND budget_id = NEW.budget_id)
        OR NEW.into_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM funding_transfer WHERE change_id = NEW.id AND budget_id = NEW.into_id)
    ) THEN
        RAISE EXCEPTION 'budget change % is approved and has moved nothing', NEW.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""


class ChangeState(models.TextChoices):
    PROPOSED = "proposed", "Proposed"
    APPROVED = "approved", "Approved"
    REFUSED = "refused", "Refused"


class BudgetChangeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those whose budgets the person sees."""
        seen = Budget.objects.visible_to(user).values("pk")
        return self.filter(Q(into=None) | Q(into__in=seen), budget__in=seen)

    def about(self, budget):
        """Those that change its ceiling, by what is proposed for it or moved into it."""
        return self.filter(Q(budget=budget) | Q(into=budget))

    def waiting(self):
        return self.filter(state=ChangeState.PROPOSED)


class BudgetChange(models.Model):
    """A new ceiling of a budget, or money of one pot for another: proposed by one person, decided by another.

    into    the pot that the money would go to; None where a ceiling is proposed
    amount  the new ceiling, or what would move (pounds)

    The ledger takes a change of an open budget's ceiling only with an approved one of these.
    """

    budget = models.ForeignKey(Budget, models.PROTECT, related_name="changes")
    into = models.ForeignKey(Budget, models.PROTECT, null=True, related_name="+", verbose_name="to the pot")
    amount = pounds()
    reason = models.TextField("reason for proposing")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=ChangeState, default=ChangeState.PROPOSED)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.TextField("reason for the decision", blank=True)

    objects = BudgetChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="budget_change_is_decided_by_a_second_person",
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="budget_change_is_decided_as_a_whole",
                condition=Q(state=ChangeState.PROPOSED, decided_by=None, decided_at=None, answer="")
                | Q(state=ChangeState.APPROVED, decided_by__isnull=False, decided_at__isnull=False)
                | Q(state=ChangeState.REFUSED, decided_by__isnull=False, decided_at__isnull=False)
                & ~Q(answer=""),
            ),
            models.CheckConstraint(name="budget_change_has_its_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="budget_change_is_of_some_money",
                condition=Q(into=None, amount__gte=0) | Q(into__isnull=False, amount__gt=0),
            ),
            models.CheckConstraint(
                name="budget_change_goes_elsewhere", condition=Q(into=None) | ~Q(into=F("budget"))
            ),
            models.UniqueConstraint(
                fields=["budget"],
                condition=Q(state=ChangeState.PROPOSED),
                name="budget_change_waits_alone",
            ),
        ]
        indexes = [models.Index(fields=["-proposed_at", "-id"], name="budget_change_by_time")]
        triggers = [
            pgtrigger.Trigger(
                name="budget_change_begins_as_a_proposal",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__state=ChangeState.PROPOSED),
                func=refusal("a budget change begins as a proposal"),
            ),
            pgtrigger.Trigger(
                name="budget_change_fits_its_budgets",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=FITS_ITS_BUDGETS,
            ),
            pgtrigger.Trigger(
                name="budget_change_stays_as_proposed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state=ChangeState.PROPOSED)
                | pgtrigger.Q(old__budget__df=pgtrigger.F("new__budget"))
                | pgtrigger.Q(old__into__df=pgtrigger.F("new__into"))
                | pgtrigger.Q(old__amount__df=pgtrigger.F("new__amount"))
                | pgtrigger.Q(old__reason__df=pgtrigger.F("new__reason"))
                | pgtrigger.Q(old__proposed_by__df=pgtrigger.F("new__proposed_by"))
                | pgtrigger.Q(old__proposed_at__df=pgtrigger.F("new__proposed_at")),
                func=refusal("a budget change stays as it was proposed and is decided once"),
            ),
            pgtrigger.Protect(name="budget_change_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="budget_change_moves_its_money",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("state"),
                timing=pgtrigger.Deferred,
                func=HAS_MOVED,
            ),
        ]

    def __str__(self):
        return f"budget change {self.pk}"

    @property
    def is_waiting(self) -> bool:
        return self.state == ChangeState.PROPOSED
