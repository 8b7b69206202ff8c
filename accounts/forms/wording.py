from django import forms


class WordingForm(forms.Form):
    """What is typed; whether it fits its kind is said by ``accounts.rewording``.

    seen   the number of the version that the page was opened at
    about  the row to show it with
    """

    use_required_attribute = False
    subject = forms.CharField(label="Subject", required=False, strip=False)
    body = forms.CharField(label="Text", required=False, strip=False, widget=forms.Textarea)
    seen = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    about = forms.IntegerField(required=False, min_value=0, max_value=2**63 - 1)


class PutBackForm(forms.Form):
    number = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    seen = forms.IntegerField(min_value=0, max_value=2**31 - 1)
