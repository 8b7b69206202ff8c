import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import AppendOnly, in_regions_of
from accounts.roles import Role
from applications.desk.checks import AGAINST, OF_A_RULE, OF_THE_SCOPE, Check, Outcome
from applications.models.application import READERS, Application, ApplicationQuerySet
from applications.models.waiver import NO_MEMBER
from applications.workflow import Status


class EligibilityCase(Application):
    """An application as the desk sees it, for a list of its own in the office."""

    class Meta:
        proxy = True
        verbose_name = "eligibility check"


class ScopeCaseQuerySet(ApplicationQuerySet):
    def visible_to(self, user):
        """For innovation leads of its region, and whoever reads every application there."""
        roles = READERS | {Role.LEAD}
        return self.filter(in_regions_of(user, roles, "competition__region")).exclude(status=Status.DRAFT)


class ScopeCase(Application):
    """An application as an innovation lead sees it: by its scope answer alone."""

    objects = ScopeCaseQuerySet.as_manager()

    class Meta:
        proxy = True
        verbose_name = "scope check"


class RuleDecisionQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(in_regions_of(user, READERS, "application__competition__region"))

    def latest_of_each(self):
        """The last decision of each check of each application, the one that counts."""
        later = RuleDecision.objects.filter(
            application=OuterRef("application"), rule=OuterRef("rule"), pk__gt=OuterRef("pk")
        )
        return self.filter(~Exists(later))

    def against(self):
        return self.filter(outcome__in=AGAINST)


class RuleDecision(AppendOnly):
    """What the office decided of one check of one application. The last of a check counts; all are kept."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="rule_decisions")
    rule = models.CharField("rule", max_length=7, choices=Check)
    outcome = models.CharField(max_length=15, choices=Outcome)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    objects = RuleDecisionQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(rule=Check.SCOPE, outcome__in=OF_THE_SCOPE)
                | ~Q(rule=Check.SCOPE) & Q(outcome__in=OF_A_RULE),
                name="rule_decision_has_an_outcome_of_its_rule",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=[Outcome.MEETS, Outcome.IN_SCOPE]) | ~Q(reason=""),
                name="rule_decision_against_has_a_reason",
            ),
        ]
        indexes = [models.Index("application", "rule", "id", name="rule_decision_of_application")]
        triggers = [
            *AppendOnly.Meta.triggers,
            pgtrigger.Trigger(
                name="rule_is_decided_by_no_member",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=NO_MEMBER,
            ),
        ]

    def __str__(self):
        return f"{self.rule} of {self.application_id}: {self.outcome}"

    @property
    def is_against(self) -> bool:
        return self.outcome in AGAINST
