from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST

from accounts.admin.records import Record
from accounts.roles import held_in
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from funding import ledger_check
from funding.models import READERS, LedgerCheck


@admin.register(LedgerCheck)
class LedgerCheckAdmin(Record):
    """What each recount found, with a button for another one."""

    list_display = ("checked_at", "is_clean", "found", "checked_by")
    list_filter = ("is_clean",)
    list_select_related = ("checked_by",)
    ordering = ("-pk",)
    date_hierarchy = "checked_at"
    fields = ("checked_at", "checked_by", "is_clean", "all_found")
    readonly_fields = ("all_found",)
    change_list_template = "admin/funding/ledgercheck/list.html"

    @admin.display(description="what differs")
    def found(self, check):
        shown, more = check.differences[:3], len(check.differences) - 3
        words = "; ".join(shown) or "Nothing"
        return f"{words}; and {more} more" if more > 0 else words

    @admin.display(description="all that differs")
    def all_found(self, check):
        return format_html_join(mark_safe("<br>"), "{}", [(one,) for one in check.differences]) or "Nothing"

    def get_urls(self):
        view = self.admin_site.admin_view(require_POST(self.recount_view))
        return [path("recount/", view, name="funding_ledgercheck_recount"), *super().get_urls()]

    @one_effect("check the ledger")
    def recount_view(self, request: HttpRequest) -> HttpResponse:
        at = arrived_at(request)
        if not held_in(request.user, None) & READERS:
            raise PermissionDenied
        check = ledger_check.verify(by=request.user, at=at)
        if check.is_clean:
            messages.success(request, "The ledger adds up: every total is what its transfers make it.")
        else:
            messages.error(request, "The ledger does not add up. Approvals are stopped.")
        return redirect("admin:funding_ledgercheck_changelist")
