"""How a new application begins: which organisation leads it, and what the eligibility check knows of it."""

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
from applications.fit import Finding
from applications.models import Application, Competition
from applications.references import new_reference
from applications.views import fit
from applications.views.pages import REFUSED


@method_decorator(one_effect("start application"), name="dispatch")
class Start(ApplicantRequired, View):
    """Begin an application. The form carries its reference, so that two presses make one draft."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        competition = fit.checked_competition(request, code)
        if not competition.is_open_at(arrived_at(request)):
            return redirect("applications:competition", code)
        if not Organisation.objects.editable_by(request.user).exists():
            messages.info(request, "First tell us about your organisation. You will come back here.")
            return redirect(f"{reverse('accounts:organisation_create')}?next={request.path}")
        return self.show(competition)

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        at = arrived_at(request)
        competition = fit.checked_competition(request, code)
        chosen = request.POST.get("organisation", "")
        organisation = get_object_or_404(
            Organisation.objects.editable_by(request.user),
            pk=int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) < 16 else 0,
        )
        known = fit.answers(request, competition) if "carry" in request.POST else None
        if known is not None and (final := fit.final(request, competition, known)):
            return self.show(competition, REFUSED, problems=[_cannot_be_mended(one) for one in final])
        try:
            application = drafting.start(
                competition,
                organisation,
                by=request.user,
                at=at,
                reference=_reference_of(request, competition),
                known=known,
            )
        except drafting.CompetitionClosed as refusal:
            closed = rules.closed(refusal.closed_at) if refusal.closed_at else "This competition is not open."
            messages.error(request, f"{closed} {rules.received(at)}")
            return redirect("applications:competition", code)
        if known is not None:
            fit.carry_amount(request, application, known)
        fit.forget(request, competition)
        return redirect("applications:detail", application.reference)

    def show(self, competition: Competition, status: int = 200, **more) -> HttpResponse:
        request = self.request
        chosen = request.POST.get("organisation", "")
        organisations = list(Organisation.objects.editable_by(request.user).order_by("name", "pk"))
        existing = Application.objects.of_members_like(request.user).filter(competition=competition)
        context = {
            "competition": competition,
            "organisations": organisations,
            "chosen": chosen or str(organisations[0].pk),
            "press": request.POST.get("press") or _press(request, competition),
            "existing": existing.order_by("-started_at"),
            "known": fit.answers(request, competition),
            "carry": request.method == "GET" or "carry" in request.POST,
        }
        return render(request, "applications/start.html", {**context, **more}, status=status)


def _cannot_be_mended(finding: Finding) -> str:
    return f"By your answers: {finding.says} {finding.mend} No form puts that right."


def _press(request: HttpRequest, competition: Competition) -> str:
    """The reference of what this button begins, signed so that nobody picks another's."""
    return signing.dumps([new_reference(), request.user.pk, competition.pk], salt="start")


def _reference_of(request: HttpRequest, competition: Competition) -> str | None:
    try:
        reference, person, of_competition = signing.loads(request.POST.get("press", ""), salt="start")
    except signing.BadSignature:
        return None
    return reference if (person, of_competition) == (request.user.pk, competition.pk) else None
