"""Budgets: the list, a page for each with all that draws on it, and changes proposed there."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_POST

from accounts.admin.written import pounds
from accounts.refusals import Refusal
from accounts.roles import Role
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from funding import board as board_of
from funding import board_charts, budget_changes, duties, refused
from funding.admin import waits
from funding.admin.board import BoardPages
from funding.board import Standing
from funding.forms.budget_changes import CeilingForm, MoveForm
from funding.models import Budget, BudgetChange, BudgetKind, Transfer
from funding.places import COUNTED, Place
from funding.verdicts import ReasonRefused

#: The latest of each list that a budget's page has; its own list has all.
LATEST = 10


@admin.register(Budget)
class BudgetAdmin(BoardPages):
    list_display = (
        "name",
        "kind",
        "ceiling_pounds",
        "available_pounds",
        "reserved_pounds",
        "committed_pounds",
        "paid_pounds",
    )
    list_filter = ("kind", "region")
    search_fields = ("name", "code")
    ordering = ("kind", "code")
    does = {Role.FUNDS: "Propose a ceiling, or a move between pots"}
    change_list_template = "admin/funding/budget/list.html"

    @admin.display(description="ceiling", ordering="ceiling")
    def ceiling_pounds(self, budget):
        return pounds(budget.ceiling)

    @admin.display(description="available", ordering="available")
    def available_pounds(self, budget):
        return pounds(budget.available)

    @admin.display(description="reserved", ordering="reserved")
    def reserved_pounds(self, budget):
        return pounds(budget.reserved)

    @admin.display(description="committed", ordering="committed")
    def committed_pounds(self, budget):
        return pounds(budget.committed)

    @admin.display(description="paid", ordering="paid")
    def paid_pounds(self, budget):
        return pounds(budget.paid)

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            *self.board_urls(view),
            path("<int:pk>/ceiling/", view(require_POST(self.ceiling_view)), name="funding_budget_ceiling"),
            path("<int:pk>/move/", view(require_POST(self.move_view)), name="funding_budget_move"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        budgets = Budget.objects.visible_to(request.user).in_order()
        bars = [(budget, bar(budget)) for budget in budgets]
        return super().changelist_view(request, {"bars": bars, **(extra_context or {})})

    def change_view(self, request, object_id, form_url="", extra_context=None):
        is_id = object_id.isascii() and object_id.isdecimal() and len(object_id) < 19
        return self._page(request, self._find(request, int(object_id) if is_id else 0))

    @one_effect("propose ceiling")
    def ceiling_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        budget = self._to_propose(request, pk)
        form = CeilingForm(request.POST, auto_id="ceiling-%s")
        if not form.is_valid():
            return self._page(request, budget, ceiling_form=form, status=422)

        def propose() -> BudgetChange:
            wanted, reason = form.cleaned_data["ceiling"], form.cleaned_data["reason"]
            return budget_changes.propose_ceiling(
                budget, wanted, reason, by=request.user, at=arrived_at(request)
            )

        return self._proposed(request, budget, propose, ceiling_form=form)

    @one_effect("propose move between pots")
    def move_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        budget = self._to_propose(request, pk)
        form = MoveForm(self._pots(request, budget), request.POST, auto_id="move-%s")
        if not form.is_valid():
            return self._page(request, budget, move_form=form, status=422)

        def propose() -> BudgetChange:
            into, amount = form.pots[form.cleaned_data["into"]], form.cleaned_data["amount"]
            reason = form.cleaned_data["reason"]
            return budget_changes.propose_move(
                budget, into, amount, reason, by=request.user, at=arrived_at(request)
            )

        return self._proposed(request, budget, propose, move_form=form)

    def _proposed(self, request: HttpRequest, budget: Budget, propose, **forms) -> HttpResponse:
        """Carry it out, or show the form again with what was wrong."""
        (form,) = forms.values()
        try:
            with waits.in_time():
                made = propose()
        except waits.TryAgain:
            return self._page(request, budget, problems=[waits.TRY_AGAIN], status=503, **forms)
        except Refusal as refusal:
            field = "reason" if isinstance(refusal, ReasonRefused) else getattr(refusal, "field", "")
            told = refused.told(refusal, request.user)
            if field:
                form.add_error(field, told)
                return self._page(request, budget, status=422, **forms)
            return self._page(request, budget, problems=[told], status=409, **forms)
        messages.success(request, "It is proposed. An approver, another person, decides it.")
        return redirect("admin:funding_budgetchange_change", made.pk)

    def _find(self, request: HttpRequest, pk: int) -> Budget:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(self.get_queryset(request).select_related("region"), pk=pk)

    def _to_propose(self, request: HttpRequest, pk: int) -> Budget:
        if not self._may_ever_propose(request):
            raise PermissionDenied
        budget = self._find(request, pk)
        if not budget_changes.roles_for(request.user, [budget]) & duties.PROPOSE:
            raise PermissionDenied
        return budget

    def _may_ever_propose(self, request: HttpRequest) -> bool:
        return bool(request.user.roles & duties.PROPOSE)

    def _pots(self, request: HttpRequest, budget: Budget) -> list[Budget]:
        """Where its money may go, of what this person proposes for."""
        pots = budget_changes.siblings(budget)
        regions = budget_changes.regions_of([budget, *pots])
        return [
            pot
            for pot in pots
            if budget_changes.roles_for(request.user, [budget, pot], regions) & duties.PROPOSE
        ]

    def _page(
        self,
        request: HttpRequest,
        budget: Budget,
        *,
        ceiling_form: CeilingForm | None = None,
        move_form: MoveForm | None = None,
        problems=(),
        status: int = 200,
    ) -> HttpResponse:
        drawing = board_of.drawing_on(request.user, budget)
        asked = sum((one.asked for one in drawing), board_of.NOTHING)
        changes = BudgetChange.objects.visible_to(request.user).about(budget)
        latest = list(
            changes.select_related("budget", "into", "proposed_by").order_by("-proposed_at", "-pk")[:LATEST]
        )
        may_propose = self._may_ever_propose(request) and bool(
            budget_changes.roles_for(request.user, [budget]) & duties.PROPOSE
        )
        pots = self._pots(request, budget) if may_propose else []
        transfers = Transfer.objects.visible_to(request.user).filter(budget=budget)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": budget.name,
            "budget": budget,
            "chart": board_charts.budgets([Standing(budget, asked)]),
            "drawing": drawing,
            "transfers": transfers.select_related("award__application", "made_by", "change").order_by("-pk")[
                :LATEST
            ],
            "changes": latest,
            "waiting": next((one for one in latest if one.is_waiting and one.budget_id == budget.pk), None),
            "may_propose": may_propose,
            "is_part": budget.kind == BudgetKind.PART,
            "ceiling_form": ceiling_form or CeilingForm(auto_id="ceiling-%s"),
            "move_form": move_form or (MoveForm(pots, auto_id="move-%s") if pots else None),
            "problems": problems,
        }
        headers = {"Retry-After": str(waits.RETRY_AFTER)} if status == 503 else None
        template = "admin/funding/budget/budget.html"
        return TemplateResponse(request, template, context, status=status, headers=headers)


def bar(budget: Budget) -> list[tuple[Place, int, int]]:
    """Return the parts of a bar 1,000 wide: place, where it starts and how long it is."""
    parts, start = [], 0
    for place in reversed(COUNTED):
        length = int(budget.standing_in(place) * 1000 / budget.ceiling) if budget.ceiling else 0
        parts.append((place, start, length))
        start += length
    return parts
