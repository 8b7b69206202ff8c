from django import forms

from accounts.forms.plain import PlainForm
from accounts.forms.sign_in import NOT_AN_ADDRESS


class EmailChangeForm(PlainForm):
    email = forms.EmailField(
        label="New email address",
        max_length=254,
        help_text="We send a link to this address to make sure it is yours.",
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"required": "Enter your new email address", "invalid": NOT_AN_ADDRESS},
    )
