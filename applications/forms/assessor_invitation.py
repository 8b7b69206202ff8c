from django import forms

from accounts.forms.plain import PlainForm
from accounts.forms.sign_in import NOT_AN_ADDRESS
from accounts.models import Region


class InviteAssessorForm(PlainForm):
    """Whom to invite, and for which of the regions that the manager invites for."""

    use_required_attribute = False
    email = forms.EmailField(
        label="Email address",
        max_length=254,
        help_text="We send the invitation there. Whoever accepts it has to have confirmed this address.",
        widget=forms.EmailInput({"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Enter an email address", "invalid": NOT_AN_ADDRESS},
    )
    region = forms.ModelChoiceField(
        Region.objects.none(),
        label="Region",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a region", "invalid_choice": "Choose a region from the list"},
    )

    def __init__(self, *args, regions, **options):
        super().__init__(*args, **options)
        self.fields["region"].queryset = regions
