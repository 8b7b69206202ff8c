"""The panel sheet and what follows from it: proposed by one person, decided by another, released."""

from decimal import Decimal

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_POST

from accounts.admin.records import Record
from accounts.roles import Role
from accounts.templatetags.launchpad_format import local_time
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from applications import flags, independence, ranking
from applications.admin.filters import CompetitionChoices
from applications.models import Competition, Stage
from applications.ranking import Standing
from funding import allocation as allocating
from funding import duties, release
from funding.admin import waits
from funding.awards import NothingToAward
from funding.ledger import ApprovalsStopped, NotEnough
from funding.line import Cut, Line, Plan
from funding.models import READERS, Allocation, Budget, Outcome

SECOND_PERSON = "You proposed this allocation. Another approver has to decide it."


@admin.register(Allocation)
class AllocationAdmin(Record):
    list_display = ("__str__", "covers", "state", "proposed_by", "proposed_at", "decided_by", "released_at")
    list_filter = ("state", ("competitions", CompetitionChoices))
    list_select_related = ("proposed_by", "decided_by")
    ordering = ("-proposed_at", "-pk")
    does = {
        Role.FUNDS: "Rank, propose and release",
        Role.APPROVER: "Approve or refuse",
        Role.MANAGER: "See the panel sheets and release",
    }
    change_list_template = "admin/funding/allocation/list.html"

    @admin.display(description="competitions")
    def covers(self, allocation):
        return ", ".join(sorted(competition.code for competition in allocation.competitions.all()))

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("competitions")

    def get_urls(self):
        view = self.admin_site.admin_view
        act = {"approve": self.approve_view, "refuse": self.refuse_view, "release": self.release_view}
        return [
            path("panel-sheet/<str:code>/", view(self.sheet_view), name="funding_panel_sheet"),
            path(
                "panel-sheet/<str:code>/propose/",
                view(require_POST(self.propose_view)),
                name="funding_allocation_propose",
            ),
            *[
                path(f"<int:pk>/{verb}/", view(require_POST(act[verb])), name=f"funding_allocation_{verb}")
                for verb in act
            ],
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        sheets = (
            Competition.objects.run_by(request.user, READERS)
            .exclude(stage=Stage.SET_UP)
            .select_related("region")
            .order_by("-closes_at", "code")
        )
        return super().changelist_view(request, {"sheets": sheets, **(extra_context or {})})

    def sheet_view(self, request: HttpRequest, code: str) -> HttpResponse:
        at = arrived_at(request)
        competition = _competition(request, code)
        return self._sheet(request, competition, at)

    def _sheet(self, request, competition, at, *, problems=(), status=200) -> HttpResponse:
        together = allocating.allocated_with(competition)
        if elsewhere := _elsewhere(request, together):
            return self._closed_sheet(request, competition, elsewhere)
        standings = ranking.panel_sheet(together)
        visible = Allocation.objects.visible_to(request.user).standing().of(competition)
        standing = visible.select_related("proposed_by", "decided_by").order_by("-pk").first()
        is_decided = standing is not None and standing.is_approved
        plan = _decided_plan(standing, standings) if is_decided else allocating.draft(together, standings)
        cuts = _visible(request, plan.cuts)
        may_propose = bool(_roles(request, together) & duties.PROPOSE)
        bound = _bound(request.user, [one.application_id for one in standings]) if may_propose else ""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Panel sheet {competition.code}",
            "competition": competition,
            "together": together,
            "plan": plan,
            "flags": flags.of_applications(standing.application_id for standing in standings),
            "lacks": allocating.lacks(together, standings, at=at),
            "standing": standing,
            "cuts": cuts,
            "is_stopped_above": any(cut.stops_plan for cut in plan.cuts if cut not in cuts),
            "may_propose": may_propose and not bound,
            "bound": bound,
            "problems": problems,
            "at": at,
        }
        return _answer(request, "panel_sheet", context, status)

    def _closed_sheet(self, request, competition: Competition, elsewhere: list[Competition]) -> HttpResponse:
        """Say why somebody of one region does not see a list that runs over several."""
        named = ", ".join(f"{one.code} of {one.region}" for one in elsewhere)
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
        competition = _competition(request, code)
        together = allocating.allocated_with(competition)
        try:
            with waits.in_time():
                allocation = allocating.propose(together, by=request.user, at=at)
        except duties.RoleMissing as refusal:
            return self._sheet(request, competition, at, problems=[f"{refusal}."], status=403)
        except independence.OwnOrganisation as refusal:
            return self._sheet(request, competition, at, problems=[str(refusal)], status=409)
        except allocating.NotReady as refusal:
            return self._sheet(request, competition, at, problems=refusal.lacks, status=409)
        except waits.TryAgain:
            return self._sheet(request, competition, at, problems=[waits.TRY_AGAIN], status=503)
        messages.success(request, "The allocation has been proposed. An approver decides it.")
        return redirect("admin:funding_allocation_change", allocation.pk)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        number = (
            int(object_id) if object_id.isascii() and object_id.isdecimal() and len(object_id) < 16 else 0
        )
        return self._page(request, number)

    def _page(self, request, pk: int, *, problems=(), reason="", status=200) -> HttpResponse:
        allocation = _allocation(request, pk)
        roles = request.user.roles_in_all(allocation.region_ids())
        decides = bool(roles & duties.DECIDE)
        effect = allocating.effect(allocation) if allocation.is_proposed else None
        bound = _bound(request.user, allocation.lines.values("application"))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Allocation {allocation.pk}",
            "allocation": allocation,
            "competitions": allocation.competitions.order_by("code"),
            "lines": allocation.lines.select_related("application__competition").order_by("position"),
            "effect": effect,
            "cuts": _visible(request, effect.cuts) if effect else [],
            "may_decide": decides
            and not bound
            and allocation.is_proposed
            and allocation.proposed_by != request.user,
            "is_own": decides and allocation.proposed_by == request.user,
            "may_release": bool(roles & duties.RELEASE)
            and not bound
            and allocation.is_approved
            and not allocation.is_released,
            "bound": bound if roles & (duties.DECIDE | duties.RELEASE) else "",
            "preview": release.preview(allocation) if allocation.is_approved else None,
            "problems": problems,
            "reason": reason,
        }
        return _answer(request, "allocation", context, status)

    @one_effect("approve allocation")
    def approve_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        at = arrived_at(request)
        allocation = _allocation(request, pk)
        return self._decided(
            request, pk, lambda: allocating.approve(allocation, by=request.user, at=at), "approved"
        )

    @one_effect("refuse allocation")
    def refuse_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        at = arrived_at(request)
        allocation = _allocation(request, pk)
        if not request.user.roles_in_all(allocation.region_ids()) & duties.DECIDE:
            raise PermissionDenied
        reason = request.POST.get("reason", "").replace("\x00", "")[:2000]
        if not reason.strip():
            return self._page(request, pk, problems=["Give the reason for refusing."], status=422)
        return self._decided(
            request,
            pk,
            lambda: allocating.refuse(allocation, reason, by=request.user, at=at),
            "refused",
            reason=reason,
        )

    def _decided(self, request, pk: int, decide, word: str, *, reason: str = "") -> HttpResponse:
        """Carry out a decision, or show the page again with why it was refused."""
        try:
            with waits.in_time():
                decide()
        except allocating.AlreadyDecided as refusal:
            state = refusal.allocation.get_state_display().lower()
            messages.info(request, f"Already {state} by {refusal.by} at {local_time(refusal.at)}.")
            return redirect("admin:funding_allocation_change", pk)
        except duties.SamePerson:
            return self._page(request, pk, problems=[SECOND_PERSON], reason=reason, status=409)
        except duties.RoleMissing as refusal:
            return self._page(request, pk, problems=[f"{refusal}."], reason=reason, status=403)
        except independence.OwnOrganisation as refusal:
            return self._page(request, pk, problems=[str(refusal)], reason=reason, status=409)
        except allocating.SheetChanged as refusal:
            changed = ", ".join(refusal.references)
            problem = f"The panel sheet has changed since this was proposed, for {changed}. Propose again."
            return self._page(request, pk, problems=[problem], status=409)
        except NotEnough as refusal:
            return self._page(request, pk, problems=[refusal.told_to(request.user)], status=409)
        except ApprovalsStopped:
            # The notice on the page says what differs.
            return self._page(request, pk, problems=["Approvals are stopped."], status=409)
        except NothingToAward:
            return self._page(request, pk, problems=["An award in it comes to nothing."], status=409)
        except waits.TryAgain:
            return self._page(request, pk, problems=[waits.TRY_AGAIN], reason=reason, status=503)
        messages.success(request, f"The allocation has been {word}.")
        return redirect("admin:funding_allocation_change", pk)

    @one_effect("release outcomes")
    def release_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        at = arrived_at(request)
        allocation = _allocation(request, pk)
        try:
            with waits.in_time():
                release.release(allocation, by=request.user, at=at)
        except duties.RoleMissing as refusal:
            return self._page(request, pk, problems=[f"{refusal}."], status=403)
        except independence.OwnOrganisation as refusal:
            return self._page(request, pk, problems=[str(refusal)], status=409)
        except release.AlreadyReleased as refusal:
            messages.info(request, f"Already released by {refusal.by} at {local_time(refusal.at)}.")
            return redirect("admin:funding_allocation_change", pk)
        except release.NotApproved:
            return self._page(
                request, pk, problems=["Only an approved allocation can be released."], status=409
            )
        except waits.TryAgain:
            return self._page(request, pk, problems=[waits.TRY_AGAIN], status=503)
        messages.success(request, "The outcomes have been released. Each applicant is sent an email.")
        return redirect("admin:funding_allocation_change", pk)


