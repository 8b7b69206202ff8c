"""Assessments: an assessor's own work, and what staff see of everybody's."""

from django.contrib import admin
from django.db.models import OuterRef
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html

from accounts.admin.in_words import in_words
from accounts.admin.records import Record, counted
from accounts.roles import Role, held_by
from applications import to_do
from applications.admin.check_page import CheckPage
from applications.admin.filters import CompetitionChoices
from applications.admin.scoring_page import ScoringPage
from applications.models import READERS, Assessment, Question, Score

STAFF_SEE = ("reference", "title", "competition", "assessor", "progress", "status", "fund", "submitted_at")
ASSESSORS_SEE = ("deed", "reference", "title", "competition", "progress", "status", "given_at")


@admin.register(Assessment)
class AssessmentAdmin(Record):
    """A list whose every line opens the scoring page, to mark or to read."""

    list_select_related = ("application__competition", "assessor")
    ordering = ("-given_at", "-pk")
    does = {Role.ASSESSOR: "Score what was given to you"}

    def get_queryset(self, request):
        asked = Question.objects.filter(
            question_set=OuterRef("application__competition__question_set"), max_marks__isnull=False
        )
        scored = Score.objects.filter(assessment=OuterRef("pk"), mark__isnull=False).exclude(feedback="")
        # Counted for the rows of the page alone: a join would count for all before it takes the first.
        return (
            super()
            .get_queryset(request)
            .annotate(scored=counted(scored, "assessment"), asked=counted(asked, "question_set"))
        )

    def get_list_display(self, request):
        if held_by(request.user) & READERS:
            return in_words(self.model, STAFF_SEE)
        return in_words(self.model, ASSESSORS_SEE)

    def get_list_filter(self, request):
        return (
            ("status", ("application__competition", CompetitionChoices))
            if held_by(request.user) & READERS
            else ()
        )

    def get_search_fields(self, request):
        fields = ("application__reference", "application__title")
        return (*fields, "assessor__name", "assessor__email") if held_by(request.user) & READERS else fields

    def get_urls(self):
        view, site = self.admin_site.admin_view, self.admin_site
        score, check = view(ScoringPage.as_view(site=site)), view(CheckPage.as_view(site=site))
        return [
            path("<int:pk>/score/", score, name="applications_assessment_score"),
            path("<int:pk>/check/", check, name="applications_assessment_check"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """The scoring page is the one page of an assessment; it answers 404 to a stranger."""
        if not object_id.isdecimal():
            return super().change_view(request, object_id, form_url, extra_context)
        return redirect(reverse("admin:applications_assessment_score", args=[object_id]))

    def changelist_view(self, request, extra_context=None):
        is_staff = held_by(request.user) & READERS
        title = "Assessments" if is_staff else "Your assessments"
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    @admin.display(description="what to do")
    def deed(self, assessment):
        """The link of an assessor's line says what it leads to."""
        said, reference = to_do.deed(assessment), assessment.application.reference
        return format_html('{}<span class="visually-hidden"> {}</span>', said, reference)

    @admin.display(ordering="application__reference")
    def reference(self, assessment):
        return assessment.application.reference

    @admin.display(description="project", ordering="application__title")
    def title(self, assessment):
        return assessment.application.title

    @admin.display(ordering="application__competition__code")
    def competition(self, assessment):
        return assessment.application.competition.code

    @admin.display(description="questions scored")
    def progress(self, assessment):
        return f"{assessment.scored} of {assessment.asked}"
