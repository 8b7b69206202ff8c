"""What is proposed not to count, or was decided so: a list that leads to the marks it is about."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect

from accounts.admin.records import Record
from accounts.roles import Role, held_by
from applications.admin.desk import found
from applications.admin.filters import CompetitionChoices
from applications.models import READERS, Exclusion


@admin.register(Exclusion)
class ExclusionAdmin(Record):
    list_display = (
        "reference",
        "what",
        "assessor",
        "reason",
        "state",
        "proposed_by",
        "proposed_at",
        "decided_by",
    )
    list_filter = ("state", ("assessment__application__competition", CompetitionChoices))
    list_select_related = (
        "assessment__application",
        "assessment__assessor",
        "question",
        "proposed_by",
        "decided_by",
    )
    search_fields = ("assessment__application__reference", "assessment__assessor__name", "reason")
    ordering = ("-proposed_at", "-pk")
    does = {
        Role.MANAGER: "Confirm or refuse what somebody else proposed to exclude",
        Role.FUNDS: "Confirm or refuse what somebody else proposed to exclude",
    }

    def has_view_permission(self, request, obj=None):
        return bool(held_by(request.user) & READERS) and super().has_view_permission(request, obj)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Leads to the application's marks, where it is decided."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        exclusion = found(self.get_queryset(request), object_id)
        return redirect("admin:applications_application_marks", exclusion.assessment.application_id)

    @admin.display(description="application", ordering="assessment__application__reference")
    def reference(self, exclusion):
        return exclusion.assessment.application.reference

    @admin.display(description="what")
    def what(self, exclusion):
        of = f"mark of question {exclusion.question.number}" if exclusion.question else "whole assessment"
        return f"Count again: {of}" if exclusion.lifts_id else of.capitalize()

    @admin.display(description="assessor", ordering="assessment__assessor__name")
    def assessor(self, exclusion):
        return str(exclusion.assessment.assessor)
