"""Every offer of an assessor on one page: each with its summary, accepted together where that is ticked."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin import site as admin_site
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.models import User
from accounts.roles import Role, held_by
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from applications.assessment import offers
from applications.models import Answer, Assessment, AssessmentStatus, Participant
from applications.workflow import Status

LIST = "admin:applications_assessment_changelist"

#: So many are shown and accepted at once; the next come when these are answered.
MOST = 50


@dataclass(frozen=True, slots=True)
class Offer:
    """One offer as its assessor may see it: who applies, and the public summary."""

    assessment: Assessment
    lead: str
    partners: list[str]
    summary: str
    answer_by: str
    is_ticked: bool


@method_decorator([never_cache, one_effect("accept offers")], name="dispatch")
class OffersPage(View):
    site: AdminSite = admin_site

    def dispatch(self, request: HttpRequest, *arguments, **named):
        if Role.ASSESSOR not in held_by(request.user):
            raise PermissionDenied
        return super().dispatch(request, *arguments, **named)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Row by row: what is refused of one keeps none of the others back."""
        ticked = set(request.POST.getlist("accept"))
        chosen = [one for one in _offered_to(request.user) if str(one.pk) in ticked]
        if not chosen:
            return self._page(request, problem="Tick the applications that you accept", status=422)
        at, accepted = arrived_at(request), []
        # One transaction holds them all: in the order in which a plan of the competition locks them.
        for assessment in sorted(chosen, key=lambda one: one.application_id):
            reference = assessment.application.reference
            try:
                taken = offers.accept(assessment, has_no_conflict=True, tells=False, by=request.user, at=at)
            except offers.OfferRefused as refusal:
                messages.error(request, f"{reference}: not accepted. {refusal.told_to(request.user)}")
            else:
                accepted.append(taken)
                messages.success(request, f"{reference}: accepted. You can read and mark it now.")
        offers.tell_accepted(accepted, at=at)
        for _ in ticked - {str(one.pk) for one in chosen}:
            messages.error(request, "One that you ticked is not offered to you any more.")
        return redirect(LIST)

    def _page(self, request: HttpRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
        context = {
            **self.site.each_context(request),
            "title": "Offered to you",
            "opts": Assessment._meta,
            "offers": _with_summaries(_offered_to(request.user), set(request.POST.getlist("accept"))),
            "problem": problem,
        }
        return TemplateResponse(request, "admin/applications/assessment/offers.html", context, status=status)


def _offered_to(person: User) -> list[Assessment]:
    rows = Assessment.objects.visible_to(person).filter(
        assessor=person, status=AssessmentStatus.PENDING, application__status=Status.IN_ASSESSMENT
    )
    found = rows.select_related("application__competition").order_by("answer_by", "given_at", "pk")
    return list(found[:MOST])


def _with_summaries(found: list[Assessment], ticked: set[str]) -> list[Offer]:
    """In two queries, however many there are."""
    ids = [one.application_id for one in found]
    texts = dict(
        Answer.objects.filter(application__in=ids, question__key="public-description").values_list(
            "application", "text"
        )
    )
    leads: dict[int, str] = {}
    partners: dict[int, list[str]] = {}
    parts = Participant.objects.filter(application__in=ids).select_related("departure")
    for part in parts.order_by("name", "pk"):
        if part.is_lead:
            leads[part.application_id] = part.name
        else:
            name = f"{part.name} (has left)" if part.has_left else part.name
            partners.setdefault(part.application_id, []).append(name)
    return [
        Offer(
            one,
            leads.get(one.application_id, ""),
            partners.get(one.application_id, []),
            texts.get(one.application_id, ""),
            offers.by_when(one),
            str(one.pk) in ticked,
        )
        for one in found
    ]
