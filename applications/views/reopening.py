"""Reopening an entry before the close: the warning, and the button."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator

from accounts.views.one_effect import one_effect
from applications import reopening, rules
from applications.views.pages import ApplicationPage


@method_decorator(one_effect("reopen application"), name="dispatch")
class Reopen(ApplicationPage):
    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        if not self.is_reopenable:
            return redirect("applications:detail", reference)
        context = {"application": self.application, "competition": self.application.competition}
        return render(request, "applications/reopen.html", context)

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        try:
            reopening.reopen(self.application, by=request.user, at=self.at)
        except reopening.CompetitionClosed as refusal:
            closed = rules.closed(refusal.closed_at) if refusal.closed_at else "This competition is not open."
            messages.error(request, f"{closed} {rules.received(self.at)} It was not reopened.")
        except reopening.NotEditable:
            messages.error(request, "You may read this application, but not reopen it.")
        except reopening.MoveRefused:
            messages.info(request, "This application cannot be reopened: it is not waiting as submitted.")
        return redirect("applications:detail", reference)
