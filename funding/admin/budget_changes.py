"""Changes of budgets: what was proposed, and the page on which a second person decides."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_POST

from accounts.admin.records import Record, VisibleChoices
from accounts.refusals import Refusal
from accounts.roles import Role, held_by
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from funding import budget_changes, duties, refused
from funding.admin import waits
from funding.budget_change_notices import what
from funding.forms.budget_changes import ChangeDecisionForm
from funding.models import BudgetChange
from funding.verdicts import ReasonRefused


@admin.register(BudgetChange)
class BudgetChangeAdmin(Record):
    list_display = ("proposed_at", "budget", "what", "state", "proposed_by", "decided_by")
    list_filter = ("state", ("budget", VisibleChoices))
    list_select_related = ("budget", "into", "proposed_by", "decided_by")
    search_fields = ("budget__code", "budget__name", "into__name", "reason", "proposed_by__name")
    ordering = ("-proposed_at", "-pk")
    date_hierarchy = "proposed_at"
    does = {Role.APPROVER: "Approve or refuse a change of a budget"}

    @admin.display(description="what")
    def what(self, change):
        return what(change)

    def get_urls(self):
        decide = self.admin_site.admin_view(require_POST(self.decide_view))
        return [path("<int:pk>/decide/", decide, name="funding_budgetchange_decide"), *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        is_id = object_id.isascii() and object_id.isdecimal() and len(object_id) < 19
        return self._page(request, self._find(request, int(object_id) if is_id else 0), ChangeDecisionForm())

    @one_effect("decide budget change")
    def decide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not held_by(request.user) & duties.DECIDE:
            raise PermissionDenied
        change, form = self._find(request, pk), ChangeDecisionForm(request.POST)
        if not budget_changes.roles_for(request.user, budget_changes.budgets_of(change)) & duties.DECIDE:
            raise PermissionDenied
        if not form.is_valid():
            return self._page(request, change, form, status=422)
        act = budget_changes.approve if form.cleaned_data["decision"] == "approve" else budget_changes.refuse
        try:
            with waits.in_time():
                decided = act(change, form.cleaned_data["reason"], by=request.user, at=arrived_at(request))
        except waits.TryAgain:
            return self._page(request, change, form, problems=[waits.TRY_AGAIN], status=503)
        except ReasonRefused as refusal:
            form.add_error("reason", str(refusal))
            return self._page(request, change, form, status=422)
        except Refusal as refusal:
            problems = [refused.told(refusal, request.user)]
            return self._page(request, self._find(request, pk), form, problems=problems, status=409)
        messages.success(request, f"The change is {decided.get_state_display().lower()}.")
        return redirect("admin:funding_budgetchange_change", pk)

    def _find(self, request: HttpRequest, pk: int) -> BudgetChange:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_queryset(request).select_related("budget", "into", "proposed_by", "decided_by")
        return get_object_or_404(rows, pk=pk)

    def _page(
        self,
        request: HttpRequest,
        change: BudgetChange,
        form: ChangeDecisionForm,
        *,
        problems=(),
        status: int = 200,
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Change of {change.budget.name}",
            "change": change,
            "what": what(change),
            "becomes": _becomes(change),
            "form": form,
            "problems": problems,
            "may_decide": budget_changes.may_decide(change, request.user),
            "is_own": change.proposed_by == request.user,
        }
        headers = {"Retry-After": str(waits.RETRY_AFTER)} if status == 503 else None
        template = "admin/funding/budgetchange/change.html"
        return TemplateResponse(request, template, context, status=status, headers=headers)


def _becomes(change: BudgetChange) -> list[tuple]:
    """Each budget with its ceiling now, what it would be, and what would then be available."""
    budget = change.budget
    ceilings = [(budget, change.amount)]
    if change.into is not None:
        into = change.into
        ceilings = [(budget, budget.ceiling - change.amount), (into, into.ceiling + change.amount)]
    return [(one, one.ceiling, then, then - one.allocated) for one, then in ceilings]
