from allauth.account.views import SignupView
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts import sign_up
from accounts.models import User
from accounts.views import returning
from accounts.views.arrival import arrived_at
from accounts.views.sign_in import SaysWhetherRefused


class SignUp(SaysWhetherRefused, SignupView):
    """allauth's sign-up, all or nothing: the account, its role and the email owed."""

    def get_initial(self) -> dict:
        return {**super().get_initial(), **self._invited()}

    def _invited(self) -> dict:
        """The address that an invitation was sent to, for whoever comes from its link."""
        match = returning.page_of(returning.address(self.request))
        if match is None or match.view_name not in sign_up.invited_on:
            return {}
        address = sign_up.invited_on[match.view_name](match.kwargs["key"], arrived_at(self.request))
        return {"email": address} if address else {}

    def form_valid(self, form) -> HttpResponse:
        if form.account_already_exists:
            # As long as making an account takes, so that time does not tell who has one.
            User().set_password(form.cleaned_data["password1"])
        try:
            with transaction.atomic():
                answer = super().form_valid(form)
            returning.keep(self.request)
            return answer
        except IntegrityError:
            # The same address a moment ago, by a second click: that one has sent the email.
            return redirect("account_email_verification_sent")
