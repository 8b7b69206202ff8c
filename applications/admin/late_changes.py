"""Pages for what changes after the close: another assessor, and an organisation that leaves."""

from collections.abc import Iterable

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin import site as admin_site
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.views import View

from accounts.models import User
from accounts.refusals import RoleMissing
from accounts.roles import Role, held_by
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from applications import leaving, remainder
from applications.admin import reading
from applications.assessment import assignment, declining, independence, replacing
from applications.forms.late_changes import LeavingForm, ReplaceForm
from applications.models import Application, Assessment, Conflict, Departure
from applications.workflow import MoveRefused, Status


class ManagersPage(View):
    """A page of competition managers; what is another region's is as if it were not there."""

    site: AdminSite = admin_site

    def dispatch(self, request: HttpRequest, *args, **kwargs):
        if Role.MANAGER not in held_by(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


def status_of(refusal: Exception) -> int:
    return 403 if isinstance(refusal, RoleMissing | independence.OwnOrganisation) else 409


@method_decorator(one_effect("replace assessor"), name="dispatch")
class ReplacePage(ManagersPage):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        assessment = reading.assessment(request.user, pk)
        return self.page(request, assessment, ReplaceForm(_others(assessment)))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        assessment = reading.assessment(request.user, pk)
        form = ReplaceForm(_others(assessment), request.POST)
        if not form.is_valid():
            return self.page(request, assessment, form, status=422)
        other, reason = form.cleaned_data["assessor"], form.cleaned_data["reason"]
        try:
            replacing.replace(assessment, other, reason, by=request.user, at=arrived_at(request))
        except (declining.ReasonMissing, declining.TooLong) as refusal:
            form.add_error("reason", str(refusal))
            return self.page(request, assessment, form, status=422)
        except (declining.NotAManager, assignment.NotAManager) as refusal:
            return self.page(request, assessment, form, problems=[str(refusal)], status=403)
        except assignment.AssignmentRefused as refusal:
            form.add_error("assessor", str(refusal))
            return self.page(request, assessment, form, status=422)
        except (declining.EndingRefused, MoveRefused) as refusal:
            return self.page(request, assessment, form, problems=[str(refusal)], status=409)
        messages.success(request, f"{other} assesses it instead of {assessment.assessor}. Both are told.")
        return redirect("admin:applications_application_change", assessment.application_id)

    def page(
        self,
        request: HttpRequest,
        assessment: Assessment,
        form: ReplaceForm,
        *,
        problems: Iterable[str] = (),
        status: int = 200,
    ) -> HttpResponse:
        context = {
            **self.site.each_context(request),
            "title": f"Replace {assessment.assessor}",
            "opts": Assessment._meta,
            "assessment": assessment,
            "application": assessment.application,
            "form": form,
            "problems": problems,
            "conflicts": Conflict.objects.blocking()
            .filter(assessor=assessment.assessor_id, application=assessment.application_id)
            .order_by("found_at", "pk"),
            "may_replace": not assessment.is_submitted,
        }
        return TemplateResponse(request, "admin/applications/assessment/replace.html", context, status=status)


def _others(assessment: Assessment):
    """The region's assessors that never had this application, or lost it as it was found ineligible; the
    action asks the rest."""
    offered = User.objects.holding(Role.ASSESSOR, frozenset({assessment.application.competition.region_id}))
    had = assessment.application.assessments.exclude(ended_with_application=True).values("assessor")
    return offered.exclude(pk__in=had).order_by("name", "email")


@method_decorator(one_effect("record that participant left"), name="dispatch")
class LeavingPage(ManagersPage):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        application = self.find(request, pk)
        return self.page(request, application, LeavingForm(_remaining(application)))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        application = self.find(request, pk)
        form = LeavingForm(_remaining(application), request.POST)
        if not form.is_valid():
            return self.page(request, application, form, status=422)
        try:
            departure = leaving.record(
                application,
                form.leaves,
                form.cleaned_data["reason"],
                new_lead=form.new_lead,
                by=request.user,
                at=arrived_at(request),
            )
        except leaving.LeadRefused as refusal:
            form.add_error("lead", str(refusal))
            return self.page(request, application, form, status=422)
        except leaving.ReasonRefused as refusal:
            form.add_error("reason", str(refusal))
            return self.page(request, application, form, status=422)
        except (leaving.LeavingRefused, MoveRefused) as refusal:
            problems, status = [str(refusal)], status_of(refusal)
            return self.page(request, application, form, problems=problems, status=status)
        messages.success(request, f"{form.leaves.name} has left. The organisations are told.")
        if departure.broken:
            rules = ", ".join(rule for rule, _ in departure.broken)
            messages.warning(
                request, f"The project does not keep {rules} any more. The desk decides on that."
            )
        return redirect("admin:applications_application_leaves", pk)

    def find(self, request: HttpRequest, pk: int) -> Application:
        visible = Application.objects.visible_to(request.user).exclude(status=Status.DRAFT)
        return get_object_or_404(visible.select_related("competition"), pk=pk)

    def page(
        self,
        request: HttpRequest,
        application: Application,
        form: LeavingForm,
        *,
        problems: Iterable[str] = (),
        status: int = 200,
    ) -> HttpResponse:
        context = {
            **self.site.each_context(request),
            "title": f"Who leaves {application.reference}",
            "opts": Application._meta,
            "application": application,
            "departures": departures(application),
            "rest": remainder.of_each(application, list(_remaining(application))),
            "form": form,
            "problems": problems,
            "why_not": leaving.why_not(application, request.user, arrived_at(request)),
        }
        return TemplateResponse(request, "admin/applications/application/leaves.html", context, status=status)


def _remaining(application: Application):
    return application.participants.filter(departure=None).order_by("-is_lead", "name", "pk")


def departures(application: Application):
    rows = Departure.objects.filter(participant__application=application)
    return rows.select_related("participant", "new_lead", "recorded_by").order_by("pk")
