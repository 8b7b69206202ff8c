"""Requests to be let in to an organisation, and the page on which an administrator settles one."""

from collections.abc import Iterable

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_POST

from accounts import membership_requests, settling
from accounts.admin.records import Record
from accounts.forms.membership_request import MAY_EDIT, SettlingForm
from accounts.models import MembershipRequest
from accounts.roles import Role, held_by
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect


@admin.register(MembershipRequest)
class MembershipRequestAdmin(Record):
    list_display = ("organisation", "asked_by", "asked_at", "state", "answered_at")
    list_filter = ("state",)
    list_select_related = ("organisation", "asked_by")
    search_fields = (
        "organisation__name",
        "organisation__company_number",
        "asked_by__name",
        "asked_by__email",
    )
    ordering = ("-asked_at", "-pk")
    does = {Role.ADMINISTRATOR: "Settle who is let in where the members do not answer"}

    def get_urls(self):
        settle = self.admin_site.admin_view(require_POST(self.settle_view))
        return [
            path("<int:pk>/settle/", settle, name="accounts_membershiprequest_settle"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not self.has_view_permission(request) or request.method == "POST":
            raise PermissionDenied
        is_id = object_id.isascii() and object_id.isdecimal() and len(object_id) < 19
        return self._page(request, self._find(request, int(object_id) if is_id else 0), SettlingForm())

    @one_effect("settle membership request")
    def settle_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not held_by(request.user) & settling.SETTLERS:
            raise PermissionDenied
        asked = self._find(request, pk)
        form = SettlingForm(request.POST)
        if not form.is_valid():
            return self._page(request, asked, form, status=422)
        try:
            settling.settle(
                asked,
                may_edit=MAY_EDIT[form.cleaned_data["right"]],
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=arrived_at(request),
            )
        except (settling.NotASettler, settling.OwnOrganisation) as refusal:
            return self._page(request, asked, form, problems=[str(refusal)], status=403)
        except (settling.SettlingRefused, membership_requests.AnswerRefused) as refusal:
            return self._page(request, asked, form, problems=[str(refusal)], status=409)
        messages.success(request, f"It is settled, and {asked.asked_by} is told by email.")
        return redirect("admin:accounts_membershiprequest_change", pk)

    def _find(self, request: HttpRequest, pk: int) -> MembershipRequest:
        rows = self.get_queryset(request).select_related("organisation", "asked_by", "answered_by")
        return get_object_or_404(rows, pk=pk)

    def _page(
        self,
        request: HttpRequest,
        asked: MembershipRequest,
        form: SettlingForm,
        *,
        problems: Iterable[str] = (),
        status: int = 200,
    ) -> HttpResponse:
        organisation = asked.organisation
        context = {
            **self.admin_site.each_context(request),
            "title": f"{asked.asked_by} asks to be let in to {organisation}",
            "opts": self.opts,
            "asked": asked,
            "organisation": organisation,
            "memberships": organisation.memberships.select_related("person").order_by("person__name", "pk"),
            "form": form,
            "problems": problems,
            "may_settle": asked.is_waiting and bool(held_by(request.user) & settling.SETTLERS),
        }
        template = "admin/accounts/membershiprequest/request.html"
        return TemplateResponse(request, template, context, status=status)
