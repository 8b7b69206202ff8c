"""Scenarios of a panel sheet: made, compared, proposed, and the decision pack of what was proposed."""

import json
import re

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from applications.assessment import independence
from applications.models import Competition
from funding import allocation as allocating
from funding import duties, panel_sheets
from funding.admin import side_by_side, waits
from funding.admin.panel_reading import answer, bound_by, elsewhere
from funding.admin.scenario_forms import asked_again, drawn_codes, form_for, visible_codes
from funding.admin.scenario_requests import ScenarioRequestPages, reason_told, without_scenario
from funding.forms.part_awards import ANOTHER
from funding.models import Allocation, Budget, Outcome, PanelSheet, Purpose, Scenario, ScenarioRequest
from funding.scenarios import (
    asking,
    comparing,
    costs,
    later_pack,
    making,
    pack,
    proof,
)
from funding.sheet import Sheet, read

#: Scenarios that stand side by side: those made last.
COMPARED = 6
#: Scenarios of earlier versions of the sheet that are led to.
LISTED = 50
#: The number of a request, as an address has it.
NUMBER = re.compile(r"[0-9]{1,15}")


class ScenarioPages(ScenarioRequestPages):
    def scenario_urls(self, view) -> list:
        return [
            *self.scenario_request_urls(view),
            path("panel-sheet/<str:code>/scenarios/", view(self.scenarios_view), name="funding_scenarios"),
            path("scenario/<int:pk>/", view(require_GET(self.scenario_view)), name="funding_scenario"),
            path(
                "scenario/<int:pk>/propose/",
                view(require_POST(self.propose_scenario_view)),
                name="funding_scenario_propose",
            ),
            path("<int:pk>/pack.json", view(require_GET(self.pack_view)), name="funding_allocation_pack"),
        ]

    def scenarios_view(self, request: HttpRequest, code: str) -> HttpResponse:
        if request.method == "POST" and {"show", ANOTHER} & request.POST.keys():
            return self._show_more(request, code)
        if request.method == "POST":
            return self.make_scenario_view(request, code)
        competition, together = self._list(request, code)
        again = request.GET.get("again", "")
        form = asked_again(request, together, int(again)) if NUMBER.fullmatch(again) else None
        return self._scenarios(request, competition, together, form=form)

    def _show_more(self, request: HttpRequest, code: str) -> HttpResponse:
        """The form as it was typed, with one more row, and a box for each organisation of part awards."""
        competition, together = self._list(request, code)
        _check_may(request, together)
        form = form_for(request, read(together), request.POST)
        form.errors.clear()
        return self._scenarios(request, competition, together, form=form)

    @one_effect("make scenario")
    def make_scenario_view(self, request: HttpRequest, code: str) -> HttpResponse:
        at = arrived_at(request)
        competition, together = self._list(request, code)
        _check_may(request, together)
        form = form_for(request, read(together), request.POST)
        if not form.is_valid():
            return self._scenarios(request, competition, together, form=form, status=422)
        try:
            with waits.in_time():
                made = asking.ask(together, form.definition(), by=request.user, at=at)
        except independence.OwnOrganisation as refusal:
            return self._scenarios(
                request, competition, together, form=form, problems=[str(refusal)], status=409
            )
        except making.NotFundable as refusal:
            form.refuse_forced(refusal.reference, str(refusal))
            return self._scenarios(request, competition, together, form=form, status=422)
        except making.ScenarioRefused as refusal:
            said = reason_told(request, str(refusal), drawn_codes(read(together)))
            return self._scenarios(request, competition, together, form=form, problems=[said], status=422)
        except waits.TryAgain:
            return self._scenarios(
                request, competition, together, form=form, problems=[waits.TRY_AGAIN], status=503
            )
        if isinstance(made, ScenarioRequest):
            messages.success(request, f"The scenario “{made.name}” has been asked for.")
            return redirect("admin:funding_scenario_request", made.pk)
        messages.success(request, f"The scenario “{made.name}” has been worked out.")
        return redirect("admin:funding_scenario", made.pk)

    def _scenarios(
        self, request, competition: Competition, together, *, form=None, problems=(), status=200
    ) -> HttpResponse:
        if beyond := elsewhere(request, together):
            return self._closed_sheet(request, competition, beyond)
        sheet = read(together)
        codes = visible_codes(request, sheet)
        latest = panel_sheets.latest_of(sheet.competitions)
        rows = _latest(latest)
        columns = comparing.columns(rows, codes)
        roles = request.user.roles_in_all(one.region_id for one in together)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Scenarios {competition.code}",
            "competition": competition,
            "together": together,
            "columns": columns,
            "earlier": _earlier(rows),
            "requests": without_scenario(sheet.competitions),
            "of_earlier_versions": _of_earlier_versions(sheet, latest),
            "rows": side_by_side.rows(columns, codes),
            "lines": side_by_side.lines(sheet, columns),
            "sheet_version": latest,
            "form": form if form is not None else form_for(request, sheet),
            "is_portfolio_announced": all(one.announces_portfolio for one in together),
            "may_make": bool(roles & making.MAKERS) and bool(sheet.standings),
            "bound": bound_by(request.user, [one.application_id for one in sheet.standings])
            if roles & making.MAKERS
            else "",
            "problems": problems,
        }
        return answer(request, "scenarios", context, status)

    def scenario_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._scenario(request, _scenario(request, pk))

    def _scenario(self, request, scenario: Scenario, *, problems=(), status=200) -> HttpResponse:
        competition, together = self._list(request, scenario.sheet.competition.code)
        if beyond := elsewhere(request, together):
            return self._closed_sheet(request, competition, beyond)
        sheet = read(together)
        codes = visible_codes(request, sheet)
        asked, found = making.question_and_answer(scenario)
        grants = {line["reference"]: line for line in asked["lines"]}
        standings = {one.reference: one for one in sheet.standings}
        roles = request.user.roles_in_all(one.region_id for one in together)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": scenario.name,
            "scenario": scenario,
            "competition": competition,
            "column": comparing.columns([scenario], codes)[0],
            "proof": proof.in_words(found),
            "budgets": [
                (code, asked["budgets"][code], found["taken"][code], found["left"][code])
                for code in codes
                if code in asked["budgets"]
            ],
            "prices": costs.of(scenario, codes),
            "lines": [
                (grants[reference], standings.get(reference), Outcome(found["outcomes"][reference]))
                for reference in found["order"]
            ],
            "may_propose": bool(roles & duties.PROPOSE)
            and not bound_by(request.user, [one.application_id for one in sheet.standings])
            and not Allocation.objects.standing().covering(together).exists(),
            "problems": problems,
        }
        return answer(request, "scenario", context, status)

    @one_effect("propose allocation")
    def propose_scenario_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        at = arrived_at(request)
        scenario = _scenario(request, pk)
        _, together = self._list(request, scenario.sheet.competition.code)
        try:
            with waits.in_time():
                made = allocating.propose(together, scenario, by=request.user, at=at)
        except duties.RoleMissing as refusal:
            raise PermissionDenied from refusal
        except allocating.NotReady as refusal:
            return self._scenario(request, scenario, problems=refusal.lacks, status=409)
        except (allocating.ScenarioStale, independence.OwnOrganisation) as refusal:
            return self._scenario(request, scenario, problems=[str(refusal)], status=409)
        except waits.TryAgain:
            return self._scenario(request, scenario, problems=[waits.TRY_AGAIN], status=503)
        messages.success(request, "The allocation has been proposed. Another person decides it.")
        return redirect("admin:funding_allocation_change", made.pk)

    def pack_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The decision pack names the programme's money, so it is for those who see all of its budgets."""
        visible = Allocation.objects.visible_to(request.user).select_related("scenario__sheet")
        allocation = get_object_or_404(visible, pk=pk)
        try:
            packed, codes = _packed(allocation)
        except (pack.NoScenario, later_pack.NotDecided) as lacking:
            raise Http404 from lacking
        seen = set(Budget.objects.visible_to(request.user).values_list("code", flat=True))
        if not seen >= codes:
            raise PermissionDenied
        text = json.dumps(packed, ensure_ascii=False, indent=1, sort_keys=True)
        name = f"decision-pack-{allocation.pk}.json"
        return HttpResponse(
            text,
            content_type="application/json",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


def _packed(allocation: Allocation) -> tuple[dict, set[str]]:
    """The pack, and the codes of the budgets whose money it names."""
    if allocation.purpose == Purpose.LATER_MONEY:
        packed = later_pack.of(allocation)
        return packed, {one["code"] for one in packed["inputs"]["budgets"]}
    packed = pack.of(allocation)
    return packed, set(packed["question"]["budgets"])


def _scenario(request: HttpRequest, pk: int) -> Scenario:
    rows = Scenario.objects.visible_to(request.user).select_related("sheet__competition", "made_by")
    return get_object_or_404(rows, pk=pk)


def _latest(sheet: PanelSheet | None) -> list[Scenario]:
    """In the order in which they were made."""
    made = Scenario.objects.filter(sheet=sheet).select_related("made_by").order_by("-pk")
    return list(made[:COMPARED])[::-1]


def _earlier(shown: list[Scenario]) -> QuerySet[Scenario] | list[Scenario]:
    """Those made from the same sheet before the ones that are shown."""
    if len(shown) < COMPARED:
        return []
    before = Scenario.objects.filter(sheet=shown[0].sheet_id, pk__lt=shown[0].pk)
    return before.only("name").order_by("pk")


def _of_earlier_versions(sheet: Sheet, latest: PanelSheet | None) -> QuerySet[Scenario]:
    """The newest first; of the competitions' sheet as it was before the version that is shown."""
    made = Scenario.objects.filter(sheet__in=panel_sheets.versions_of(sheet.competitions).order_by())
    made = made.exclude(sheet=latest) if latest else made
    return made.select_related("sheet").only("name", "sheet__number").order_by("-pk")[:LISTED]


def _check_may(request: HttpRequest, together: list[Competition]) -> None:
    if not request.user.roles_in_all(one.region_id for one in together) & making.MAKERS:
        raise PermissionDenied
