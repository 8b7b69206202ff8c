"""Whom managers have invited to assess: by address, how far each invitation is, and its buttons."""

from collections.abc import Callable

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_POST

from accounts.admin.records import Record
from accounts.models import InvitationState, Notification, Region, regions_of
from accounts.roles import Role, held_by, held_in
from accounts.templatetags.launchpad_notifications import with_fates
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from applications.admin.desk import found
from applications.assessment import inviting
from applications.forms.assessor_invitation import InviteAssessorForm
from applications.models import READERS, AssessorInvitation

PAGES = "admin/applications/assessorinvitation/"


class StandFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "stand"

    def lookups(self, request, model_admin):
        return [
            ("invited", "Invited"),
            ("expired", "Expired"),
            ("confirm", "Waits for an administrator"),
            ("accepted", "Accepted"),
            ("withdrawn", "Withdrawn"),
        ]

    def queryset(self, request, rows):
        at = arrived_at(request)
        match self.value():
            case "invited":
                return rows.waiting().filter(expires_at__gt=at)
            case "expired":
                return rows.waiting().filter(expires_at__lte=at)
            case "confirm":
                return rows.under_way().exclude(state=InvitationState.WAITING)
            case "accepted":
                return rows.filter(state=InvitationState.ACCEPTED)
            case "withdrawn":
                return rows.filter(state=InvitationState.WITHDRAWN)
        return rows


@admin.register(AssessorInvitation)
class AssessorInvitationAdmin(Record):
    list_display = ("email", "region", "stand", "invited_by", "sent_at", "expires_at")
    list_filter = (StandFilter, "region")
    list_select_related = ("region", "invited_by", "role_change")
    search_fields = ("email",)
    ordering = ("-sent_at", "-pk")
    does = {Role.MANAGER: "Invite somebody to assess, send it again or withdraw it"}

    def has_view_permission(self, request, obj=None):
        return bool(held_by(request.user) & READERS) and super().has_view_permission(request, obj)

    def has_add_permission(self, request, obj=None):
        return Role.MANAGER in held_by(request.user)

    def get_urls(self):
        buttons = {"again": self.again_view, "withdraw": self.withdraw_view}
        return [
            *[
                path(
                    f"<int:pk>/{name}/",
                    self.admin_site.admin_view(require_POST(view)),
                    name=f"applications_assessorinvitation_{name}",
                )
                for name, view in buttons.items()
            ],
            *super().get_urls(),
        ]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(seen_at=Value(arrived_at(request)))

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": "Invited assessors", **(extra_context or {})})

    @one_effect("invite assessor")
    def add_view(self, request: HttpRequest, form_url="", extra_context=None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        regions = _regions(request)
        if request.method != "POST":
            first = regions.first() if regions.count() == 1 else None
            return self._invite_page(request, InviteAssessorForm(regions=regions, initial={"region": first}))
        form = InviteAssessorForm(request.POST, regions=regions)
        if not form.is_valid():
            return self._invite_page(request, form, status=422)
        region, email = form.cleaned_data["region"], form.cleaned_data["email"]
        try:
            made = inviting.invite(region, email, by=request.user, at=arrived_at(request))
        except inviting.InvitingRefused as refusal:
            form.add_error("email", str(refusal))
            return self._invite_page(request, form, status=409)
        messages.success(request, f"An invitation is on its way to {made.email}.")
        return redirect("admin:applications_assessorinvitation_changelist")

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not self.has_view_permission(request) or request.method == "POST":
            raise PermissionDenied
        invitation = found(self.get_queryset(request).select_related(*self.list_select_related), object_id)
        sent = Notification.objects.filter(subject_word=inviting.SUBJECT, subject_id=invitation.pk)
        fates = [became for _, became in with_fates(sent.order_by("pk"))]
        context = {
            **self.admin_site.each_context(request),
            "title": f"Invitation to {invitation.email}",
            "opts": self.opts,
            "invitation": invitation,
            "stand": self.stand(invitation),
            "became": fates[-1] if fates else "",
            "may_act": invitation.is_waiting and Role.MANAGER in held_in(request.user, invitation.region_id),
        }
        return TemplateResponse(request, f"{PAGES}invitation.html", context)

    @one_effect("send assessor invitation again")
    def again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._act(request, pk, inviting.send_again, "is sent again. Its earlier link is dead.")

    @one_effect("withdraw assessor invitation")
    def withdraw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._act(request, pk, inviting.withdraw, "is withdrawn. Its link is dead.")

    def _act(self, request: HttpRequest, pk: int, deed: Callable, said: str) -> HttpResponse:
        if Role.MANAGER not in held_by(request.user):
            raise PermissionDenied
        invitation = found(self.get_queryset(request).select_related("region"), str(pk))
        try:
            deed(invitation, by=request.user, at=arrived_at(request))
        except inviting.NotAManager as refusal:
            raise PermissionDenied from refusal
        except inviting.InvitingRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"The invitation to {invitation.email} {said}")
        return redirect("admin:applications_assessorinvitation_change", pk)

    def _invite_page(self, request: HttpRequest, form: InviteAssessorForm, *, status: int = 200):
        context = {
            **self.admin_site.each_context(request),
            "title": "Invite an assessor",
            "opts": self.opts,
            "form": form,
            "days": inviting.VALID.days,
        }
        return TemplateResponse(request, f"{PAGES}invite.html", context, status=status)

    @admin.display(description="state", ordering="state")
    def stand(self, invitation):
        return invitation.stand_at(invitation.seen_at)


def _regions(request: HttpRequest):
    """Those for which the person invites."""
    mine = regions_of(request.user, {Role.MANAGER})
    rows = Region.objects.order_by("name")
    return rows if None in mine else rows.filter(pk__in=mine)
