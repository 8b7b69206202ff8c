"""Changing the address that one signs in with."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View

from accounts import email_changes
from accounts.forms.email_change import EmailChangeForm
from accounts.models import EmailChange, EmailChangeState
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from accounts.views.sign_in import REFUSED

GONE, CONFLICT = 410, 409


@method_decorator(reauthentication_required, name="dispatch")
@method_decorator(one_effect("ask to change email address"), name="dispatch")
class AskForEmailChange(LoginRequiredMixin, View):
    """After one's password, once more: whoever has somebody's open browser does not have their account."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, EmailChangeForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = EmailChangeForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, status=REFUSED)
        try:
            change = email_changes.ask(
                request.user, form.cleaned_data["email"], by=request.user, at=arrived_at(request)
            )
        except email_changes.EmailChangeRefused as refusal:
            form.add_error("email", str(refusal))
            return self._page(request, form, status=REFUSED)
        messages.success(
            request,
            f"We have sent a link to {change.new_email}. Your address changes once you confirm it there.",
        )
        return redirect("account_email")

    def _page(self, request: HttpRequest, form: EmailChangeForm, *, status: int = 200) -> HttpResponse:
        waiting = request.user.email_changes.filter(state=EmailChangeState.WAITING)
        context = {"form": form, "waiting": waiting.filter(expires_at__gt=arrived_at(request)).first()}
        return render(request, "account/email_change.html", context, status=status)


@method_decorator(one_effect("change email address"), name="dispatch")
class ConfirmEmailChange(LoginRequiredMixin, View):
    """What the link in the email opens, for whoever asked for the change."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        return self._page(request, email_changes.found_by(key, request.user))

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        change = email_changes.found_by(key, request.user)
        if change is None:
            return self._page(request, change)
        try:
            email_changes.confirm(change, by=request.user, at=arrived_at(request))
        except email_changes.AddressTaken as refusal:
            return self._page(request, change, problems=[str(refusal)], status=CONFLICT)
        except email_changes.EmailChangeRefused:
            return self._page(request, None)
        messages.success(request, f"You sign in with {change.new_email} from now on.")
        return redirect("account_email")

    def _page(
        self, request: HttpRequest, change: EmailChange | None, *, problems=(), status: int = 200
    ) -> HttpResponse:
        is_open = change is not None and change.is_open(arrived_at(request))
        context = {"change": change, "is_open": is_open, "problems": problems}
        return render(request, "account/confirm_new_email.html", context, status=status if is_open else GONE)
