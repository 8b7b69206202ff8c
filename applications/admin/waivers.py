"""Waivers: what applicants ask for outside the limits, and the page on which a manager decides."""

from collections.abc import Iterable

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_POST

from accounts.admin.records import Record
from accounts.roles import Role, held_by
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from applications import rules, waivers
from applications.admin.filters import CompetitionChoices
from applications.forms.waiver import WaiverDecisionForm
from applications.models import READERS, Waiver


@admin.register(Waiver)
class WaiverAdmin(Record):
    list_display = ("reference", "lead_name", "competition", "amount", "months", "state", "asked_at")
    list_filter = ("state", ("application__competition", CompetitionChoices))
    list_select_related = ("application__competition",)
    search_fields = ("application__reference", "application__participants__name")
    ordering = ("-asked_at", "-pk")
    does = {Role.MANAGER: "Grant or refuse a size or duration outside the limits"}

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("application__participants")

    def has_view_permission(self, request, obj=None):
        """Staff alone: an applicant reads the answer on the application's page."""
        return bool(held_by(request.user) & READERS) and super().has_view_permission(request, obj)

    def get_urls(self):
        decide = self.admin_site.admin_view(require_POST(self.decide_view))
        return [path("<int:pk>/decide/", decide, name="applications_waiver_decide"), *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not self.has_view_permission(request) or request.method == "POST":
            raise PermissionDenied
        is_id = object_id.isascii() and object_id.isdecimal() and len(object_id) < 19
        return self._page(request, self._find(request, int(object_id) if is_id else 0), WaiverDecisionForm())

    @one_effect("decide waiver")
    def decide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if Role.MANAGER not in held_by(request.user):
            raise PermissionDenied
        waiver = self._find(request, pk)
        form = WaiverDecisionForm(request.POST)
        if not form.is_valid():
            return self._page(request, waiver, form, status=422)
        try:
            decided = waivers.decide(
                waiver,
                grant=form.cleaned_data["decision"] == "grant",
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=arrived_at(request),
            )
        except waivers.AlreadyDecided as refusal:
            messages.info(request, str(refusal))
            return redirect("admin:applications_waiver_change", pk)
        except (waivers.NotADecider, waivers.OwnWaiver) as refusal:
            return self._page(request, waiver, form, problems=[str(refusal)], status=403)
        except waivers.ReasonRefused as refusal:
            form.add_error("reason", str(refusal))
            return self._page(request, waiver, form, status=422)
        except waivers.WaiverRefused as refusal:
            return self._page(request, waiver, form, problems=[str(refusal)], status=409)
        word = decided.get_state_display().lower()
        messages.success(request, f"The waiver is {word}. Those who edit the application are told by email.")
        return redirect("admin:applications_waiver_change", pk)

    def _find(self, request: HttpRequest, pk: int) -> Waiver:
        rows = self.get_queryset(request).select_related(
            "application__competition__region", "asked_by", "decided_by"
        )
        return get_object_or_404(rows, pk=pk)

    def _page(
        self,
        request: HttpRequest,
        waiver: Waiver,
        form: WaiverDecisionForm,
        *,
        problems: Iterable[str] = (),
        status: int = 200,
    ) -> HttpResponse:
        competition = waiver.application.competition
        limits = [rules.amount_rule(competition)]
        if rules.is_duration_waivable(competition):
            limits.append(rules.duration_rule(competition))
        context = {
            **self.admin_site.each_context(request),
            "title": str(waiver),
            "opts": self.opts,
            "waiver": waiver,
            "application": waiver.application,
            "competition": competition,
            "lead": self.lead_name(waiver),
            "amount_label": rules.AMOUNTS.get(competition.limit_basis, ""),
            "limits": [limit for limit in limits if limit],
            "form": form,
            "problems": problems,
            "may_decide": waivers.may_decide(waiver, request.user)
            and waiver.application.is_draft
            and competition.is_open_at(arrived_at(request)),
        }
        return TemplateResponse(request, "admin/applications/waiver/waiver.html", context, status=status)

    @admin.display(description="application", ordering="application__reference")
    def reference(self, waiver):
        return waiver.application.reference

    @admin.display(description="competition", ordering="application__competition__code")
    def competition(self, waiver):
        return waiver.application.competition.code

    @admin.display(description="lead organisation")
    def lead_name(self, waiver):
        return next((part.name for part in waiver.application.participants.all() if part.is_lead), "")
