"""Entries of the UK subsidy database: what is due until when, its file, and what was uploaded."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path

from accounts import exporting, london
from accounts.admin.records import Record
from accounts.exports import csv_file
from accounts.roles import Role, held_by
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from funding import duties
from funding.exports import subsidy_database
from funding.forms.subsidy import ModifiedForm, UploadedForm
from funding.models import AwardShare, SubsidyEntry
from funding.subsidy import database


@admin.register(SubsidyEntry)
class SubsidyEntryAdmin(Record):
    list_display = ("recorded_at", "share_of", "step", "on", "reference", "note", "recorded_by")
    list_filter = ("step",)
    list_select_related = ("share__participant", "share__award__application", "recorded_by")
    search_fields = ("share__award__application__reference", "share__participant__name", "reference")
    ordering = ("-recorded_at", "-pk")
    fields = ("share_of", "step", "on", "reference", "note", "recorded_by", "recorded_at")
    readonly_fields = ("share_of",)
    change_list_template = "admin/funding/subsidyentry/list.html"
    does = {Role.FUNDS: "Keep what was uploaded to the UK subsidy database"}

    @admin.display(description="recipient", ordering="share__participant__name")
    def share_of(self, entry):
        return f"{entry.share.award.application.reference}, {entry.share.participant.name}"

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("entries.csv", view(self.csv_view), name="funding_subsidyentry_csv"),
            path("share/<int:share>/", view(self.share_view), name="funding_subsidyentry_share"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        today = london.day_of(arrived_at(request))
        entries = database.entries(database.seen_by(request.user))
        about = {
            "entries": [(one, one.is_near(today), one.is_late(today)) for one in entries],
            "threshold": database.THRESHOLD,
        }
        return super().changelist_view(request, {**about, **(extra_context or {})})

    def csv_view(self, request: HttpRequest) -> StreamingHttpResponse:
        at = arrived_at(request)
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = subsidy_database.rows(request.user)
        exporting.note("subsidy database", rows, as_="csv", filters={}, by=request.user, at=at)
        name = f"subsidy-database-{at.astimezone(london.LONDON):%Y-%m-%d-%H%M}.csv"
        headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"'}
        blocks = csv_file.stream(rows, subsidy_database.COLUMNS)
        return StreamingHttpResponse(blocks, content_type="text/csv; charset=utf-8", headers=headers)

    @one_effect("record subsidy entry")
    def share_view(self, request: HttpRequest, share: int) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = self._find(request, share)
        if request.method != "POST":
            return self._page(request, found)
        if not held_by(request.user) & duties.PROPOSE:
            raise PermissionDenied
        is_modified = request.POST.get("step") == "modified"
        form: Form = ModifiedForm(request.POST) if is_modified else UploadedForm(request.POST)
        if not form.is_valid():
            return self._page(request, found, form, status=422)
        said, more = form.cleaned_data, {"by": request.user, "at": arrived_at(request)}
        try:
            if is_modified:
                database.record_modification(found, said["note"], said["on"], **more)
            else:
                database.record_upload(found, said["reference"], said["on"], **more)
        except duties.RoleMissing as refusal:
            raise PermissionDenied from refusal
        except database.EntryRefused as refusal:
            form.add_error(refusal.field or None, str(refusal))
            return self._page(request, found, form, status=422 if refusal.field else 409)
        messages.success(request, "It is recorded.")
        return redirect("admin:funding_subsidyentry_share", share)

    def _find(self, request: HttpRequest, share: int) -> AwardShare:
        rows = database.seen_by(request.user).select_related(
            "participant", "award__application__competition__region"
        )
        return get_object_or_404(rows, pk=share)

    def _page(
        self, request: HttpRequest, share: AwardShare, form: Form | None = None, *, status: int = 200
    ) -> HttpResponse:
        today = london.day_of(arrived_at(request))
        [entry] = database.entries(database.needed().filter(pk=share.pk))
        roles = request.user.roles_in(share.award.application.competition.region_id)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Subsidy database: {share.participant.name}",
            "entry": entry,
            "share": share,
            "application": share.award.application,
            "is_near": entry.is_near(today),
            "is_late": entry.is_late(today),
            "may_record": bool(roles & duties.PROPOSE),
            "form": form or (ModifiedForm() if entry.uploaded else UploadedForm()),
            "is_uploaded": entry.uploaded is not None,
        }
        return TemplateResponse(request, "admin/funding/subsidyentry/share.html", context, status=status)
