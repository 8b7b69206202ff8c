"""allauth's forms, with a status that says whether what was typed was taken."""

from allauth.account import views
from django.forms import Form
from django.http import HttpResponse

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
    pass


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
