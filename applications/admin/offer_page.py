"""The page on which an assessor takes an application on or declines it, from its summary alone."""

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin import site as admin_site
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from applications.admin import reading
from applications.assessment import declining, offers
from applications.forms.declining import DeclineForm
from applications.forms.offer import AcceptForm
from applications.models import Assessment

REFUSED = 422


@method_decorator([never_cache, one_effect("answer offer")], name="dispatch")
class OfferPage(View):
    site: AdminSite = admin_site

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        assessment = reading.offer(request.user, pk)
        if not assessment.is_offered:
            return redirect("admin:applications_assessment_score", pk)
        return self._page(request, assessment)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        at = arrived_at(request)
        assessment = reading.offer(request.user, pk)
        if "decline" in request.POST:
            return self._decline(request, assessment, at=at)
        form = AcceptForm(request.POST)
        form.full_clean()
        try:
            offers.accept(
                assessment,
                has_no_conflict=bool(form.cleaned_data.get("has_no_conflict")),
                by=request.user,
                at=at,
            )
        except offers.ConflictNotDenied:
            return self._page(request, assessment, accept_form=form, status=REFUSED)
        except offers.OfferRefused as refusal:
            messages.error(request, refusal.told_to(request.user))
            return redirect("admin:applications_assessment_changelist")
        messages.success(request, "You have accepted. This is the application; mark it below.")
        return redirect("admin:applications_assessment_score", pk)

    def _decline(self, request: HttpRequest, assessment: Assessment, *, at) -> HttpResponse:
        form = DeclineForm(request.POST)
        if form.is_valid():
            reason, comment = form.cleaned_data["decline_reason"], form.cleaned_data["decline_comment"]
            try:
                declining.decline(assessment, reason, comment, by=request.user, at=at)
            except declining.AlreadyOver as refusal:
                messages.error(request, str(refusal))
                return redirect("admin:applications_assessment_changelist")
            except declining.EndingRefused as refusal:
                is_long = isinstance(refusal, declining.TooLong)
                form.add_error("decline_comment" if is_long else "decline_reason", str(refusal))
            else:
                reference = assessment.application.reference
                messages.success(request, f"You declined {reference}. The programme office can see why.")
                return redirect("admin:applications_assessment_changelist")
        return self._page(request, assessment, decline_form=form, status=REFUSED)

    def _page(self, request: HttpRequest, assessment: Assessment, *, status: int = 200, **forms):
        application = assessment.application
        summary = next(
            (one.text for one in reading.answers(application) if one.question.key == "public-description"), ""
        )
        parts = application.participants.select_related("departure").order_by("-is_lead", "name", "pk")
        context = {
            **self.site.each_context(request),
            "title": f"Offered to you: {application.reference}",
            "opts": Assessment._meta,
            "assessment": assessment,
            "application": application,
            "summary": summary,
            "lead": next((part.name for part in parts if part.is_lead), ""),
            "partners": [
                f"{part.name} (has left)" if part.has_left else part.name
                for part in parts
                if not part.is_lead
            ],
            "is_editable": True,
            "answer_by": offers.by_when(assessment),
            "accept_form": AcceptForm(),
            "decline_form": DeclineForm(),
            **forms,
        }
        return TemplateResponse(request, "admin/applications/assessment/offer.html", context, status=status)
