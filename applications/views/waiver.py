"""Asking for a size or a duration outside the competition's limits."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator

from accounts.views.one_effect import one_effect
from applications import rules, waivers
from applications.forms.waiver import WaiverForm
from applications.views import fit
from applications.views.pages import CONFLICT, REFUSED, ApplicationPage


@method_decorator(one_effect("ask for waiver"), name="dispatch")
class AskWaiver(ApplicationPage):
    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        if not self.is_editable:
            return redirect("applications:detail", reference)
        known = fit.outside_the_limits(request, self.application)
        return self.show(WaiverForm(self.application.competition, initial=known))

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        form = WaiverForm(self.application.competition, request.POST)
        if not form.is_valid():
            return self.show(form, status=REFUSED)
        try:
            waivers.ask(
                self.application,
                amount=form.cleaned_data.get("amount"),
                months=form.cleaned_data.get("months"),
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=self.at,
            )
        except waivers.NothingAsked as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            return self.show(form, status=REFUSED)
        except waivers.ReasonRefused as refusal:
            form.add_error("reason", str(refusal))
            return self.show(form, status=REFUSED)
        except waivers.WaiverRefused as refusal:
            return self.show(form, status=CONFLICT, problems=[str(refusal)])
        except waivers.CompetitionClosed as refusal:
            closed = rules.closed(refusal.closed_at) if refusal.closed_at else "This competition is not open."
            problems = [f"{closed} {rules.received(self.at)} Nothing was asked for."]
            return self.show(form, status=CONFLICT, problems=problems)
        except waivers.NotEditable:
            problems = ["You may read this application, but not ask for a waiver."]
            return self.show(form, status=CONFLICT, problems=problems)
        messages.success(request, "You have asked for a waiver. We tell you by email how it is decided.")
        return redirect("applications:detail", reference)

    def show(self, form: WaiverForm, *, status: int = 200, problems: list[str] | None = None) -> HttpResponse:
        competition = self.application.competition
        asked = self.application.waivers.order_by("-asked_at", "-pk")
        context = {
            "application": self.application,
            "competition": competition,
            "form": form,
            "problems": problems or [],
            "asked": asked,
            "amount_label": rules.AMOUNTS.get(competition.limit_basis, ""),
            "may_ask": waivers.can_be_asked(competition, at=self.at)
            and not any(waiver.is_waiting for waiver in asked),
            "last_day": waivers.last_day(competition),
            "working_days": waivers.WORKING_DAYS,
        }
        return render(self.request, "applications/waiver.html", context, status=status)
