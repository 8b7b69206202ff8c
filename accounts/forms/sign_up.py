from django import forms

from accounts import sign_up
from accounts.views.arrival import arrived_at


class SignUpDetails(forms.Form):
    """What signing up asks for besides the email address and a password.

    allauth builds its own form on top of this one and calls ``signup`` when the account is made.
    """

    name = forms.CharField(
        label="Full name",
        max_length=150,
        widget=forms.TextInput({"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": "Enter your full name"},
    )

    def signup(self, request, user) -> None:
        sign_up.complete(user, name=self.cleaned_data["name"], by=user, at=arrived_at(request))
