"""The panel sheet and what follows from it: proposed by one person, decided by another, released."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_POST

from accounts.refusals import Refusal
from accounts.roles import Role
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from applications.admin.filters import CompetitionChoices
from applications.models import Competition, Stage
from funding import allocation as allocating
from funding import deciding, duties, refused, release
from funding.admin import faults, waits
from funding.admin.decisions import may_decide_lines, page_of_lines
from funding.admin.later_money import LaterMoneyPages, overlaps_of, reserve_of
from funding.admin.panel_reading import answer, bound_by, visible_cuts
from funding.admin.releases import ReleasePages, allocation_of
from funding.admin.scenarios import ScenarioPages
from funding.forms.reasons import RecallForm, RefusalForm
from funding.forms.verdicts import LaterMoneyForm, LinesForm
from funding.models import READERS, Allocation, AllocationLine, Purpose, Release
from funding.scenarios import later_pack, pack


@admin.register(Allocation)
class AllocationAdmin(ReleasePages, ScenarioPages, LaterMoneyPages):
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
        act = {"approve": self.approve_view, "conclude": self.conclude_view, "refuse": self.refuse_view}
        return [
            *self.panel_urls(view),
            *self.decision_urls(view),
            *self.later_money_urls(view),
            *self.release_urls(view),
            *self.scenario_urls(view),
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

    def change_view(self, request, object_id, form_url="", extra_context=None):
        number = (
            int(object_id) if object_id.isascii() and object_id.isdecimal() and len(object_id) < 16 else 0
        )
        return self._page(request, number)

    def _page(
        self,
        request,
        pk: int,
        *,
        problems=(),
        form=None,
        next_form=None,
        refusal_form=None,
        recall_form=None,
        status=200,
    ) -> HttpResponse:
        allocation = allocation_of(request, pk)
        roles = request.user.roles_in_all(allocation.region_ids())
        decides = bool(roles & duties.DECIDE)
        effect = allocating.effect(allocation) if allocation.is_proposed else None
        bound = bound_by(request.user, allocation.lines.values("application"))
        is_own = allocation.proposed_by == request.user
        counted = deciding.counted(allocation)
        form = form or LinesForm(AllocationLine.objects.none())
        next_form = next_form or LaterMoneyForm(auto_id="next-%s")
        refusal_form, recall_form = refusal_form or RefusalForm(), recall_form or RecallForm()
        page = page_of_lines(request, allocation)
        reserve = reserve_of(request, allocation)
        context = {
            **self.frame(request, f"Allocation {allocation.pk}"),
            "allocation": allocation,
            "competitions": allocation.competitions.order_by("code"),
            "page": page,
            "counted": counted,
            "decided": _decided(allocation),
            "later_fingerprint": _of_later_money(allocation),
            "form": form,
            "chosen": set(form.data.getlist("lines")) if form.is_bound else set(),
            "effect": effect,
            "cuts": visible_cuts(request, effect.cuts) if effect else [],
            "may_decide": decides and not bound and allocation.is_proposed and not is_own,
            "may_decide_lines": may_decide_lines(request, allocation),
            "is_own": decides and is_own,
            "may_release": bool(roles & duties.RELEASE) and not bound and allocation.is_approved,
            "bound": bound if roles & (duties.DECIDE | duties.RELEASE) else "",
            "releases": _releases(allocation),
            "untold": release.untold(allocation).count() if allocation.is_approved else 0,
            "reserve": reserve,
            **_overlaps(request, allocation),
            "next_form": next_form,
            "may_raise": bool(roles & duties.PROPOSE) and any(not why for _, why, _ in reserve),
            "refusal_form": refusal_form,
            "recall_form": recall_form,
            "problems": problems,
            "faults": faults.of(form, next_form, refusal_form, recall_form, at=_first_of(page)),
            "is_waiting": release.waiting_of(allocation) is not None,
        }
        return answer(request, "allocation", context, status)

    @one_effect("approve allocation")
    def approve_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        at = arrived_at(request)
        allocation = allocation_of(request, pk)
        return self._decided(
            request, pk, lambda: deciding.approve(allocation, by=request.user, at=at), "approved"
        )

    @one_effect("conclude allocation")
    def conclude_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        at = arrived_at(request)
        allocation = allocation_of(request, pk)
        return self._decided(
            request, pk, lambda: deciding.conclude(allocation, by=request.user, at=at), "concluded"
        )

    @one_effect("refuse allocation")
    def refuse_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        at = arrived_at(request)
        allocation = allocation_of(request, pk)
        if not request.user.roles_in_all(allocation.region_ids()) & duties.DECIDE:
            raise PermissionDenied
        form = RefusalForm(request.POST)
        if not form.is_valid():
            return self._page(request, pk, refusal_form=form, status=422)
        reason = form.cleaned_data["reason"]
        return self._decided(
            request,
            pk,
            lambda: deciding.refuse(allocation, reason, by=request.user, at=at),
            "refused",
            refusal_form=form,
        )

    def _decided(self, request, pk: int, decide, word: str, *, refusal_form=None) -> HttpResponse:
        """Carry out a decision, or show the page again with why it was refused."""
        try:
            with waits.in_time():
                decide()
        except deciding.AlreadyDecided as refusal:
            messages.info(request, refused.told(refusal, request.user))
            return redirect("admin:funding_allocation_change", pk)
        except duties.RoleMissing as refusal:
            return self._page(request, pk, problems=[f"{refusal}."], refusal_form=refusal_form, status=403)
        except Refusal as refusal:
            problems = [refused.told(refusal, request.user)]
            return self._page(request, pk, problems=problems, refusal_form=refusal_form, status=409)
        except waits.TryAgain:
            problems = [waits.TRY_AGAIN]
            return self._page(request, pk, problems=problems, refusal_form=refusal_form, status=503)
        messages.success(request, f"The allocation has been {word}.")
        return redirect("admin:funding_allocation_change", pk)


def _overlaps(request: HttpRequest, allocation: Allocation) -> dict:
    """Of a proposal of later money that waits for its decision."""
    if allocation.purpose != Purpose.LATER_MONEY or not allocation.is_proposed:
        return {}
    return overlaps_of(request, allocation.lines.select_related("application__competition").get().application)


def _first_of(page) -> dict[str, str]:
    """Where lines are chosen: at the first of the page."""
    return {"lines": f"line-{page[0].pk}"} if len(page) else {}


def _releases(allocation: Allocation):
    begun = Release.objects.filter(allocation=allocation)
    return begun.select_related("started_by", "recalled_by").order_by("-pk")


def _of_later_money(allocation: Allocation) -> str:
    """The fingerprint of the pack of decided later money; of nothing else, none."""
    if allocation.purpose != Purpose.LATER_MONEY or allocation.is_proposed:
        return ""
    inputs = later_pack.inputs_of(allocation)
    return later_pack.fingerprint_of(inputs, later_pack.answer_of(inputs))


def _decided(allocation: Allocation) -> str:
    """The fingerprint of what was decided, as in the decision pack; of nothing, none."""
    decisions = pack.decisions_of(allocation) if allocation.scenario_id else []
    return pack.fingerprint(decisions) if decisions else ""
