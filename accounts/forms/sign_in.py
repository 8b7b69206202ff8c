"""allauth's forms in our words: one password box with "Show", no placeholders."""

from allauth.account import forms
from django.core.validators import MaxLengthValidator

PASSWORD_HINT = "At least 12 characters. Three or four unrelated words make a good one."

#: By allauth's field names: label, hint, and what is said when the box is empty.
WORDS = {
    "login": ("Email address", "", "Enter your email address"),
    "email": ("Email address", "", "Enter your email address"),
    "password": ("Password", "", "Enter your password"),
    "oldpassword": ("Current password", "", "Enter your current password"),
    "password1": ("Password", PASSWORD_HINT, "Enter a password"),
}
NOT_AN_ADDRESS = "Enter an email address in the correct format, like name@example.com"


class InOurWords:
    """Words for the fields, and no second password box: what was typed can be shown instead."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields.pop("password2", None)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name in WORDS:
                field.label, field.help_text, field.error_messages["required"] = WORDS[name]
            if name in ("login", "email"):
                field.widget.attrs["spellcheck"] = "false"
                for validator in field.validators:
                    if getattr(validator, "code", "") == "invalid":
                        validator.message = NOT_AN_ADDRESS


class LoginForm(InOurWords, forms.LoginForm):
    pass


class SignupForm(InOurWords, forms.SignupForm):
    field_order = ("name", "email", "password1")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        address = self.fields["email"]
        address.validators.append(MaxLengthValidator(254, "An email address has up to 254 characters"))
        address.help_text = "We send a link to this address to make sure it is yours."


class ResetPasswordForm(InOurWords, forms.ResetPasswordForm):
    pass


NEW_PASSWORD = ("New password", PASSWORD_HINT, "Enter a new password")


def _new_password(field) -> None:
    field.label, field.help_text, field.error_messages["required"] = NEW_PASSWORD


class NewPasswordForm(InOurWords, forms.ResetPasswordKeyForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _new_password(self.fields["password1"])


class ChangePasswordForm(InOurWords, forms.ChangePasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _new_password(self.fields["password1"])


class SetPasswordForm(InOurWords, forms.SetPasswordForm):
    pass


class ReauthenticateForm(InOurWords, forms.ReauthenticateForm):
    pass
