from django import forms

#: More than any email of ours says.
MOST_LETTERS = 20_000


class WordingForm(forms.Form):
    """What is typed; whether it fits its kind is said by ``accounts.rewording``.

    seen   the number of the version that the page was opened at
    about  the row to show it with
    """

    use_required_attribute = False
    subject = forms.CharField(label="Subject", required=False, strip=False, max_length=MOST_LETTERS)
    body = forms.CharField(
        label="Text",
        required=False,
        strip=False,
        max_length=MOST_LETTERS,
        widget=forms.Textarea(attrs={"maxlength": False}),
    )
    seen = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    about = forms.IntegerField(required=False, min_value=0, max_value=2**63 - 1)


class PutBackForm(forms.Form):
    number = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    seen = forms.IntegerField(min_value=0, max_value=2**31 - 1)
