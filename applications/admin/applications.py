"""Applications as staff read them, and the giving of them to assessors."""

from collections.abc import Set

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_POST

from accounts.admin.records import Record, counted
from accounts.admin.written import pounds
from accounts.models import User, regions_of
from accounts.roles import Role, held_by, held_in
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from applications import flags, workflow
from applications.admin import reading
from applications.admin.filters import CompetitionChoices
from applications.admin.late_changes import LeavingPage, departures
from applications.admin.marks_page import DecideExclusion, MarksPage, ProposeExclusion, WriteNote
from applications.assessment import apart, assignment, declining
from applications.desk import standing
from applications.forms.declining import TakeBackForm
from applications.models import READERS, Application, Assessment, Participant
from applications.workflow import ENDED, AssessmentStatus, MoveRefused, Status


def _assessors(regions: Set[int | None] = frozenset({None})):
    return User.objects.holding(Role.ASSESSOR, regions).order_by("name", "email")


class AssessorField(forms.ModelChoiceField):
    def __init__(self, **options):
        super().__init__(_assessors(), label="Assessor", empty_label="Choose an assessor", **options)

    def label_from_instance(self, person):
        return f"{person.name} ({person.email})" if person.name else person.email


class GiveForm(forms.Form):
    assessor = AssessorField(error_messages={"required": "Choose an assessor"})

    def __init__(self, region_id: int, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["assessor"].queryset = _assessors({region_id})  # type: ignore[attr-defined]


class GiveSelectedForm(ActionForm):
    assessor = AssessorField(required=False)


class StatusFilter(admin.SimpleListFilter):
    """Every status but draft: staff do not see drafts."""

    title = "status"
    parameter_name = "status"

    def lookups(self, request, model_admin):
        return [(status.value, status.label) for status in Status if status != Status.DRAFT]

    def queryset(self, request, applications):
        return applications.filter(status=self.value()) if self.value() in Status.values else applications


class AssessorsFilter(admin.SimpleListFilter):
    title = "assessors"
    parameter_name = "assessors"

    def lookups(self, request, model_admin):
        return [("short", "Fewer than promised")]

    def queryset(self, request, applications):
        if self.value() != "short":
            return applications
        short = apart.short_of_assessors(Application.objects.all(), arrived_at(request))
        return applications.filter(pk__in=short.values("pk"))


@admin.register(Application)
class ApplicationAdmin(Record):
    list_display = (
        "reference",
        "title",
        "lead_name",
        "competition_code",
        "status",
        "assessments_done",
        "grant_in_pounds",
    )
    list_filter = (StatusFilter, AssessorsFilter, ("competition", CompetitionChoices))
    list_select_related = ("competition",)
    search_fields = ("reference", "title", "participants__name")
    ordering = ("-submitted_at", "pk")
    does = {Role.MANAGER: "Give to assessors"}
    action_form = GiveSelectedForm
    actions = ("give_selected",)

    def get_queryset(self, request):
        lead = Participant.objects.filter(application=OuterRef("pk"), is_lead=True).values("name")
        given = Assessment.objects.filter(application=OuterRef("pk"))
        done = given.filter(status=AssessmentStatus.SUBMITTED)
        # Counted for the rows of the page alone: a join would count for all before it takes the first.
        return (
            super()
            .get_queryset(request)
            .exclude(status=Status.DRAFT)
            .annotate(
                lead_name=Subquery(lead),
                given=counted(given.exclude(status__in=ENDED), "application"),
                done=counted(done, "application"),
            )
        )

    def has_view_permission(self, request, obj=None):
        """Staff alone: an assessor reads an application on its scoring page."""
        return bool(held_by(request.user) & READERS) and super().has_view_permission(request, obj)

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def changelist_view(self, request, extra_context=None):
        """Offer the assessors of the regions for which the person gives applications out."""
        answer = super().changelist_view(request, extra_context)
        if form := getattr(answer, "context_data", {}).get("action_form"):
            form.fields["assessor"].queryset = _assessors(regions_of(request.user, {Role.MANAGER}))
        return answer

    def has_give_permission(self, request, application=None):
        if application is None:
            return Role.MANAGER in held_by(request.user)
        return Role.MANAGER in held_in(request.user, application.competition.region_id)

    def get_urls(self):
        give = self.admin_site.admin_view(require_POST(self.give_view))
        take_back = self.admin_site.admin_view(require_POST(self.take_back_view))
        pages = {
            "marks": MarksPage,
            "exclude": ProposeExclusion,
            "decide_exclusion": DecideExclusion,
            "note": WriteNote,
            "leaves": LeavingPage,
        }
        return [
            *[
                path(
                    f"<int:pk>/{name.replace('_', '-')}/",
                    self.admin_site.admin_view(page.as_view(site=self.admin_site)),
                    name=f"applications_application_{name}",
                )
                for name, page in pages.items()
            ],
            path("<int:pk>/give/", give, name="applications_application_give"),
            path("<int:pk>/take-back/", take_back, name="applications_application_take_back"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            raise PermissionDenied
        pk = int(object_id) if object_id.isdecimal() and len(object_id) < 19 else None
        application = get_object_or_404(self.get_queryset(request).select_related("competition"), pk=pk)
        return self._page(request, application, GiveForm(application.competition.region_id))

    @one_effect("give application to assessor")
    def give_view(self, request, pk: int) -> HttpResponse:
        at = arrived_at(request)
        application = get_object_or_404(self.get_queryset(request).select_related("competition"), pk=pk)
        if not self.has_give_permission(request, application):
            raise PermissionDenied
        form = GiveForm(application.competition.region_id, request.POST)
        if form.is_valid():
            assessor = form.cleaned_data["assessor"]
            try:
                assignment.give(application, assessor, by=request.user, at=at)
            except (assignment.AssignmentRefused, MoveRefused) as refusal:
                form.add_error("assessor", str(refusal))
            else:
                messages.success(request, f"{application.reference} was given to {assessor}.")
                return redirect("admin:applications_application_change", pk)
        return self._page(request, application, form, status=422)

    @one_effect("withdraw assessment")
    def take_back_view(self, request, pk: int) -> HttpResponse:
        """The form names its assessment; without one of this application it is shown again as it stands."""
        at = arrived_at(request)
        application = get_object_or_404(self.get_queryset(request).select_related("competition"), pk=pk)
        if not self.has_give_permission(request, application):
            raise PermissionDenied
        given = GiveForm(application.competition.region_id)
        named = request.POST.get("assessment", "")
        chosen = int(named) if named.isdecimal() and len(named) < 19 else None
        assessment = application.assessments.select_related("assessor").filter(pk=chosen).first()
        if assessment is None:
            messages.error(request, "Choose the assessment to take back.")
            return self._page(request, application, given, status=422)
        form = TakeBackForm(assessment.pk, request.POST)
        if form.is_valid():
            try:
                declining.take_back(assessment, form.cleaned_data["reason"], by=request.user, at=at)
            except declining.AlreadyOver as refusal:
                messages.error(request, str(refusal))
                return self._page(request, application, given, status=422)
            except declining.EndingRefused as refusal:
                form.add_error("reason", str(refusal))
            else:
                messages.success(request, f"It was taken back from {assessment.assessor}.")
                return redirect("admin:applications_application_change", pk)
        return self._page(request, application, given, taking_back=form, status=422)

    @admin.action(description="Give to the chosen assessor", permissions=["give"])
    def give_selected(self, request, applications):
        at = arrived_at(request)
        chosen = request.POST.get("assessor", "")
        offered = _assessors(regions_of(request.user, {Role.MANAGER}))
        assessor = offered.filter(pk=int(chosen) if chosen.isdecimal() else None).first()
        if assessor is None:
            self.message_user(request, "Choose an assessor beside the action.", messages.ERROR)
            return
        for application in applications.order_by("reference"):
            try:
                assignment.give(application, assessor, by=request.user, at=at)
            except (assignment.AssignmentRefused, MoveRefused) as refusal:
                self.message_user(request, f"{application.reference}: not given. {refusal}", messages.ERROR)
            else:
                self.message_user(request, f"{application.reference}: given to {assessor}.", messages.SUCCESS)

    def _page(
        self,
        request: HttpRequest,
        application: Application,
        form: GiveForm,
        *,
        taking_back: TakeBackForm | None = None,
        status: int = 200,
    ) -> HttpResponse:
        assessments = application.assessments.select_related("assessor").annotate(
            scored=Count("scores", filter=Q(scores__mark__isnull=False) & ~Q(scores__feedback=""))
        )
        context = {
            **self.admin_site.each_context(request),
            "title": application.reference,
            "opts": self.opts,
            "application": application,
            "answers": reading.answers(application),
            "parts": reading.parts(application),
            "flags": flags.of_applications([application.pk]).get(application.pk, []),
            "assessments": [
                (assessment, _take_back_form(assessment, taking_back))
                for assessment in assessments.order_by("given_at", "pk")
            ],
            "departures": departures(application),
            "may_raise": application.status in workflow.RAISABLE
            and Role.FUNDS in held_in(request.user, application.competition.region_id),
            "unchecked": standing.warning_of(application),
            "may_take_back": self.has_give_permission(request, application),
            "taking_back": taking_back,
            "changes": application.status_changes.select_related("made_by").order_by("made_at", "pk"),
            "notifications": reading.notifications(application),
            "form": form,
            "may_give": self.has_give_permission(request, application)
            and application.status in (Status.SUBMITTED, Status.IN_ASSESSMENT),
        }
        return TemplateResponse(request, "admin/applications/application/detail.html", context, status=status)

    @admin.display(description="lead organisation", ordering="lead_name")
    def lead_name(self, application):
        return application.lead_name

    @admin.display(description="competition", ordering="competition__code")
    def competition_code(self, application):
        return application.competition.code

    @admin.display(description="grant sought", ordering="grant_sought")
    def grant_in_pounds(self, application):
        return pounds(application.grant_sought)

    @admin.display(description="assessed")
    def assessments_done(self, application):
        return f"{application.done} of {application.given}"


def _take_back_form(assessment: Assessment, sent: TakeBackForm | None) -> TakeBackForm | None:
    """The form as it was sent where it was about this assessment; none where nothing is owed."""
    if sent and sent.assessment_id == assessment.pk:
        return sent
    return TakeBackForm(assessment.pk) if assessment.is_owed else None
