"""What a person has in hand: drafts, entries and decisions; and how a new application begins."""

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View

from accounts.models import Organisation
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from accounts.views.organisation import ApplicantRequired
from applications import drafting, rules
from applications.models import Application, Competition
from applications.references import new_reference
from applications.workflow import DECISIONS, Status


class Dashboard(ApplicantRequired, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        at = arrived_at(request)
        mine = (
            Application.objects.of_members_like(request.user)
            .with_shown_status(request.user)
            .with_reopened()
            .select_related("competition")
            .order_by("competition__closes_at", "-started_at")
        )
        drafts: list[Application] = []
        missed: list[Application] = []
        submitted, decided, withdrawn = [], [], []
        for application in mine:
            if application.shown_status == Status.DRAFT:
                is_open = application.competition.is_open_at(at)
                (drafts if is_open else missed).append(application)
            elif application.shown_status == Status.WITHDRAWN:
                withdrawn.append(application)
            elif application.shown_status in DECISIONS | {Status.INELIGIBLE}:
                decided.append(application)
            else:
                submitted.append(application)
        context = {
            "drafts": drafts,
            "missed": missed,
            "submitted": submitted,
            "decided": decided,
            "withdrawn": withdrawn,
            "next_close": drafts[0].competition if drafts else None,
            "has_organisation": Organisation.objects.belonging_to(request.user).exists(),
        }
        return render(request, "applications/dashboard.html", context)


@method_decorator(one_effect("start application"), name="dispatch")
class Start(ApplicantRequired, View):
    """Begin an application. The form carries its reference, so that two presses make one draft."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        at = arrived_at(request)
        competition = get_object_or_404(Competition.objects.visible_to(request.user), code=code)
        organisations = list(Organisation.objects.editable_by(request.user).order_by("name", "pk"))
        if not competition.is_open_at(at):
            return redirect("applications:competition", code)
        if not organisations:
            messages.info(request, "First tell us about your organisation. You will come back here.")
            return redirect(f"{reverse('accounts:organisation_create')}?next={request.path}")
        context = {
            "competition": competition,
            "organisations": organisations,
            "press": _press(request, competition),
            "existing": Application.objects.of_members_like(request.user)
            .filter(competition=competition)
            .order_by("-started_at"),
        }
        return render(request, "applications/start.html", context)

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        at = arrived_at(request)
        competition = get_object_or_404(Competition.objects.visible_to(request.user), code=code)
        chosen = request.POST.get("organisation", "")
        organisation = get_object_or_404(
            Organisation.objects.editable_by(request.user),
            pk=int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) < 16 else 0,
        )
        try:
            application = drafting.start(
                competition,
                organisation,
                by=request.user,
                at=at,
                reference=_reference_of(request, competition),
            )
        except drafting.CompetitionClosed as refusal:
            closed = rules.closed(refusal.closed_at) if refusal.closed_at else "This competition is not open."
            messages.error(request, f"{closed} {rules.received(at)}")
            return redirect("applications:competition", code)
        return redirect("applications:detail", application.reference)


def _press(request: HttpRequest, competition: Competition) -> str:
    """The reference of what this button begins, signed so that nobody picks another's."""
    return signing.dumps([new_reference(), request.user.pk, competition.pk], salt="start")


def _reference_of(request: HttpRequest, competition: Competition) -> str | None:
    try:
        reference, person, of_competition = signing.loads(request.POST.get("press", ""), salt="start")
    except signing.BadSignature:
        return None
    return reference if (person, of_competition) == (request.user.pk, competition.pk) else None
