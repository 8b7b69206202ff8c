"""allauth's forms, with a status that says whether what was typed was taken."""

from allauth.account import views
from django.contrib.auth import logout
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.forms.sign_in import LoginForm
from accounts.views import unsaved
from accounts.views.typed import typed
from accounts.views.unsaved import Unsaved

FORBIDDEN = 403
REFUSED = 422
TOO_MANY = 429


class SaysWhetherRefused:
    """A refused form comes back with 422, and one that was sent too often with 429."""

    def form_invalid(self, form: Form) -> HttpResponse:
        answer = super().form_invalid(form)
        if form.has_error("__all__", "too_many_login_attempts"):
            answer.status_code, answer["Retry-After"] = TOO_MANY, "300"
        else:
            answer.status_code = REFUSED
        return answer


class SignIn(SaysWhetherRefused, views.LoginView):
    """Signing in, with what its writer typed on a page of theirs after they had been signed out."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        self.unsaved = unsaved.brought(request)
        if self.unsaved is None:
            return super().dispatch(request, *args, **kwargs)
        if request.user.is_authenticated:
            if request.user.pk == self.unsaved.writer:
                return carry_on(request, self.unsaved)
            logout(request)
        if "login" not in request.POST:
            return ask(request, self.unsaved, status=200)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **options) -> dict:
        brought = unsaved.sealed(self.unsaved) if self.unsaved else ""
        return {**super().get_context_data(**options), "unsaved": brought}

    def form_valid(self, form: Form) -> HttpResponse:
        answer = super().form_valid(form)
        if self.unsaved and self.request.user.pk == self.unsaved.writer:
            return carry_on(self.request, self.unsaved)
        return answer


def ask(request: HttpRequest, kept: Unsaved | None, *, status: int = FORBIDDEN) -> HttpResponse:
    """Ask the writer of a page, whose session has ended, to sign in, and carry what they typed.

    What is too much to be carried is shown, to copy from.
    """
    context = {
        "form": LoginForm(request=request),
        "signup_url": reverse("account_signup"),
        "unsaved": unsaved.sealed(kept) if kept else "",
        "has_ended": True,
        "typed": [] if kept else typed(request),
    }
    return render(request, "account/login.html", context, status=status)


def carry_on(request: HttpRequest, kept: Unsaved) -> HttpResponse:
    """Lead the writer back to the page, which shows what they typed."""
    unsaved.keep(request, kept)
    return redirect(kept.address)


def by_somebody_else(request: HttpRequest, kept: Unsaved) -> HttpResponse:
    """Refuse a form that somebody else had opened before this person signed in, without showing it."""
    context = {"has_expired": True, "unsaved": unsaved.sealed(kept)}
    return render(request, "403.html", context, status=FORBIDDEN)


class Reauthenticate(SaysWhetherRefused, views.ReauthenticateView):
    pass


class ChangePassword(SaysWhetherRefused, views.PasswordChangeView):
    pass


class SetPassword(SaysWhetherRefused, views.PasswordSetView):
    pass


class ResetPassword(SaysWhetherRefused, views.PasswordResetView):
    pass


class NewPassword(SaysWhetherRefused, views.PasswordResetFromKeyView):
    pass
