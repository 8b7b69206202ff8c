import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts import formats
from accounts.fields import pounds
from accounts.models import AppendOnly, regions_of
from funding.models.award import Award
from funding.models.budget import READERS, Budget
from funding.models.budget_change import BudgetChange
from funding.places import ALLOCATED, Place


def moved(place: Place) -> str:
    """How much the written transfers bring into a place, less what they take out of it."""
    return f"sum(CASE '{place}' WHEN target THEN amount WHEN source THEN -amount ELSE 0 END) AS {place}"


#: Moves the sums of the budgets by what was just written: one update of their rows, by primary key,
#: and nothing of the ledger is read again.
MOVE_SUMS = f"""
    UPDATE funding_budget AS budget SET
        ceiling = budget.ceiling - moved.outside,
        available = budget.available + moved.available,
        reserved = budget.reserved + moved.reserved,
        committed = budget.committed + moved.committed,
        paid = budget.paid + moved.paid
    FROM (
        SELECT budget_id, {", ".join(moved(place) for place in Place)} FROM written GROUP BY budget_id
    ) AS moved
    WHERE budget.id = moved.budget_id;
    RETURN NULL;
"""


#: Refuses money moved for an award in a budget that is none of its competition's.
IN_BUDGETS_OF_AWARD = """
    IF NOT EXISTS (
        SELECT FROM funding_award AS award
        JOIN funding_competitionbudgets AS drawn ON drawn.id = award.budgets_id
        WHERE award.id = NEW.award_id
            AND NEW.budget_id IN (drawn.programme_id, drawn.region_id, drawn.pot_id, drawn.part_id)
    ) THEN
        RAISE EXCEPTION 'award % does not draw on budget %', NEW.award_id, NEW.budget_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

#: Refuses money from outside or back there other than what opens a budget, or what an approved change
#: says: once in each of its budgets, to the ceiling or of the amount that it names.
CHANGED_BY_TWO = """
    IF NEW.change_id IS NULL THEN
        IF EXISTS (SELECT FROM funding_transfer WHERE budget_id = NEW.budget_id) THEN
            RAISE EXCEPTION 'the ceiling of an open budget changes by an approved budget change alone'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF EXISTS (
        SELECT FROM funding_transfer WHERE change_id = NEW.change_id AND budget_id = NEW.budget_id
    ) OR NOT EXISTS (
        SELECT FROM funding_budgetchange AS change
        JOIN funding_budget AS budget ON budget.id = NEW.budget_id
        WHERE change.id = NEW.change_id AND change.state = 'approved' AND CASE
            WHEN change.into_id IS NULL THEN change.budget_id = NEW.budget_id AND change.amount =
                budget.ceiling + CASE NEW.source WHEN 'outside' THEN NEW.amount ELSE -NEW.amount END
            WHEN change.budget_id = NEW.budget_id THEN change.amount = NEW.amount AND NEW.target = 'outside'
            WHEN change.into_id = NEW.budget_id THEN change.amount = NEW.amount AND NEW.source = 'outside'
            ELSE FALSE
        END
    ) THEN
        RAISE EXCEPTION 'this is not what budget change % says', NEW.change_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

#: Refuses, at COMMIT, transfers that leave a live award with more or less than its amount in a
#: budget, or an ended one with anything. It adds up the award's own few transfers, found by index.
AWARD_KEEPS_ITS_MONEY = """
    IF EXISTS (
        SELECT FROM funding_award AS award
        WHERE award.id = NEW.award_id AND
            CASE WHEN award.status IN ('reserved', 'committed') THEN award.amount ELSE 0 END <> (
                SELECT sum(CASE WHEN target IN ('reserved', 'committed', 'paid') THEN amount ELSE 0 END)
                    - sum(CASE WHEN source IN ('reserved', 'committed', 'paid') THEN amount ELSE 0 END)
                FROM funding_transfer AS transfer
                WHERE transfer.award_id = award.id AND transfer.budget_id = NEW.budget_id
            )
    ) THEN
        RAISE EXCEPTION 'award % would not hold in budget % what it promises', NEW.award_id, NEW.budget_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""


class TransferQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the budgets that the person sees, and of no award that they do not: pots are shared."""
        regions = regions_of(user, READERS)
        if None in regions:
            return self
        of_award = Q(award__isnull=True) | Q(award__application__competition__region__in=regions)
        return self.filter(of_award, budget__in=Budget.objects.visible_to(user))


class Transfer(AppendOnly):
    """Money moved between two places of one budget. Written once; put right by a further one.

    ``cause`` says why in words that cannot repeat ("award 17 approved"), so that the same
    move written twice is refused.

    Writing a transfer is what moves the sums of its budget, in the database and at once. Whoever
    writes several locks the budgets first, in the order of their ids.
    """

    # Its own index would be a third one that begins with the budget.
    budget = models.ForeignKey(Budget, models.PROTECT, related_name="transfers", db_index=False)
    award = models.ForeignKey(Award, models.PROTECT, null=True, related_name="transfers")
    change = models.ForeignKey(
        BudgetChange, models.PROTECT, null=True, editable=False, related_name="transfers", db_index=False
    )
    source = models.CharField(max_length=10, choices=Place)
    target = models.CharField(max_length=10, choices=Place)
    amount = pounds()
    cause = models.CharField(max_length=100)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    objects = TransferQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        triggers = [
            *AppendOnly.Meta.triggers,
            pgtrigger.Trigger(
                name="transfers_move_the_sums",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="written"),
                func=MOVE_SUMS,
            ),
            pgtrigger.Trigger(
                name="approvals_stop_on_a_difference",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__source=Place.AVAILABLE, new__target__in=list(ALLOCATED)),
                func="""
                    IF NOT COALESCE((SELECT is_clean FROM funding_ledgercheck ORDER BY id DESC LIMIT 1), TRUE)
                    THEN
                        RAISE EXCEPTION 'the ledger does not add up: nothing is approved until it does'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="transfer_is_in_a_budget_of_its_award",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__award__isnull=False),
                func=IN_BUDGETS_OF_AWARD,
            ),
            pgtrigger.Trigger(
                name="ceiling_is_changed_by_two",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__source=Place.OUTSIDE) | pgtrigger.Q(new__target=Place.OUTSIDE),
                func=CHANGED_BY_TWO,
            ),
            pgtrigger.Trigger(
                name="transfers_leave_an_award_its_money",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(new__award__isnull=False),
                func=AWARD_KEEPS_ITS_MONEY,
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(award__isnull=False) | Q(source=Place.OUTSIDE) | Q(target=Place.OUTSIDE),
                name="transfer_under_the_ceiling_names_its_award",
            ),
            models.CheckConstraint(
                condition=Q(change__isnull=True) | Q(award__isnull=True),
                name="transfer_is_of_an_award_or_a_change",
            ),
            models.UniqueConstraint(fields=["budget", "cause"], name="transfer_has_its_own_cause"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfer_is_positive"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="transfer_moves_money"),
        ]
        indexes = [
            models.Index(fields=["-made_at", "-id"], name="transfer_by_time"),
            models.Index(fields=["budget", "-id"], name="transfer_latest_of_a_budget"),
            models.Index(fields=["change"], condition=Q(change__isnull=False), name="transfer_of_a_change"),
        ]

    def __str__(self):
        return f"{self.cause}: {formats.pounds(self.amount)}"
