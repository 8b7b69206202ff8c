"""Scenarios that a job works out: how far each is, why there is none, and cancelling it."""

import json
from collections.abc import Collection, Iterable
from decimal import Decimal
from fractions import Fraction
from math import ceil

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from applications.models import Competition
from funding import panel_sheets
from funding.admin.panel import PanelPages
from funding.admin.panel_reading import answer, elsewhere
from funding.models import Budget, ScenarioRequest
from funding.scenarios import asking, making, proof

#: Of those without a scenario, so many are led to: the ones asked for last.
LISTED = 10
#: Where the reason names a budget that is not the reader's to see.
NOT_TOLD = (
    "What was asked cannot be kept together. The reason names money that others see: ask the fund managers."
)


class ScenarioRequestPages(PanelPages):
    def scenario_request_urls(self, view) -> list:
        return [
            path(
                "scenario-request/<int:pk>/",
                view(require_GET(self.scenario_request_view)),
                name="funding_scenario_request",
            ),
            path(
                "scenario-request/<int:pk>/cancel/",
                view(require_POST(self.cancel_scenario_view)),
                name="funding_scenario_request_cancel",
            ),
        ]

    def scenario_request_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The scenario itself, once it is there."""
        owed = scenario_request(request, pk)
        if owed.scenario_id:
            return redirect("admin:funding_scenario", owed.scenario_id)
        competition, together = self._list(request, owed.sheet.competition.code)
        if beyond := elsewhere(request, together):
            return self._closed_sheet(request, competition, beyond)
        asked = json.loads(owed.question)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": owed.name,
            "owed": owed,
            "competition": competition,
            "seconds": asked["seconds"],
            "so_far": _so_far(owed),
            "why_not": reason_told(request, owed.why_not, asked["budgets"]),
            "may_cancel": owed.is_under_way and asking.may_cancel(owed, request.user),
            "may_make": bool(request.user.roles_in_all(one.region_id for one in together) & making.MAKERS),
        }
        return answer(request, "scenario_request", context, 200)

    @one_effect("cancel scenario")
    def cancel_scenario_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Also of one that has ended meanwhile: the page then says so."""
        at, owed = arrived_at(request), scenario_request(request, pk)
        try:
            asking.cancel(owed, by=request.user, at=at)
        except asking.NotTheirs:
            raise PermissionDenied from None
        except asking.HasEnded as refusal:
            messages.info(request, str(refusal))
        else:
            messages.success(request, "The scenario is cancelled.")
        return redirect("admin:funding_scenario_request", pk)


def scenario_request(request: HttpRequest, pk: int) -> ScenarioRequest:
    rows = ScenarioRequest.objects.visible_to(request.user)
    rows = rows.select_related("sheet__competition", "asked_by", "cancelled_by")
    return get_object_or_404(rows, pk=pk)


def without_scenario(competitions: Collection[Competition]) -> QuerySet[ScenarioRequest]:
    """Those asked for last, of any version of the competitions' sheet."""
    rows = ScenarioRequest.objects.without_scenario()
    rows = rows.filter(sheet__in=panel_sheets.versions_of(competitions).order_by())
    named = ("name", "state", "why_not", "claimed_at", "asked_at", "asked_by")
    return rows.select_related("asked_by").only(*named).order_by("-pk")[:LISTED]


def reason_told(request: HttpRequest, reason: str, codes: Iterable[str]) -> str:
    """Why there is no scenario, as this reader may know it.

    codes  of the budgets that were asked of
    """
    visible = Budget.objects.visible_to(request.user).values_list("code", flat=True)
    return NOT_TOLD if any(code in reason for code in set(codes).difference(visible)) else reason


def _so_far(owed: ScenarioRequest) -> str:
    """What is known while it is worked out; nothing where nothing is."""
    if owed.answer:
        return proof.in_words(owed.answer)
    if not owed.good or not owed.good[0]:
        return ""
    value, most = owed.good
    share = Decimal(ceil(Fraction(most - value, value) * 1000)) / 10
    return f"A good portfolio is found; a better one would be worth at most {share}% more."
