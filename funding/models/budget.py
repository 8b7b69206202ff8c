from decimal import Decimal

import pgtrigger
from django.db import models
from django.db.models import Case, F, Q, Value, When

from accounts.fields import pounds
from accounts.models import Region, regions_of
from accounts.roles import Role
from applications.models import Competition
from funding.places import COUNTED, Place

#: Roles that see the programme's money.
READERS = frozenset({Role.MANAGER, Role.FUNDS, Role.APPROVER, Role.AUDITOR})


#: Refuses a change of the sums by anybody but the trigger of the ledger, which runs one level deeper.
BY_TRANSFERS_ALONE = """
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'the sums of budget % change by transfers of the ledger alone', OLD.code
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


def refusal(message: str) -> str:
    """The body of a trigger that always refuses; its condition says when."""
    return f"RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation';"


class BudgetKind(models.TextChoices):
    PROGRAMME = "programme", "Programme"
    REGION = "region", "Region"
    POT = "pot", "Pot"
    PART = "part", "Part of a pot"


class BudgetQuerySet(models.QuerySet):
    def visible_to(self, user):
        """All for who reads the programme's money; for a region's people that region's own budget and
        the pots and parts that its competitions draw on, but not the programme's."""
        regions = regions_of(user, READERS)
        if None in regions:
            return self
        if not regions:
            return self.none()
        drawn = CompetitionBudgets.objects.filter(competition__region__in=regions)
        return self.exclude(kind=BudgetKind.PROGRAMME).filter(
            Q(region__in=regions)
            | Q(pk__in=drawn.values("pot"))
            | Q(pk__in=drawn.exclude(part=None).values("part"))
        )

    def drawn_on_by(self, competition):
        """The programme's, the region's, the pot's and, where there is one, the part's budget."""
        drawn = CompetitionBudgets.objects.get(competition=competition)
        return self.filter(pk__in=drawn.budget_ids)

    def in_order(self):
        """The programme first, then its regions, the pots and their parts."""
        order = [When(kind=kind, then=Value(place)) for place, kind in enumerate(BudgetKind)]
        return self.order_by(Case(*order), "code")


class Budget(models.Model):
    """A sum that awards draw on: the programme's, a region's, a pot's or a competition's part of a pot.

    The four places always add up to the ceiling, and none is below nought: the database refuses
    an award that would pass it. They are counters; the ledger is the truth.

    A budget is opened empty, and each transfer that is written moves its sums (``Transfer``); the
    database takes no other change of them. So they need no comparison with the whole ledger: an
    approval costs one update by primary key, however long the ledger is.
    """

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=BudgetKind)
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="budgets")
    ceiling = pounds(help_text="The most that may ever be awarded.")
    available = pounds(editable=False)
    reserved = pounds(default=0, editable=False)
    committed = pounds(default=0, editable=False)
    paid = pounds(default=0, editable=False)

    objects = BudgetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="budget_is_never_overspent",
                condition=Q(available__gte=0, reserved__gte=0, committed__gte=0, paid__gte=0)
                & Q(ceiling=F("available") + F("reserved") + F("committed") + F("paid")),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="budget_is_opened_empty",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__ceiling__gt=0),
                func=refusal("a budget is opened empty: its money comes by a transfer"),
            ),
            pgtrigger.Trigger(
                name="budget_moves_by_transfers",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("ceiling", "available", "reserved", "committed", "paid"),
                func=BY_TRANSFERS_ALONE,
            ),
            pgtrigger.Trigger(
                name="budget_stays_what_it_is",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("code", "kind", "region"),
                func=refusal("an open budget keeps its code, its kind and its region"),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def allocated(self) -> Decimal:
        return self.reserved + self.committed + self.paid

    @property
    def places(self) -> dict[Place, Decimal]:
        return {place: self.standing_in(place) for place in COUNTED}

    def standing_in(self, place: Place) -> Decimal:
        return getattr(self, place.value)


class CompetitionBudgets(models.Model):
    """The budgets that a competition's awards draw on. Without this row no award can be made.

    From the first award on they stay as they are: money moved in one budget could otherwise be
    given back in another.
    """

    competition = models.OneToOneField(Competition, models.PROTECT, related_name="budgets")
    programme = models.ForeignKey(Budget, models.PROTECT, related_name="+")
    region = models.ForeignKey(Budget, models.PROTECT, related_name="+")
    pot = models.ForeignKey(Budget, models.PROTECT, related_name="+")
    part = models.ForeignKey(Budget, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name_plural = "competition budgets"
        triggers = [
            pgtrigger.Trigger(
                name="budgets_are_frozen_by_an_award",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("competition", "programme", "region", "pot", "part"),
                func="""
                    IF EXISTS (SELECT FROM funding_award WHERE budgets_id = OLD.id) THEN
                        RAISE EXCEPTION 'an award draws on these budgets: they stay as they are'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self):
        return f"budgets of {self.competition_id}"

    @classmethod
    def pot_of(cls, competition) -> models.QuerySet:
        """The id of the pot that the competition draws on, as a subquery."""
        return cls.objects.filter(competition=competition).values("pot")

    @property
    def budget_ids(self) -> list[int]:
        """The programme's, the region's, the pot's and, where there is one, the part's."""
        ids = (self.programme_id, self.region_id, self.pot_id, self.part_id)
        return [budget for budget in ids if budget is not None]
