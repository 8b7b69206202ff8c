"""The pages on which a whole competition is given out: what there is, the plan, and its carrying out."""

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin import site as admin_site
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.roles import Role, held_in
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from applications.admin.plan_in_words import InWords, many
from applications.assessment import planning, topics
from applications.assessment.staffing import situation
from applications.desk import standing
from applications.models import Application, AssignmentPlan, Competition

REFUSED = 422
CONFLICT = 409

#: Plans that the first page lists.
RECENT = 5

#: Applications on one page of a plan.
EACH = 50


class PlanPage(View):
    """What both pages share: the competition, which only a manager of its region works on."""

    site: AdminSite = admin_site

    def competition(self, request: HttpRequest, pk: int) -> Competition:
        competition = get_object_or_404(Competition.objects.run_by(request.user), pk=pk)
        if Role.MANAGER not in held_in(request.user, competition.region_id):
            raise PermissionDenied
        return competition

    def page(self, request: HttpRequest, name: str, competition: Competition, *, status=200, **context):
        context = {
            **self.site.each_context(request),
            "opts": Competition._meta,
            "competition": competition,
            **context,
        }
        template = f"admin/applications/competition/{name}.html"
        return TemplateResponse(request, template, context, status=status)


@method_decorator([never_cache, one_effect("draw up assignment plan")], name="dispatch")
class AssignPage(PlanPage):
    """What is to be given out, and the button that works the best assignment out."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(request, self.competition(request, pk))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        competition = self.competition(request, pk)
        try:
            plan = planning.draw_up(competition, by=request.user, at=arrived_at(request))
        except planning.PlanRefused as refusal:
            messages.error(request, str(refusal))
            return self._page(request, competition, status=CONFLICT)
        messages.success(request, "The assignment is worked out. Nothing has been given out yet.")
        return redirect("admin:applications_competition_plan", pk, plan.pk)

    def _page(self, request: HttpRequest, competition: Competition, *, status=200) -> HttpResponse:
        found = situation(competition, manager=request.user, at=arrived_at(request))
        plans = competition.assignment_plans.select_related("drawn_up_by", "carried_out_by")
        problem = found.problem
        return self.page(
            request,
            "assign",
            competition,
            status=status,
            title="Give applications out",
            found=found,
            room=sum(reader.room for reader in problem.readers) - len(problem.stands),
            unchecked=standing.unchecked(Application.objects.filter(pk__in=found.incomplete)).count(),
            plans=plans.order_by("-pk")[:RECENT],
        )


@method_decorator([never_cache, one_effect("carry out assignment plan")], name="dispatch")
class PlanView(PlanPage):
    """A plan with its reasons, and the button that gives it out as it is shown."""

    def get(self, request: HttpRequest, pk: int, plan_pk: int) -> HttpResponse:
        competition = self.competition(request, pk)
        return self._page(request, competition, get_object_or_404(competition.assignment_plans, pk=plan_pk))

    def post(self, request: HttpRequest, pk: int, plan_pk: int) -> HttpResponse:
        competition = self.competition(request, pk)
        plan = get_object_or_404(competition.assignment_plans, pk=plan_pk)
        try:
            planning.carry_out(plan, by=request.user, at=arrived_at(request))
        except planning.AlreadyCarriedOut as refusal:
            messages.info(request, str(refusal))
        except planning.PlanRefused as refusal:
            messages.error(request, str(refusal))
            return self._page(request, competition, plan, status=CONFLICT)
        else:
            given = sum(not pair["stood"] for pair in plan.content["pairs"])
            messages.success(request, f"{many(given, 'assessment')} given out. Each assessor is told once.")
        return redirect("admin:applications_competition_plan", pk, plan_pk)

    def _page(
        self, request: HttpRequest, competition: Competition, plan: AssignmentPlan, *, status=200
    ) -> HttpResponse:
        shown = InWords(plan.content)
        return self.page(
            request,
            "plan",
            competition,
            status=status,
            title="Plan of who assesses what",
            plan=plan,
            shown=shown,
            page=Paginator(shown.by_application, EACH).get_page(request.GET.get("page")),
            most_points=topics.MOST_POINTS,
        )
