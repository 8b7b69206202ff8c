from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, Value

from accounts.models import AppendOnly
from funding.models.panel import PanelSheet
from funding.portfolio.problem import Objective as SolverObjective

#: SHA-256 of the question, a line's end and the answer, in hexadecimal, as the database counts it.
OF_BOTH = Func(
    Func(
        Func(
            Func(F("question"), Value("\n"), F("answer"), function="concat"),
            Value("UTF8"),
            function="convert_to",
        ),
        function="sha256",
    ),
    Value("hex"),
    function="encode",
    output_field=models.CharField(),
)


class Method(models.TextChoices):
    TOP_DOWN = "top down", "Top-down to the line"
    PORTFOLIO = "portfolio", "Best portfolio"


class Objective(models.TextChoices):
    SCORE = SolverObjective.SCORE.value, "The most score: the sum of the scores of what is funded"
    SCORE_WEIGHTED_GRANT = (
        SolverObjective.SCORE_WEIGHTED_GRANT.value,
        "The most score-weighted grant: each pound counts by the score it goes to",
    )


class ScenarioQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(sheet__in=PanelSheet.objects.visible_to(user))


class Scenario(AppendOnly):
    """One way to allocate from a frozen panel sheet: what was asked, and what it comes to.

    question, answer  JSON, as ``funding.scenarios.working`` has them; the second follows from the first
    fingerprint       SHA-256 of both, which the database checks
    costs             JSON, as ``funding.scenarios.costs`` has it: what each rule displaces. Worked out with
                      the answer, so that no page solves anything; empty where an earlier release made it
    """

    sheet = models.ForeignKey(PanelSheet, models.PROTECT, related_name="scenarios")
    name = models.CharField(max_length=80)
    method = models.CharField(max_length=9, choices=Method)
    question = models.TextField(editable=False)
    answer = models.TextField(editable=False)
    fingerprint = models.CharField(max_length=64)
    costs = models.TextField(blank=True, default="", editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    objects = ScenarioQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="scenario_has_a_name"),
            models.CheckConstraint(condition=Q(fingerprint=OF_BOTH), name="scenario_is_of_its_content"),
        ]

    def __str__(self):
        return self.name
