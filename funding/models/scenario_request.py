from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, Value

from accounts.models import Owed, OwedQuerySet, OwedState, ends_once
from funding.models.panel import PanelSheet
from funding.models.scenario import Method, Scenario

#: SHA-256 of the question, in hexadecimal, as the database counts it.
OF_THE_QUESTION = Func(
    Func(Func(F("question"), Value("UTF8"), function="convert_to"), function="sha256"),
    Value("hex"),
    function="encode",
    output_field=models.CharField(),
)


UNDER_WAY = (OwedState.WAITING, OwedState.LEASED)


class ScenarioRequestQuerySet(OwedQuerySet):
    def visible_to(self, user):
        return self.filter(sheet__in=PanelSheet.objects.visible_to(user))

    def in_hand(self, at):
        """Also those that are cancelled and whose worker may not have noticed yet."""
        return self.filter(state__in=[OwedState.LEASED, OwedState.VOID], leased_until__gt=at)

    def under_way(self):
        return self.filter(state__in=UNDER_WAY)

    def without_scenario(self):
        """Those that are waited for, and those of which nothing came."""
        return self.filter(scenario=None)


class ScenarioRequest(Owed):
    """A scenario that a job works out: what was asked stands here as it was when it was asked.

    question     JSON, as ``funding.scenarios.working`` has it; fingerprint: its SHA-256, which the
                 database checks, as it keeps all that was asked from being changed
    answer       as ``funding.scenarios.working`` has it, kept as soon as it is found, while the job still
                 asks what each rule costs
    good         while the answer is looked for, the best so far and what nothing exceeds, or nothing
    parts        the answer and each rule's cost: how many there are; parts_done: how many are found
    why_not      why the question has no answer, where the job came to that; nothing of ours failed then
    """

    #: One after the other: the search of one may take all of a processor and 600 MB.
    IN_HAND: ClassVar[int] = 1

    sheet = models.ForeignKey(PanelSheet, models.PROTECT, related_name="scenario_requests")
    name = models.CharField(max_length=80)
    method = models.CharField(max_length=9, choices=Method)
    question = models.TextField(editable=False)
    fingerprint = models.CharField(max_length=64, editable=False)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.JSONField(null=True, editable=False)
    good = models.JSONField(null=True, editable=False)
    parts = models.PositiveSmallIntegerField(default=1, editable=False)
    parts_done = models.PositiveSmallIntegerField(default=0, editable=False)
    why_not = models.TextField(blank=True, default="", editable=False)
    scenario = models.OneToOneField(
        Scenario, models.PROTECT, null=True, blank=True, related_name="request", editable=False
    )
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    objects = ScenarioRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "scenario request"
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="scenario_request_has_a_name"),
            models.CheckConstraint(
                condition=Q(fingerprint=OF_THE_QUESTION), name="scenario_request_is_of_its_question"
            ),
            models.CheckConstraint(
                condition=Q(scenario=None, why_not="")
                | Q(state=OwedState.DONE) & (Q(scenario=None) | Q(why_not="")),
                name="scenario_request_that_is_answered_has_ended",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_by=None) | Q(state=OwedState.VOID),
                name="scenario_request_that_is_cancelled_has_ended",
            ),
        ]
        triggers = [
            ends_once("scenario_request_ends_once"),
            pgtrigger.Protect(
                name="scenario_request_stays_as_asked",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "sheet", "name", "method", "question", "fingerprint", "asked_by", "asked_at"
                ),
            ),
        ]

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def standing(self) -> str:
        """Where it is, in a word or some."""
        if self.state == OwedState.VOID:
            return "cancelled"
        if self.state == OwedState.FAILED:
            return "failed"
        if self.why_not:
            return "no answer"
        return "being worked out" if self.claimed_at else "waiting for its turn"

    def __str__(self):
        return self.name
