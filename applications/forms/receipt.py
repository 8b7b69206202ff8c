from django import forms


class ReceiptForm(forms.Form):
    reference = forms.CharField(
        label="Reference",
        help_text="As on the receipt, such as LP-7K3M-Q2XD.",
        max_length=20,
        error_messages={"required": "Enter the reference"},
    )
    code = forms.CharField(
        label="Receipt code",
        help_text="The 64 letters and digits on the receipt. Spaces do not matter.",
        max_length=200,
        error_messages={"required": "Enter the receipt code"},
    )

    def clean_reference(self) -> str:
        return self.cleaned_data["reference"].upper()

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].split()).lower()
