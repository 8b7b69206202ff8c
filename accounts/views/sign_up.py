from allauth.account.views import SignupView
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.models import User
from accounts.views.sign_in import SaysWhetherRefused


class SignUp(SaysWhetherRefused, SignupView):
    """allauth's sign-up, all or nothing: the account, its role and the email owed."""

    def form_valid(self, form) -> HttpResponse:
        if form.account_already_exists:
            # As long as making an account takes, so that time does not tell who has one.
            User().set_password(form.cleaned_data["password1"])
        try:
            with transaction.atomic():
                return super().form_valid(form)
        except IntegrityError:
            # The same address a moment ago, by a second click: that one has sent the email.
            return redirect("account_email_verification_sent")
