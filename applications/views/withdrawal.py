"""Withdrawing an application: a page to confirm it on, the same at every point of its way."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator

from accounts.views.one_effect import one_effect
from applications import withdrawal
from applications.forms.withdrawal import WithdrawForm
from applications.views.pages import REFUSED, ApplicationPage


@method_decorator(one_effect("withdraw application"), name="dispatch")
class Withdraw(ApplicationPage):
    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        if not self.is_withdrawable:
            return redirect("applications:detail", reference)
        return self.show(WithdrawForm())

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        form = WithdrawForm(request.POST)
        if not form.is_valid():
            return self.show(form, status=REFUSED)
        try:
            withdrawal.withdraw(self.application, form.cleaned_data["reason"], by=request.user, at=self.at)
            messages.success(request, "The application has been withdrawn.")
        except withdrawal.ReasonTooLong as refusal:
            form.add_error("reason", str(refusal))
            return self.show(form, status=REFUSED)
        except withdrawal.NotEditable:
            messages.error(request, "You may read this application, but not withdraw it.")
        except withdrawal.DecisionReleased:
            messages.error(request, "Its decision has been released. Write to us to stop it now.")
        except withdrawal.NeverSubmitted:
            messages.error(request, "This application has not been submitted: there is nothing to withdraw.")
        except withdrawal.MoveRefused:
            messages.info(request, "This application cannot be withdrawn any more.")
        return redirect("applications:detail", reference)

    def show(self, form: WithdrawForm, *, status: int = 200) -> HttpResponse:
        context = {
            "application": self.application,
            "competition": self.application.competition,
            "form": form,
        }
        return render(self.request, "applications/withdraw.html", context, status=status)
