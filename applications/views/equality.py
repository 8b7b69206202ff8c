"""The page of the equality questions. What is sent from it is kept apart from whoever sent it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from applications import equality
from applications.forms.equality import EqualityForm
from applications.models import Application
from applications.views.pages import CONFLICT, REFUSED, ApplicationPage


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class Equality(ApplicationPage):
    """For who may edit for the lead. Without a key of its form, a message or a draft: each would be kept.

    It needs no key, since an application is answered for once (``launchpad/unkeyed.py``).
    """

    @cached_property
    def application(self) -> Application:
        led = Application.objects.led_by(self.request.user).select_related("competition")
        return get_object_or_404(led, reference=self.kwargs["reference"])

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        return self.show(EqualityForm())

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        if self.application.equality_answered:
            return redirect("applications:equality", reference)
        form = EqualityForm(request.POST)
        if not equality.is_asked(self.application, self.at):
            return self.show(form, status=CONFLICT)
        if not form.is_valid():
            return self.show(form, status=REFUSED)
        equality.answer(self.application, form.cleaned_data, at=self.at)
        return redirect("applications:equality", reference)

    def show(self, form: EqualityForm, *, status: int = 200) -> HttpResponse:
        is_asked = equality.is_asked(self.application, self.at)
        context = {
            "application": self.application,
            "competition": self.application.competition,
            "form": form if is_asked else None,
            "is_asked": is_asked,
            "is_early": self.application.is_draft,
            "last_day": equality.last_day(self.application.competition),
            "were_not_kept": status == CONFLICT,
        }
        return render(self.request, "applications/equality.html", context, status=status)
