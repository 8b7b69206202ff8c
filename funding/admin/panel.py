"""The panel sheet: the ranked list with its line, what the panel records of it, and its frozen versions."""

import json
from collections.abc import Callable, Set

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_POST

from accounts.admin.records import Record
from accounts.roles import Role
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from applications import flags
from applications.assessment import independence
from applications.assessment.standings import RanksBy
from applications.models import Competition
from funding import allocation as allocating
from funding import duties, frozen, panel_sheets
from funding.admin import faults, waits
from funding.admin.panel_reading import (
    answer,
    bound_by,
    competitions,
    decided_plan,
    elsewhere,
    lines_without,
    page_of,
    visible_codes,
    visible_cuts,
)
from funding.exports import panel as exports
from funding.forms.panel import PanelNoteForm, RankingForm
from funding.models import Allocation, PanelSheet
from funding.sheet import Sheet, read

#: Lines of the sheet on one page; the file has all of them.
LINES = 100


class PanelPages(Record):
    """Pages of the allocations' admin about the list that allocations are made from."""

    def panel_urls(self, view) -> list:
        posts = {
            "propose": ("funding_allocation_propose", self.propose_view),
            "choose": ("funding_panel_sheet_choose", self.choose_view),
            "note": ("funding_panel_sheet_note", self.note_view),
            "freeze": ("funding_panel_sheet_freeze", self.freeze_view),
        }
        return [
            path("panel-sheet/<str:code>/", view(self.sheet_view), name="funding_panel_sheet"),
            path("panel-sheet/<str:code>/sheet.csv", view(self.csv_view), name="funding_panel_sheet_csv"),
            path("panel-sheet/<str:code>/sheet.xlsx", view(self.xlsx_view), name="funding_panel_sheet_xlsx"),
            path(
                "panel-sheet/<str:code>/assessors/",
                view(self.assessors_view),
                name="funding_panel_sheet_assessors",
            ),
            path("panel-version/<int:pk>/", view(self.version_view), name="funding_panel_version"),
            *[
                path(f"panel-sheet/<str:code>/{verb}/", view(require_POST(act)), name=name)
                for verb, (name, act) in posts.items()
            ],
        ]

    def sheet_view(self, request: HttpRequest, code: str) -> HttpResponse:
        return self._sheet(request, *self._list(request, code))

    def _sheet(self, request, competition, together, *, problems=(), status=200, **sent) -> HttpResponse:
        at = arrived_at(request)
        if beyond := elsewhere(request, together):
            return self._closed_sheet(request, competition, beyond)
        sheet = read(together)
        held = Allocation.objects.standing().covering(together)
        allocated = list(held.select_related("proposed_by", "decided_by", "sheet"))
        standing = next((one for one in allocated if one.covers == competition.pk), None)
        is_decided = standing is not None and standing.is_approved
        plan = decided_plan(standing, sheet.standings) if is_decided else sheet.plan
        cuts = visible_cuts(request, plan.cuts)
        roles = request.user.roles_in_all(one.region_id for one in together)
        acts = duties.PROPOSE | panel_sheets.CHOOSE | panel_sheets.FREEZE | panel_sheets.NOTERS
        bound = (
            bound_by(request.user, [one.application_id for one in sheet.standings]) if roles & acts else ""
        )
        page = Paginator(plan.lines, LINES).get_page(request.GET.get("page"))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Panel sheet {competition.code}",
            "competition": competition,
            "together": together,
            "sheet": sheet,
            "plan": plan,
            "page": page,
            "line_on": page_of(plan, LINES),
            "fragile": {} if is_decided else sheet.fragile,
            "flags": flags.of_applications(line.standing.application_id for line in page.object_list),
            "lacks": []
            if standing
            else allocating.lacks(
                together,
                sheet.standings,
                drawn=sheet.drawn,
                allocated={one.covers for one in allocated},
                at=at,
            ),
            "standing": standing,
            "cuts": cuts,
            "is_stopped_above": any(cut.stops_plan for cut in plan.cuts if cut not in cuts),
            "may_propose": bool(roles & duties.PROPOSE) and not bound,
            "may_choose": bool(roles & panel_sheets.CHOOSE) and not bound and not standing,
            "may_freeze": bool(roles & panel_sheets.FREEZE) and not bound and bool(sheet.standings),
            "may_note": bool(roles & panel_sheets.NOTERS) and not bound,
            "form": sent.get("choose") or RankingForm(initial={"ranks_by": sheet.ranks_by}),
            "note_form": sent.get("note") or PanelNoteForm(),
            "bound": bound if roles & duties.PROPOSE else "",
            "problems": problems,
            "faults": faults.of(*sent.values()),
            "at": at,
        }
        return answer(request, "panel_sheet", context, status)

    def _closed_sheet(self, request, competition: Competition, beyond: list[Competition]) -> HttpResponse:
        """Say why somebody of one region does not see a list that runs over several."""
        named = ", ".join(f"{one.code} of {one.region}" for one in beyond)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Panel sheet {competition.code}",
            "competition": competition,
            "elsewhere": named,
        }
        template = "admin/funding/allocation/closed_sheet.html"
        return TemplateResponse(request, template, context, status=403)

    @one_effect("propose allocation")
    def propose_view(self, request: HttpRequest, code: str) -> HttpResponse:
        at = arrived_at(request)
        competition, together = self._list(request, code)
        try:
            with waits.in_time():
                allocation = allocating.propose(together, by=request.user, at=at)
        except duties.RoleMissing as refusal:
            return self._sheet(request, competition, together, problems=[f"{refusal}."], status=403)
        except independence.OwnOrganisation as refusal:
            return self._sheet(request, competition, together, problems=[str(refusal)], status=409)
        except allocating.NotReady as refusal:
            return self._sheet(request, competition, together, problems=refusal.lacks, status=409)
        except waits.TryAgain:
            return self._sheet(request, competition, together, problems=[waits.TRY_AGAIN], status=503)
        messages.success(request, "The allocation has been proposed. An approver decides it.")
        return redirect("admin:funding_allocation_change", allocation.pk)

    @one_effect("choose ranking")
    def choose_view(self, request: HttpRequest, code: str) -> HttpResponse:
        at, form = arrived_at(request), RankingForm(request.POST)
        competition, together = self._list(request, code, panel_sheets.CHOOSE)
        if not form.is_valid():
            return self._sheet(request, competition, together, status=422, choose=form)
        by, reason = form.cleaned_data["ranks_by"], form.cleaned_data["reason"]

        def choose() -> str:
            panel_sheets.choose(together, by, reason=reason, by=request.user, at=at)
            return f"From now on this ranks: {RanksBy(by).label.lower()}."

        return self._recorded(request, competition, together, choose, choose=form)

    @one_effect("write panel note")
    def note_view(self, request: HttpRequest, code: str) -> HttpResponse:
        at, form = arrived_at(request), PanelNoteForm(request.POST)
        competition, together = self._list(request, code, panel_sheets.NOTERS)
        if not form.is_valid():
            return self._sheet(request, competition, together, status=422, note=form)
        text = form.cleaned_data["text"]

        def note() -> str:
            panel_sheets.note(together, text, by=request.user, at=at)
            return "The note is kept."

        return self._recorded(request, competition, together, note, note=form)

    @one_effect("freeze panel sheet")
    def freeze_view(self, request: HttpRequest, code: str) -> HttpResponse:
        at = arrived_at(request)
        competition, together = self._list(request, code)

        def freeze() -> str:
            sheet = panel_sheets.freeze(together, by=request.user, at=at)
            return f"The sheet as it stands is kept as version {sheet.number}."

        return self._recorded(request, competition, together, freeze)

    def _list(
        self, request: HttpRequest, code: str, needed: Set[Role] = frozenset()
    ) -> tuple[Competition, list[Competition]]:
        """The competition and all of its list; for who acts on it, with one of the roles in all of them."""
        competition, together = competitions(request, code)
        if needed and not request.user.roles_in_all(one.region_id for one in together) & needed:
            raise PermissionDenied
        return competition, together

    def _recorded(self, request, competition, together, deed: Callable[[], str], **sent) -> HttpResponse:
        """Do it and say what it says of itself, or show the sheet again with why it was refused."""
        try:
            with waits.in_time():
                said = deed()
        except duties.RoleMissing as refusal:
            return self._sheet(request, competition, together, problems=[f"{refusal}."], status=403, **sent)
        except (independence.OwnOrganisation, panel_sheets.PanelRefused) as refusal:
            is_text = isinstance(refusal, panel_sheets.TextRefused)
            status = 422 if is_text else 409
            return self._sheet(request, competition, together, problems=[str(refusal)], status=status, **sent)
        except waits.TryAgain:
            return self._sheet(request, competition, together, problems=[waits.TRY_AGAIN], status=503, **sent)
        messages.success(request, said)
        return redirect("admin:funding_panel_sheet", competition.code)

    def version_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A frozen version as it was kept, and what has changed since."""
        kept = self._version(request, pk)
        if kept is None:
            return redirect("admin:funding_allocation_changelist")
        version, content, together = kept
        seen = visible_codes(request, content)
        now = panel_sheets.content(read(together))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Panel sheet {version.competition.code}, version {version.number}",
            "version": version,
            "content": content,
            "lines": [frozen.Kept(line) for line in content["lines"]],
            "budgets": [frozen.sums(one) for one in content["budgets"] if one["code"] in seen],
            "differences": frozen.differences(content, now, budgets=seen),
        }
        return answer(request, "panel_version", context, 200)

    def _version(self, request, pk: int) -> tuple[PanelSheet, dict, list[Competition]] | None:
        """None where the list runs over regions that this person does not read."""
        found = PanelSheet.objects.visible_to(request.user).select_related("competition", "frozen_by")
        version = get_object_or_404(found, pk=pk)
        content = json.loads(version.content)
        codes = [one["code"] for one in content["competitions"]]
        together = list(Competition.objects.filter(code__in=codes).order_by("code"))
        if elsewhere(request, together):
            messages.error(request, "That sheet runs over regions that you do not see.")
            return None
        return version, content, together

    def assessors_view(self, request: HttpRequest, code: str) -> HttpResponse:
        """For each assessor, the outcomes that are others where all that they gave is left out."""
        competition, together = self._list(request, code)
        if beyond := elsewhere(request, together):
            return self._closed_sheet(request, competition, beyond)
        sheet = read(together)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Without one assessor: {competition.code}",
            "competition": competition,
            "lines": lines_without(sheet),
            "number": len(sheet.estimate.effects),
            "is_decided": any(one.is_approved for one in Allocation.objects.standing().covering(together)),
        }
        return answer(request, "assessors", context, 200)

    def csv_view(self, request: HttpRequest, code: str) -> HttpResponseBase:
        return self._file(request, code, "csv")

    def xlsx_view(self, request: HttpRequest, code: str) -> HttpResponseBase:
        return self._file(request, code, "xlsx")

    def _file(self, request: HttpRequest, code: str, ending: str) -> HttpResponseBase:
        """The sheet as it stands, or with ``?version=`` as it was frozen."""
        at = arrived_at(request)
        competition, together = self._list(request, code)
        if beyond := elsewhere(request, together):
            return self._closed_sheet(request, competition, beyond)
        number = request.GET.get("version", "")
        if number:
            named = int(number) if number.isascii() and number.isdecimal() and len(number) < 5 else 0
            version = get_object_or_404(panel_sheets.versions_of(together), number=named)
            return exports.answer(json.loads(version.content)["lines"], version, ending, request.user, at)
        sheet: Sheet = read(together)
        lines = [panel_sheets.line_of(line, sheet.fragile) for line in sheet.plan.lines]
        return exports.answer(lines, competition, ending, request.user, at)
