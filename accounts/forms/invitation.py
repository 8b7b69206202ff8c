from django import forms

from accounts.forms.members import EDIT, HINTS, READ
from accounts.forms.plain import PlainForm
from accounts.forms.sign_in import NOT_AN_ADDRESS
from accounts.forms.widgets import HintedRadios


class InvitationForm(PlainForm):
    """Whom to invite, and what they may do once they have accepted."""

    email = forms.EmailField(
        label="Email address",
        max_length=254,
        help_text="We send the invitation there. Whoever accepts it has to have confirmed this address.",
        widget=forms.EmailInput({"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Enter an email address", "invalid": NOT_AN_ADDRESS},
    )
    right = forms.ChoiceField(
        label="What they may do",
        choices=[(EDIT, "Can edit"), (READ, "Can read")],
        widget=HintedRadios(hints=HINTS),
        error_messages={"required": "Select what they may do"},
    )
