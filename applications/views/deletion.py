"""Deleting a draft: a page to confirm it on."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator

from accounts.views.one_effect import one_effect
from applications import deletion
from applications.views.pages import ApplicationPage


@method_decorator(one_effect("delete draft"), name="dispatch")
class Delete(ApplicationPage):
    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        if not self.is_deletable:
            return redirect("applications:detail", reference)
        context = {"application": self.application, "competition": self.application.competition}
        return render(request, "applications/delete.html", context)

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        name = self.application.title or "The untitled draft"
        try:
            deletion.delete(self.application, by=request.user, at=self.at)
        except deletion.NotEditable:
            messages.error(request, "This application is not a draft that you may delete.")
            return redirect("applications:detail", reference)
        except deletion.WasSubmitted:
            messages.error(request, "This application had been submitted. Withdraw it instead.")
            return redirect("applications:detail", reference)
        messages.success(request, f"{name} ({reference}) has been deleted.")
        return redirect("applications:dashboard")
