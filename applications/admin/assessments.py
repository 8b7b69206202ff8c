"""Assessments: an assessor's own work, and what staff see of everybody's."""

from functools import partial

from django.contrib import admin
from django.db.models import F, OuterRef
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html

from accounts.admin.in_words import in_words
from accounts.admin.records import Record, counted
from accounts.roles import Role, held_by
from applications import to_do
from applications.admin import version_page
from applications.admin.check_page import CheckPage
from applications.admin.filters import CompetitionChoices
from applications.admin.late_changes import ReplacePage
from applications.admin.offer_page import OfferPage
from applications.admin.offers_page import OffersPage
from applications.admin.quality_page import QualityPage
from applications.admin.scoring_page import ScoringPage
from applications.admin.sheet_page import SheetPage, download
from applications.admin.signed_out import keeps_typing
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
            .annotate(
                scored=counted(scored, "assessment"),
                asked=counted(asked, "question_set"),
            )
        )

    def get_ordering(self, request):
        """For an assessor, what is due next stands first and what is done last."""
        if held_by(request.user) & READERS:
            return self.ordering
        due = F("application__competition__assessments_due_at").asc(nulls_last=True)
        return F("submitted_at").asc(nulls_first=True), due, "given_at", "pk"

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
        score, check = keeps_typing(view(ScoringPage.as_view(site=site))), view(CheckPage.as_view(site=site))
        offer = view(OfferPage.as_view(site=site))
        version = view(partial(version_page.show, site=site))
        sheet = view(SheetPage.as_view(site=site))
        replace = view(ReplacePage.as_view(site=site))
        offers = view(OffersPage.as_view(site=site))
        return [
            path("offers/", offers, name="applications_assessment_offers"),
            path("sheet/", sheet, name="applications_assessment_sheet"),
            path("sheet/file/", view(download), name="applications_assessment_sheet_file"),
            path("<int:pk>/offer/", offer, name="applications_assessment_offer"),
            path("quality/", view(QualityPage.as_view(site=site)), name="applications_assessment_quality"),
            path("<int:pk>/score/", score, name="applications_assessment_score"),
            path("<int:pk>/check/", check, name="applications_assessment_check"),
            path("<int:pk>/versions/<int:version>/", version, name="applications_assessment_version"),
            path("<int:pk>/replace/", replace, name="applications_assessment_replace"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Leads to the page of an offer or to the scoring page, which answer 404 to a stranger."""
        if not (object_id.isascii() and object_id.isdecimal()) or len(object_id) > 18:
            return super().change_view(request, object_id, form_url, extra_context)
        found = (
            Assessment.objects.visible_to(request.user).filter(pk=object_id, assessor=request.user).first()
        )
        page = to_do.page_of(found) if found else "admin:applications_assessment_score"
        return redirect(reverse(page, args=[object_id]))

    def changelist_view(self, request, extra_context=None):
        is_staff = held_by(request.user) & READERS
        title = "Assessments" if is_staff else "Your assessments"
        return super().changelist_view(
            request, {"title": title, "offers_sheet": not is_staff, **(extra_context or {})}
        )

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
