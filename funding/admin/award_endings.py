"""Ends of awards: proposed from an award, and the page on which a second person decides."""

from datetime import datetime

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_POST

from accounts.admin.records import Record
from accounts.admin.written import pounds
from accounts.models import User
from accounts.refusals import Refusal
from accounts.roles import Role, held_by
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from applications.admin.filters import CompetitionChoices
from funding import award_endings, duties, refused
from funding.admin import waits
from funding.admin.panel_reading import bound_by
from funding.forms.award_endings import EndingDecisionForm, EndingForm
from funding.models import Award, AwardEnding, Budget
from funding.offers import making
from funding.verdicts import ReasonRefused


@admin.register(AwardEnding)
class AwardEndingAdmin(Record):
    list_display = ("proposed_at", "application", "grant", "state", "proposed_by", "decided_by")
    list_filter = ("state", ("award__application__competition", CompetitionChoices))
    list_select_related = ("award__application", "proposed_by", "decided_by")
    search_fields = ("award__application__reference", "award__application__title", "reason")
    ordering = ("-proposed_at", "-pk")
    date_hierarchy = "proposed_at"
    does = {
        Role.FUNDS: "Propose to end an award that is released",
        Role.APPROVER: "Approve or refuse the end of an award",
    }

    @admin.display(description="application", ordering="award__application__reference")
    def application(self, ending):
        return ending.award.application.reference

    @admin.display(description="grant", ordering="award__amount")
    def grant(self, ending):
        return pounds(ending.award.amount)

    def get_urls(self):
        view = self.admin_site.admin_view
        decide = view(require_POST(self.decide_view))
        return [
            path("propose/<int:pk>/", view(self.propose_view), name="funding_awardending_propose"),
            path("<int:pk>/decide/", decide, name="funding_awardending_decide"),
            *super().get_urls(),
        ]

    @one_effect("propose end of award")
    def propose_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The award of this id, what its end does, and the form that proposes it."""
        award = _award(request, pk)
        if request.method != "POST":
            return self._propose(request, award, EndingForm())
        form = EndingForm(request.POST)
        if not form.is_valid():
            return self._propose(request, award, form, status=422)
        try:
            with waits.in_time():
                made = award_endings.propose(
                    award, form.cleaned_data["reason"], by=request.user, at=arrived_at(request)
                )
        except waits.TryAgain:
            return self._propose(request, award, form, problems=[waits.TRY_AGAIN], status=503)
        except ReasonRefused as refusal:
            form.add_error("reason", str(refusal))
            return self._propose(request, award, form, status=422)
        except Refusal as refusal:
            problems = [refused.told(refusal, request.user)]
            return self._propose(request, award, form, problems=problems, status=409)
        messages.success(request, "The end of the award is proposed. Another person has to approve it.")
        return redirect("admin:funding_awardending_change", made.pk)

    def _propose(self, request, award: Award, form, *, problems=(), status: int = 200) -> HttpResponse:
        application = award.application
        context = {
            "title": f"End the award of {application.reference}",
            "award": award,
            "application": application,
            "budgets": _budgets(request, award),
            "live": making.live_of(award),
            "obstacle": award_endings.obstacle(award),
            "waiting": award.endings.waiting().first(),
            "bound": bound_by(request.user, [application.pk]),
            "form": form,
            "problems": problems,
        }
        return self._answer(request, "propose", context, status)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        is_id = object_id.isascii() and object_id.isdecimal() and len(object_id) < 19
        return self._page(request, self._find(request, int(object_id) if is_id else 0), EndingDecisionForm())

    @one_effect("decide end of award")
    def decide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not held_by(request.user) & duties.DECIDE:
            raise PermissionDenied
        ending, form = self._find(request, pk), EndingDecisionForm(request.POST)
        if not request.user.roles_in(ending.award.application.competition.region_id) & duties.DECIDE:
            raise PermissionDenied
        if not form.is_valid():
            return self._page(request, ending, form, status=422)
        try:
            with waits.in_time():
                decided = _decided(ending, form.cleaned_data, by=request.user, at=arrived_at(request))
        except waits.TryAgain:
            return self._page(request, ending, form, problems=[waits.TRY_AGAIN], status=503)
        except ReasonRefused as refusal:
            form.add_error("reason", str(refusal))
            return self._page(request, ending, form, status=422)
        except Refusal as refusal:
            problems = [refused.told(refusal, request.user)]
            return self._page(request, self._find(request, pk), form, problems=problems, status=409)
        if decided.state == "approved":
            messages.success(request, "The award has ended. Those who applied are told by email.")
        else:
            messages.success(request, "The end of the award is refused: it goes on.")
        return redirect("admin:funding_awardending_change", pk)

    def _find(self, request: HttpRequest, pk: int) -> AwardEnding:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_queryset(request).select_related(
            "award__application__competition", "award__budgets", "proposed_by", "decided_by"
        )
        return get_object_or_404(rows, pk=pk)

    def _page(self, request, ending: AwardEnding, form, *, problems=(), status: int = 200) -> HttpResponse:
        award = ending.award
        context = {
            "title": f"End of the award of {award.application.reference}",
            "ending": ending,
            "award": award,
            "application": award.application,
            "budgets": _budgets(request, award),
            "live": making.live_of(award),
            "obstacle": award_endings.obstacle(award) if ending.is_waiting else "",
            "bound": bound_by(request.user, [award.application_id]),
            "form": form,
            "problems": problems,
            "may_decide": award_endings.may_decide(ending, request.user),
            "is_own": ending.proposed_by == request.user,
        }
        return self._answer(request, "ending", context, status)

    def _answer(self, request, template: str, context: dict, status: int) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        headers = {"Retry-After": str(waits.RETRY_AFTER)} if status == 503 else None
        name = f"admin/funding/awardending/{template}.html"
        return TemplateResponse(request, name, context, status=status, headers=headers)


def _decided(ending: AwardEnding, chosen: dict[str, str], *, by: User, at: datetime) -> AwardEnding:
    if chosen["decision"] == "approve":
        return award_endings.approve(ending, chosen["reason"], by=by, at=at, seen=chosen["seen"])
    return award_endings.refuse(ending, chosen["reason"], by=by, at=at)


def _award(request: HttpRequest, pk: int) -> Award:
    """The award, for a fund manager of its region."""
    rows = Award.objects.visible_to(request.user).select_related("application__competition", "budgets")
    award = get_object_or_404(rows, pk=pk)
    if not award_endings.may_propose(award, request.user):
        raise PermissionDenied
    return award


def _budgets(request: HttpRequest, award: Award) -> list[Budget]:
    """Of those that its money goes back to, the ones that this person sees."""
    drawn = Budget.objects.visible_to(request.user).filter(pk__in=award.budgets.budget_ids)
    return list(drawn.in_order())