def _answer(request: HttpRequest, template: str, context: dict, status: int) -> TemplateResponse:
    headers = {"Retry-After": str(waits.RETRY_AFTER)} if status == 503 else None
    return TemplateResponse(
        request, f"admin/funding/allocation/{template}.html", context, status=status, headers=headers
    )


def _competition(request: HttpRequest, code: str) -> Competition:
    """For people who see the programme's money; 404 for anybody else, as for a code that is not there."""
    readable = Competition.objects.run_by(request.user, READERS).exclude(stage=Stage.SET_UP)
    return get_object_or_404(readable, code=code)


def _roles(request: HttpRequest, together: list[Competition]) -> frozenset[Role]:
    return request.user.roles_in_all(one.region_id for one in together)


def _bound(person, applications) -> str:
    """Why this person has no hand in these applications: an organisation of theirs takes part. Or nothing."""
    found = independence.tie([person], applications)
    return str(independence.OwnOrganisation(*found, by=person)) if found else ""


def _elsewhere(request: HttpRequest, together: list[Competition]) -> list[Competition]:
    """Those of one list whose applications this person does not read."""
    ids = [one.pk for one in together]
    read = Competition.objects.run_by(request.user, READERS)
    return list(
        Competition.objects.filter(pk__in=ids)
        .exclude(pk__in=read.values("pk"))
        .select_related("region")
        .order_by("code")
    )


def _visible(request: HttpRequest, cuts: list[Cut]) -> list[Cut]:
    """The budgets of the plan whose figures this person sees: the programme's are not a region's to read."""
    seen = set(Budget.objects.visible_to(request.user).values_list("pk", flat=True))
    return [cut for cut in cuts if cut.budget.pk in seen]


def _allocation(request: HttpRequest, pk: int) -> Allocation:
    visible = Allocation.objects.visible_to(request.user)
    return get_object_or_404(visible.select_related("proposed_by", "decided_by", "released_by"), pk=pk)


def _decided_plan(allocation: Allocation, standings: list[Standing]) -> Plan:
    """The line as it was approved: the budgets have moved on since, so nothing is worked out again."""
    outcomes = {line.application_id: Outcome(line.outcome) for line in allocation.lines.all()}
    lines, total, stopped_at = [], Decimal("0.00"), None
    for standing in standings:
        outcome = outcomes.get(standing.application_id)
        if outcome == Outcome.FUND:
            total += standing.grant_sought
        elif outcome == Outcome.BELOW_LINE:
            stopped_at = stopped_at or standing
        lines.append(Line(standing=standing, outcome=outcome, running_total=total))
    return Plan(lines, [], stopped_at)
