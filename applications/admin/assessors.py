"""The pool of assessors, the agreement they enter into, and the conflicts that are found."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_POST

from accounts import london
from accounts.admin.records import Record, counted
from accounts.formats import local_day
from accounts.roles import Role, held_by
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from applications.admin.assessor_page import AssessorPage
from applications.admin.filters import CompetitionChoices
from applications.assessment import declarations, pool, rulings
from applications.forms.assessor import RulingForm
from applications.models import READERS, Assessment, AssessorProfile, Conflict, Skill
from applications.workflow import UNFINISHED

#: Of those who are invited; of more, their own list tells.
INVITED_SHOWN = 20


class StandingFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "standing"

    def lookups(self, request, model_admin):
        return [
            ("ready", "Ready"),
            ("agreement", "Agreement missing"),
            ("declaration", "Declaration missing, lapsed or overtaken"),
        ]

    def queryset(self, request, profiles):
        wanted = {
            "ready": {"has_agreed": True, "has_declared": True},
            "agreement": {"has_agreed": False},
            "declaration": {"has_declared": False},
        }
        return profiles.filter(**wanted.get(self.value(), {}))


class AreaFilter(admin.SimpleListFilter):
    title = "area of innovation"
    parameter_name = "area"

    def lookups(self, request, model_admin):
        areas = Skill.objects.order_by("area").values_list("area", flat=True).distinct()
        return [(area, area) for area in areas]

    def queryset(self, request, profiles):
        if not self.value():
            return profiles
        return profiles.filter(pk__in=AssessorProfile.objects.filter(skills__area=self.value()).values("pk"))


@admin.register(AssessorProfile)
class AssessorProfileAdmin(Record):
    list_display = ("name", "email", "kind", "employer", "skill_names", "capacity", "owed", "standing")
    list_filter = ("kind", StandingFilter, AreaFilter, "skills")
    list_select_related = ("person",)
    search_fields = ("person__name", "person__email", "employer", "skills__name")
    ordering = ("person__name", "pk")
    fields = (
        "name", "email", "kind", "standing", "employer", "employer_number", "employer_parent_number",
        "job_title", "earlier_employer", "earlier_employer_number", "earlier_left_on", "address", "postcode",
        "skill_names", "interests_in_words", "capacity", "declarations_in_words",
    )  # fmt: skip
    readonly_fields = (
        "name", "email", "standing", "skill_names", "interests_in_words", "declarations_in_words",
    )  # fmt: skip

    def get_queryset(self, request):
        owed = Assessment.objects.filter(assessor=OuterRef("person"), status__in=UNFINISHED)
        return (
            super()
            .get_queryset(request)
            .with_standing(london.day_of(arrived_at(request)))
            .annotate(owed=counted(owed, "assessor"))
            .select_related("person")
            .prefetch_related("skills", "interests")
        )

    def has_view_permission(self, request, obj=None):
        """Staff alone: an assessor has a page of their own."""
        return bool(held_by(request.user) & READERS) and super().has_view_permission(request, obj)

    def get_urls(self):
        own = self.admin_site.admin_view(AssessorPage.as_view(site=self.admin_site))
        return [path("own/", own, name="applications_assessorprofile_own"), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        at = arrived_at(request)
        under_way = [
            {"invitation": one, "stand": one.stand_at(at)}
            for one in pool.under_way(request.user)[:INVITED_SHOWN]
        ]
        context = {
            "title": "Assessors",
            "under_way": under_way,
            "may_invite": Role.MANAGER in held_by(request.user),
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    @admin.display(description="name", ordering="person__name")
    def name(self, profile):
        return str(profile.person)

    @admin.display(description="email address", ordering="person__email")
    def email(self, profile):
        return profile.person.email

    @admin.display(description="skills")
    def skill_names(self, profile):
        return ", ".join(sorted(skill.name for skill in profile.skills.all()))

    @admin.display(description="to do now", ordering="owed")
    def owed(self, profile):
        return profile.owed

    @admin.display(description="state")
    def standing(self, profile):
        if not profile.has_declared:
            return "Facts changed since declared" if profile.undeclared_since else "Declaration missing"
        return "Ready" if profile.has_agreed else "Agreement missing"

    @admin.display(description="interests")
    def interests_in_words(self, profile):
        said = []
        for one in profile.interests.all():
            number = f" ({one.company_number})" if one.company_number else ""
            whose = ", close family" if one.whose == "family" else ""
            said.append(f"{one.organisation_name}{number}: {one.get_kind_display().lower()}{whose}")
        return "; ".join(said) or "None"

    @admin.display(description="declarations")
    def declarations_in_words(self, profile):
        said = []
        for one in declarations.made_by(profile.person):
            on = declarations.made_on(one)
            until = f"until {local_day(one.lapses_on)}"
            said.append(f"{local_day(one.declared_at)}{f', on {on}' if on else ''}, {until}")
        return "; ".join(said) or "None"


@admin.register(Conflict)
class ConflictAdmin(Record):
    list_display = ("reference", "assessor", "kind", "reason", "state", "blocks", "found_at")
    list_filter = ("state", "blocks", "kind", ("application__competition", CompetitionChoices))
    list_select_related = ("application__competition", "assessor")
    search_fields = ("application__reference", "assessor__name", "assessor__email")
    ordering = ("-found_at", "-pk")
    does = {Role.MANAGER: "Block or clear conflicts of interest"}

    def has_view_permission(self, request, obj=None):
        return bool(held_by(request.user) & READERS) and super().has_view_permission(request, obj)

    def get_urls(self):
        rule = self.admin_site.admin_view(require_POST(self.rule_view))
        return [path("<int:pk>/rule/", rule, name="applications_conflict_rule"), *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not self.has_view_permission(request) or request.method == "POST":
            raise PermissionDenied
        is_id = object_id.isascii() and object_id.isdecimal() and len(object_id) < 19
        conflict = self._find(request, int(object_id) if is_id else 0)
        return self._page(request, conflict, RulingForm(initial={"seen": _seen(conflict)}))

    @one_effect("rule on conflict")
    def rule_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if Role.MANAGER not in held_by(request.user):
            raise PermissionDenied
        conflict = self._find(request, pk)
        form = RulingForm(request.POST)
        if not form.is_valid():
            return self._page(request, conflict, form, status=422)
        try:
            if form.cleaned_data["seen"] not in ("", _seen(conflict)):
                raise rulings.Changed("This conflict has changed. Look at it as it stands now.")
            ruled = rulings.rule(
                conflict,
                is_cleared=form.cleaned_data["ruling"] == "clear",
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=arrived_at(request),
            )
        except (rulings.NotAManager, rulings.OwnConflict, rulings.OwnOrganisation) as refusal:
            return self._page(request, conflict, form, problems=[str(refusal)], status=403)
        except rulings.ReasonMissing as refusal:
            form.add_error("reason", str(refusal))
            return self._page(request, conflict, form, status=422)
        except rulings.RulingRefused as refusal:
            return self._page(request, conflict, form, problems=[str(refusal)], status=409)
        messages.success(request, f"The conflict is {ruled.get_state_display().lower()}.")
        return redirect("admin:applications_conflict_change", pk)

    def _find(self, request: HttpRequest, pk: int) -> Conflict:
        rows = self.get_queryset(request).select_related(
            "application__competition__region", "assessor", "ruled_by"
        )
        return get_object_or_404(rows, pk=pk)

    def _page(self, request, conflict: Conflict, form: RulingForm, *, problems=(), status: int = 200):
        context = {
            **self.admin_site.each_context(request),
            "title": f"Conflict: {conflict.assessor} and {conflict.application.reference}",
            "opts": self.opts,
            "conflict": conflict,
            "application": conflict.application,
            "form": form,
            "problems": problems,
            "may_rule": rulings.may_rule(conflict, request.user),
        }
        return TemplateResponse(request, "admin/applications/conflict/conflict.html", context, status=status)

    @admin.display(description="application", ordering="application__reference")
    def reference(self, conflict):
        return conflict.application.reference


def _seen(conflict: Conflict) -> str:
    """Which finding and ruling a page shows."""
    ruled = conflict.ruled_at.timestamp() if conflict.ruled_at else 0
    return f"{conflict.state}-{conflict.found_at.timestamp()}-{ruled}"
