from django import forms


class ReceiptForm(forms.Form):
    reference = forms.CharField(
        label="Reference",
        help_text="As on the receipt, such as LP-7K3M-Q2XD.",
        max_length=20,
        error_messages={
            "required": "Enter the reference",
            "max_length": "The reference must be as on the receipt, such as LP-7K3M-Q2XD",
        },
    )
    code = forms.CharField(
        label="Receipt code",
        help_text="The 64 letters and digits on the receipt. Spaces do not matter.",
        max_length=200,
        error_messages={
            "required": "Enter the receipt code",
            "max_length": "The receipt code must be the 64 letters and digits on the receipt",
        },
    )

    def clean_reference(self) -> str:
        return self.cleaned_data["reference"].upper()

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].split()).lower()
