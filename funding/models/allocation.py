import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import regions_of
from applications.models import Competition
from funding.models.budget import READERS, refusal
from funding.models.panel import PanelSheet
from funding.models.scenario import Scenario

#: Refuses a decision or a release by somebody of an organisation in one of the applications, and an
#: approval of what such a person proposed. It asks only of what this very change says.
NO_MEMBER = """
    IF EXISTS (
        SELECT FROM accounts_membership AS membership
        JOIN applications_participant AS participant USING (organisation_id)
        JOIN funding_allocationline AS line ON line.application_id = participant.application_id
        WHERE line.allocation_id = NEW.id AND membership.person_id IN (
            CASE WHEN NEW.state <> OLD.state OR NEW.decided_by_id IS DISTINCT FROM OLD.decided_by_id
                THEN NEW.decided_by_id END,
            CASE WHEN NEW.state <> OLD.state AND NEW.state = 'approved' THEN NEW.proposed_by_id END,
            CASE WHEN NEW.released_by_id IS DISTINCT FROM OLD.released_by_id THEN NEW.released_by_id END
        )
    ) THEN
        RAISE EXCEPTION 'who proposed, decided or released belongs to an organisation in allocation %', NEW.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class Purpose(models.TextChoices):
    """What it is about: a whole list, or one application that later money raises."""

    ROUND = "round", "The round"
    LATER_MONEY = "later money", "Later money"


class AllocationState(models.TextChoices):
    """Approved means that every line has its decision, whatever each of them is."""

    PROPOSED = "proposed", "Proposed"
    APPROVED = "approved", "Approved"
    REFUSED = "refused", "Refused"


class Outcome(models.TextChoices):
    """What the allocation says of one application, and why."""

    FUND = "fund", "Fund"
    OUT_OF_SCOPE = "out of scope", "No majority said in scope"
    NOT_RECOMMENDED = "not recommended", "No majority said fund"
    BELOW_THRESHOLD = "below threshold", "Below the quality threshold"
    NOTHING_SOUGHT = "nothing sought", "No grant is sought"
    BELOW_LINE = "below the line", "Below the line: the money ran out"
    NOT_IN_PORTFOLIO = "not in portfolio", "Not in the best portfolio"
    LEFT_OUT = "left out", "Left out, with a reason"


class AllocationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """All for who reads the programme's money; for a region's people those about no other region."""
        return self.acted_on_by(user, READERS)

    def acted_on_by(self, user, roles):
        """Those that somebody in one of these roles has a hand in: all of them, or their regions' own."""
        regions = regions_of(user, roles)
        return self if None in regions else self.within(regions)

    def within(self, regions):
        """Those whose competitions are all of these regions."""
        covered = self.model.competitions.through.objects
        inside = covered.filter(competition__region__in=regions).values("allocation")
        outside = covered.exclude(competition__region__in=regions).values("allocation")
        return self.filter(pk__in=inside).exclude(pk__in=outside)

    def standing(self):
        """Those that hold: proposed and waiting, or approved. A refused one makes room for another."""
        return self.exclude(state=AllocationState.REFUSED)

    def of_rounds(self):
        return self.filter(purpose=Purpose.ROUND)

    def released(self):
        """Approved, and its outcomes have gone out."""
        return self.filter(state=AllocationState.APPROVED, released_at__isnull=False)

    def covering(self, competitions):
        """A row for each of these competitions that it is about, whose id it ``covers``; the newest first."""
        rows = self.annotate(covers=F("competitions")).filter(covers__in=[one.pk for one in competitions])
        return rows.order_by("-proposed_at", "-pk")

    def of(self, competition):
        return self.filter(competitions=competition).order_by("-proposed_at", "-pk")


class Allocation(models.Model):
    """A proposal which applications to fund, top-down in the order of the panel sheet.

    Proposed by one person and decided by another, line by line or as a whole. Its lines keep the
    figures it was made from.
    """

    competitions = models.ManyToManyField(Competition, related_name="allocations")
    purpose = models.CharField(
        max_length=11, choices=Purpose, default=Purpose.ROUND, db_default=Purpose.ROUND, editable=False
    )
    state = models.CharField(max_length=10, choices=AllocationState, default=AllocationState.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField("reason for refusing", blank=True)
    why = models.TextField("reason for proposing", blank=True, default="", db_default="", editable=False)
    sheet = models.ForeignKey(
        PanelSheet, models.PROTECT, null=True, editable=False, verbose_name="panel sheet", related_name="+"
    )
    scenario = models.ForeignKey(
        Scenario, models.PROTECT, null=True, editable=False, related_name="allocations"
    )
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)

    objects = AllocationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(proposed_by=F("decided_by")), name="allocation_is_decided_by_a_second_person"
            ),
            models.CheckConstraint(
                condition=Q(state=AllocationState.PROPOSED, decided_at__isnull=True)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="allocation_decision_names_its_person",
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True) | Q(state=AllocationState.APPROVED),
                name="allocation_is_released_when_approved",
            ),
            models.CheckConstraint(
                condition=Q(purpose=Purpose.ROUND) | ~Q(why=""), name="later_money_has_its_reason"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="allocation_is_decided_once",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("state", "decided_by_id", "decided_at"),
                condition=~pgtrigger.Q(old__state=AllocationState.PROPOSED)
                & (
                    pgtrigger.Q(old__state__df=pgtrigger.F("new__state"))
                    | pgtrigger.Q(old__decided_by__df=pgtrigger.F("new__decided_by"))
                    | pgtrigger.Q(old__decided_at__df=pgtrigger.F("new__decided_at"))
                ),
                func=refusal("an allocation is decided once"),
            ),
            pgtrigger.Trigger(
                name="allocation_is_decided_by_no_member",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("state", "decided_by_id", "released_by_id"),
                func=NO_MEMBER,
            ),
        ]

    def __str__(self):
        return f"allocation {self.pk}"

    def region_ids(self) -> list[int]:
        """Of the regions whose competitions it covers: who acts on it holds the role for each of them."""
        return list(self.competitions.order_by("region").values_list("region", flat=True).distinct())

    @property
    def is_proposed(self) -> bool:
        return self.state == AllocationState.PROPOSED

    @property
    def is_approved(self) -> bool:
        return self.state == AllocationState.APPROVED

    @property
    def is_released(self) -> bool:
        return self.released_at is not None
