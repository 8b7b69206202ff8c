"""What each competition had received at its close, to be read."""

from django.contrib import admin

from accounts.admin.records import Record
from accounts.admin.written import moment
from accounts.formats import exact_time
from applications.admin.filters import CompetitionChoices
from applications.models import ClosingListEntry


@admin.register(ClosingListEntry)
class ClosingListEntryAdmin(Record):
    list_display = ("position", "reference", "title", "received_at", "status")
    list_filter = (("closing_list__competition", CompetitionChoices),)
    list_select_related = ("application",)
    search_fields = ("application__reference", "application__title")
    ordering = ("-closing_list", "position")
    fields = ("closing_list", "position", "application", "submitted_at")

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": "Received at the close", **(extra_context or {})})

    @admin.display(ordering="application__reference")
    def reference(self, entry):
        return entry.application.reference

    @admin.display(ordering="application__title")
    def title(self, entry):
        return entry.application.title

    @admin.display(description="received at", ordering="submitted_at")
    def received_at(self, entry):
        """To the second, since the second decides."""
        return moment(entry.submitted_at, exact_time(entry.submitted_at, 0))

    @admin.display(description="status now")
    def status(self, entry):
        return entry.application.get_status_display()
