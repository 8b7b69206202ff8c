"""The audit trail as auditors read and search it."""

import json

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG, SEARCH_VAR
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse

from accounts import exporting, london
from accounts.admin.records import Record
from accounts.exports import audit_trail, csv_file
from accounts.models import AuditEntry
from accounts.views.arrival import arrived_at


@admin.register(AuditEntry)
class AuditEntryAdmin(Record):
    """What was done and what was refused. Searching takes a reference, an id of a request, or an address."""

    list_display = ("at", "by", "action", "outcome", "about", "what", "reason", "request_id")
    list_filter = ("is_refusal", "action")
    list_select_related = ("by",)
    search_fields = ("by__email", "by__name", "=request_id", "after__icontains", "reason")
    search_help_text = "A person, an application's reference, the id of a request, or a reason"
    ordering = ("-at", "-pk")
    date_hierarchy = "at"
    fields = (
        "at",
        "by",
        "roles_in_words",
        "action",
        "outcome",
        "about",
        "before_in_words",
        "after_in_words",
        "reason",
        "request_id",
        "serial",
        "mac",
        "place_in_chain",
    )
    readonly_fields = fields
    change_list_template = "admin/accounts/auditentry/list.html"

    def get_urls(self):
        view = self.admin_site.admin_view(self.csv_view)
        return [path("audit-trail.csv", view, name="accounts_auditentry_csv"), *super().get_urls()]

    def csv_view(self, request: HttpRequest) -> HttpResponseBase:
        """The rows that are on the list as it is filtered and searched, in a file."""
        at = arrived_at(request)
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            rows = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            # As the list itself answers a filter that it does not know.
            return redirect(f"{reverse('admin:accounts_auditentry_changelist')}?{ERROR_FLAG}=1")
        chosen = {name: value for name, value in request.GET.items() if name != SEARCH_VAR}
        exporting.note("audit trail", rows, as_="csv", filters=chosen, by=request.user, at=at)
        name = f"audit-trail-{at.astimezone(london.LONDON):%Y-%m-%d-%H%M}.csv"
        return StreamingHttpResponse(
            csv_file.stream(rows, audit_trail.COLUMNS),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
        )

    @admin.display(description="outcome", ordering="is_refusal")
    def outcome(self, entry):
        return "Refused" if entry.is_refusal else "Done"

    @admin.display(description="about")
    def about(self, entry):
        return f"{entry.subject_word} {entry.subject_id}" if entry.subject_word else ""

    @admin.display(description="what")
    def what(self, entry):
        before, after = _words(entry.before), _words(entry.after)
        return f"{before} → {after}" if before else after

    @admin.display(description="before")
    def before_in_words(self, entry):
        return _words(entry.before) or "–"

    @admin.display(description="after")
    def after_in_words(self, entry):
        return _words(entry.after) or "–"

    @admin.display(description="roles at the time")
    def roles_in_words(self, entry):
        return ", ".join(entry.roles) or "none"

    @admin.display(description="place in the chain")
    def place_in_chain(self, entry):
        seal = getattr(entry, "seal", None)
        return f"{seal.position}, sealed with {seal.hash[:16]}…" if seal else "not sealed yet"


def _words(facts: dict) -> str:
    return ", ".join(f"{name.replace('_', ' ')}: {_value(value)}" for name, value in facts.items())


def _value(value) -> str:
    if isinstance(value, list):
        return " ".join(_value(one) for one in value) or "none"
    return value if isinstance(value, str) else json.dumps(value)
