from django import forms


class SignUpDetails(forms.Form):
    """What signing up asks for besides the e-mail address and a password."""

    name = forms.CharField(label="Full name", max_length=150)

    def signup(self, request, user):
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])
