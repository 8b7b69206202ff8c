from decimal import Decimal

from django import forms

from accounts.forms.fields import DayField, PercentField, PoundsField
from accounts.forms.plain import PlainForm
from applications import finances, rules
from applications.forms.drafts import DraftForm

#: More sources than any project has; it bounds the page.
MOST_SOURCES = 20


class FundingForm(DraftForm):
    percentage_asked = PercentField(
        label="Percentage of your costs that you ask for", help_text="Up to two decimals, like 62.5."
    )

    def __init__(self, *args, maximum: Decimal | None, **options):
        super().__init__(*args, **options)
        self.maximum = maximum

    def clean_percentage_asked(self) -> Decimal | None:
        asked = self.cleaned_data["percentage_asked"]
        if asked is not None and self.maximum is not None and asked > self.maximum:
            raise forms.ValidationError(rules.above_maximum(self.maximum))
        return asked


class SourceForm(PlainForm):
    """One source of other public money; an empty one is left out."""

    source = forms.CharField(label="Where the money comes from", max_length=200)
    secured_on = DayField(label="When it was secured", required=False)
    amount = PoundsField(label="Amount", min_value=Decimal("0.01"), max_value=finances.MOST_POUNDS)


Sources = forms.formset_factory(
    SourceForm, extra=0, can_delete=False, max_num=MOST_SOURCES, absolute_max=MOST_SOURCES, validate_max=True
)
