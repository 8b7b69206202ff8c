from django import forms

from applications.withdrawal import LONGEST_REASON


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label="Why are you withdrawing it?",
        help_text=f"The programme office reads this. No more than {LONGEST_REASON} characters.",
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"max_length": f"The reason must be {LONGEST_REASON} characters or fewer"},
    )
