"""Minimal Financial Assistance in the office: who has to be asked, and the arithmetic of each share."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_POST

from accounts.admin.records import Record
from accounts.admin.written import pounds
from accounts.roles import Role, held_by
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from applications.admin.filters import CompetitionChoices
from funding import duties
from funding.forms.subsidy import AskAgainForm
from funding.models import MfaRecord
from funding.subsidy import headroom, mfa
from funding.subsidy.window import LIMIT


@admin.register(MfaRecord)
class MfaRecordAdmin(Record):
    list_display = ("reference", "organisation", "amount_pounds", "state", "notified_at", "given_on")
    list_filter = ("state", ("share__award__application__competition", CompetitionChoices))
    list_select_related = ("share__award__application", "share__participant")
    search_fields = ("share__award__application__reference", "share__participant__name", "company_number")
    ordering = ("-notified_at", "-pk")
    change_list_template = "admin/funding/mfarecord/list.html"
    does = {Role.FUNDS: "Ask enterprises to confirm that they stay within £315,000 of assistance"}

    @admin.display(description="application", ordering="share__award__application__reference")
    def reference(self, record):
        return record.share.award.application.reference

    @admin.display(description="organisation", ordering="share__participant__name")
    def organisation(self, record):
        return record.share.participant.name

    @admin.display(description="amount", ordering="amount")
    def amount_pounds(self, record):
        return pounds(record.amount)

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("notify/", view(require_POST(self.notify_view)), name="funding_mfarecord_notify"),
            path("<int:pk>/again/", view(require_POST(self.again_view)), name="funding_mfarecord_again"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        waiting = []
        if held_by(request.user) & duties.PROPOSE:
            rows = mfa.to_be_notified(request.user).select_related("application")
            waiting = [(award, mfa.shares_of(award)) for award in rows.order_by("pk")]
        return super().changelist_view(request, {"to_be_asked": waiting, **(extra_context or {})})

    @one_effect("notify of assistance")
    def notify_view(self, request: HttpRequest) -> HttpResponse:
        """Ask every enterprise that has to be asked, in the person's regions."""
        if not held_by(request.user) & duties.PROPOSE:
            raise PermissionDenied
        asked = 0
        for award in mfa.to_be_notified(request.user).order_by("pk"):
            asked += len(mfa.notify(award, by=request.user, at=arrived_at(request)))
        said = "1 enterprise is asked" if asked == 1 else f"{asked} enterprises are asked"
        messages.success(request, f"{said} to confirm, by email.")
        return redirect("admin:funding_mfarecord_changelist")

    @one_effect("ask again about assistance")
    def again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not held_by(request.user) & duties.PROPOSE:
            raise PermissionDenied
        record, form = self._find(request, pk), AskAgainForm(request.POST)
        if not form.is_valid():
            return self._page(request, record, form, status=422)
        try:
            made = mfa.ask_again(record, form.cleaned_data["reason"], by=request.user, at=arrived_at(request))
        except duties.RoleMissing as refusal:
            raise PermissionDenied from refusal
        except mfa.NotStated as refusal:
            form.add_error("reason", str(refusal))
            return self._page(request, record, form, status=422)
        except mfa.AssistanceRefused as refusal:
            return self._page(request, self._find(request, pk), form, problems=[str(refusal)], status=409)
        messages.success(request, "The enterprise is asked again, by email.")
        return redirect("admin:funding_mfarecord_change", made.pk)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        is_id = object_id.isascii() and object_id.isdecimal() and len(object_id) < 19
        return self._page(request, self._find(request, int(object_id) if is_id else 0), AskAgainForm())

    def _find(self, request: HttpRequest, pk: int) -> MfaRecord:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(self.get_queryset(request).with_names(), pk=pk)

    def _page(
        self, request: HttpRequest, record: MfaRecord, form: AskAgainForm, *, problems=(), status: int = 200
    ) -> HttpResponse:
        application = record.share.award.application
        sums = headroom.of(record, at=arrived_at(request))
        roles = request.user.roles_in(application.competition.region_id)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Assistance for {record.share.participant.name}",
            "record": record,
            "application": application,
            "award": record.share.award,
            "sums": sums,
            "in_a_sentence": mfa.arithmetic(sums),
            "limit": LIMIT,
            "group": sorted(headroom.group_of(record.company_number)),
            "promised": headroom.promised(record),
            "may_ask": bool(roles & duties.PROPOSE) and record.is_open,
            "form": form,
            "problems": problems,
        }
        template = "admin/funding/mfarecord/record.html"
        return TemplateResponse(request, template, context, status=status)
