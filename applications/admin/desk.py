"""The eligibility desk: an application's rules with their evidence, each with its decision."""

from collections.abc import Iterable

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_POST

from accounts.refusals import RoleMissing
from accounts.roles import Role, held_by
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from applications import workflow
from applications.admin.desk_lists import DeskCases, DeskList, ScopeFilter
from applications.admin.filters import CompetitionChoices
from applications.assessment import independence
from applications.desk import deciding, due, evidence, ineligibility
from applications.desk.checks import Check
from applications.forms.desk import DeskForm, IneligibleForm, ReinstateForm, ScopeForm
from applications.models import READERS, Application, EligibilityCase, ScopeCase
from applications.workflow import UNFINISHED, AssessmentStatus, MoveRefused, Status


def found(rows, object_id: str, **more):
    """The row of an address; 404 for what is no id or none of these."""
    is_id = object_id.isascii() and object_id.isdecimal() and len(object_id) < 19
    return get_object_or_404(rows, pk=int(object_id) if is_id else 0, **more)


def status_of(refusal: Exception) -> int:
    return 403 if isinstance(refusal, RoleMissing | independence.OwnOrganisation) else 409


@admin.register(EligibilityCase)
class EligibilityCaseAdmin(DeskCases):
    does = {Role.MANAGER: "Decide the rules of an application, find it ineligible, let it in again"}

    def has_view_permission(self, request, obj=None):
        return bool(held_by(request.user) & READERS) and super().has_view_permission(request, obj)

    def get_urls(self):
        posts = {
            "decide": self.decide_view,
            "ineligible": self.ineligible_view,
            "reinstate": self.reinstate_view,
        }
        return [
            *[
                path(
                    f"<int:pk>/{name}/",
                    self.admin_site.admin_view(require_POST(view)),
                    name=f"applications_eligibilitycase_{name}",
                )
                for name, view in posts.items()
            ],
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not self.has_view_permission(request) or request.method == "POST":
            raise PermissionDenied
        return self._page(request, found(self.get_queryset(request), object_id))

    @one_effect("decide eligibility rules")
    def decide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        case = self._case(request, pk)
        form = DeskForm(_rules(case), request.POST)
        if not form.is_valid():
            return self._page(request, case, form, status=422)
        try:
            deciding.decide(
                case, form.rulings, seen=form.cleaned_data["seen"], by=request.user, at=arrived_at(request)
            )
        except deciding.RulingRefused as refusal:
            form.add_error(f"reason-{refusal.check}", str(refusal))
            return self._page(request, case, form, status=422)
        except deciding.DecidingRefused as refusal:
            return self._page(request, case, form, problems=[str(refusal)], status=status_of(refusal))
        messages.success(request, f"What you decided of {case.reference} is saved.")
        return redirect("admin:applications_eligibilitycase_change", pk)

    @one_effect("find application ineligible")
    def ineligible_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        case = self._case(request, pk)
        form = IneligibleForm(request.POST)
        if not form.is_valid():
            return self._page(request, case, finding=form, status=422)
        reason, owed = form.cleaned_data["late_reason"], _given(case).get("owed")
        try:
            ineligibility.find_ineligible(case, reason, by=request.user, at=arrived_at(request))
        except ineligibility.ReasonRefused as refusal:
            form.add_error("late_reason", str(refusal))
            return self._page(request, case, finding=form, status=422)
        except (deciding.DecidingRefused, MoveRefused) as refusal:
            problems, status = [_in_words(refusal)], status_of(refusal)
            return self._page(request, case, finding=form, problems=problems, status=status)
        told = "Those who edit it are told the reasons"
        told += ", and its assessors that it is taken back." if owed else "."
        messages.success(request, f"{case.reference} is ineligible. {told}")
        return redirect("admin:applications_eligibilitycase_change", pk)

    @one_effect("reinstate application")
    def reinstate_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        case = self._case(request, pk)
        form = ReinstateForm(request.POST)
        if not form.is_valid():
            return self._page(request, case, reinstating=form, status=422)
        try:
            reason = form.cleaned_data["reason"]
            ineligibility.reinstate(case, reason, by=request.user, at=arrived_at(request))
        except ineligibility.ReasonRefused as refusal:
            form.add_error("reason", str(refusal))
            return self._page(request, case, reinstating=form, status=422)
        except (deciding.DecidingRefused, MoveRefused) as refusal:
            problems = [_in_words(refusal)]
            return self._page(request, case, reinstating=form, problems=problems, status=status_of(refusal))
        messages.success(request, f"{case.reference} is in again. Decide anew what went against it.")
        return redirect("admin:applications_eligibilitycase_change", pk)

    def _case(self, request: HttpRequest, pk: int) -> Application:
        if Role.MANAGER not in held_by(request.user):
            raise PermissionDenied
        return found(self.get_queryset(request), str(pk))

    def _page(
        self,
        request: HttpRequest,
        case: Application,
        form: DeskForm | None = None,
        *,
        finding: IneligibleForm | None = None,
        reinstating: ReinstateForm | None = None,
        problems: Iterable[str] = (),
        status: int = 200,
    ) -> HttpResponse:
        decisions = deciding.latest(case)
        rules = _rules(case)
        form = form or DeskForm.of(rules, decisions)
        points = {one.check: one for one in evidence.of([case], reader=request.user)[case.pk]}
        out = ineligibility.found_by(case) if case.status == Status.INELIGIBLE else None
        against = [one for one in decisions.values() if one.is_against]
        context = {
            **self.admin_site.each_context(request),
            "title": f"Eligibility of {case.reference}",
            "opts": self.opts,
            "application": case,
            "competition": case.competition,
            "due_on": due.due_on(case.competition),
            "rules": [
                (
                    rule,
                    points[rule],
                    decisions.get(rule),
                    form[f"outcome-{rule}"],
                    form[f"reason-{rule}"],
                )
                for rule in rules
            ],
            "scope": decisions.get(Check.SCOPE),
            "decided": len(decisions),
            "form": form,
            "finding": finding or IneligibleForm(),
            "reinstating": reinstating or ReinstateForm(),
            "more": finding or reinstating,
            "problems": problems,
            "may_decide": deciding.may_decide(case, request.user, Role.MANAGER),
            "may_find": bool(against) and case.status in workflow.INELIGIBLE.sources,
            "given": _given(case),
            "told": ineligibility.reasons(case) if against else [],
            "out": out,
            "may_reinstate": out is not None and ineligibility.may_reinstate(case, request.user),
            "earlier": _earlier(case, decisions),
        }
        return TemplateResponse(request, "admin/applications/desk/case.html", context, status=status)


@admin.register(ScopeCase)
class ScopeCaseAdmin(DeskList):
    """What an innovation lead sees of an application: its scope answer, and nothing that says whose it is."""

    list_display = ("reference", "code", "scope_shown", "due_on")
    list_filter = (ScopeFilter, ("competition", CompetitionChoices))
    search_fields = ("reference",)
    does = {Role.LEAD: "Decide whether a project is in scope"}

    def get_urls(self):
        decide = self.admin_site.admin_view(require_POST(self.decide_view))
        return [
            path("<int:pk>/decide/", decide, name="applications_scopecase_decide"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not self.has_view_permission(request) or request.method == "POST":
            raise PermissionDenied
        return self._page(request, found(self.get_queryset(request), object_id))

    @one_effect("decide scope")
    def decide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if Role.LEAD not in held_by(request.user):
            raise PermissionDenied
        case = found(self.get_queryset(request), str(pk))
        form = ScopeForm(request.POST)
        if not form.is_valid():
            return self._page(request, case, form, status=422)
        given = form.cleaned_data
        ruling = deciding.Ruling(given["outcome"], given["reason"])
        try:
            deciding.decide_scope(case, ruling, seen=given["seen"], by=request.user, at=arrived_at(request))
        except deciding.RulingRefused as refusal:
            form.add_error("reason", str(refusal))
            return self._page(request, case, form, status=422)
        except deciding.DecidingRefused as refusal:
            return self._page(request, case, form, problems=[str(refusal)], status=status_of(refusal))
        messages.success(request, f"What you decided of the scope of {case.reference} is saved.")
        return redirect("admin:applications_scopecase_changelist")

    def _page(
        self,
        request: HttpRequest,
        case: Application,
        form: ScopeForm | None = None,
        *,
        problems: Iterable[str] = (),
        status: int = 200,
    ) -> HttpResponse:
        decisions = deciding.latest(case)
        decided = decisions.get(Check.SCOPE)
        stands = {"outcome": decided.outcome, "reason": decided.reason} if decided else {}
        seen = deciding.last_of(decisions, of_scope=True)
        answer = case.answers.filter(question__key="scope").values_list("text", flat=True).first()
        context = {
            **self.admin_site.each_context(request),
            "title": f"Scope of {case.reference}",
            "opts": self.opts,
            "application": case,
            "competition": case.competition,
            "due_on": due.due_on(case.competition),
            "answer": answer,
            "decided": decided,
            "form": form or ScopeForm(initial={**stands, "seen": seen}),
            "problems": problems,
            "may_decide": deciding.may_decide(case, request.user, Role.LEAD),
        }
        return TemplateResponse(request, "admin/applications/desk/scope.html", context, status=status)


def _rules(case: Application) -> list[Check]:
    return [check for check in deciding.of(case) if check != Check.SCOPE]


def _given(case: Application) -> dict[str, int]:
    """How many assessors owe an assessment of one that is being assessed, and how many have submitted it."""
    if case.status != Status.IN_ASSESSMENT:
        return {}
    return case.assessments.aggregate(
        owed=Count("pk", filter=Q(status__in=UNFINISHED)),
        submitted=Count("pk", filter=Q(status=AssessmentStatus.SUBMITTED)),
    )


def _earlier(case: Application, decisions) -> list:
    """What was decided before and does not count any more."""
    standing = [one.pk for one in decisions.values()]
    rows = case.rule_decisions.exclude(pk__in=standing).select_related("decided_by")
    return list(rows.order_by("-pk"))


def _in_words(refusal: Exception) -> str:
    """A move that is refused names states; whoever pressed the button is told what it means."""
    if isinstance(refusal, MoveRefused):
        return "Somebody else has changed this application meanwhile. It is shown as it stands now."
    return str(refusal)
