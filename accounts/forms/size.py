from datetime import date

from django.core.exceptions import ValidationError

from accounts import sizes
from accounts.forms.fields import DayField, PoundsField, VersionField, WholeNumberField
from accounts.forms.plain import PlainForm
from accounts.models import Organisation, SizeFigures

EARLIEST = date(2000, 1, 1)


class SizeForm(PlainForm):
    """The figures of one year's accounts, and of the year before where there was one."""

    ends_on = DayField(
        label="End of the accounting period",
        help_text="The last year for which you have accounts. For example, 31 3 2025",
        error_messages={"required": "Enter the end of the accounting period"},
    )
    turnover = PoundsField(whole=True, label="Turnover")
    balance_total = PoundsField(
        whole=True, label="Balance sheet total", help_text="All assets, before anything is taken off"
    )
    employees = WholeNumberField(label="Employees", help_text="The average number during the year")
    last_turnover = PoundsField(whole=True, required=False, label="Turnover the year before")
    last_balance_total = PoundsField(whole=True, required=False, label="Balance sheet total the year before")
    last_employees = WholeNumberField(required=False, label="Employees the year before")
    version = VersionField()

    @classmethod
    def showing(cls, organisation: Organisation, figures: SizeFigures | None) -> "SizeForm":
        return cls(initial=as_shown(organisation, figures))

    def clean_ends_on(self) -> date:
        ends_on = self.cleaned_data["ends_on"]
        if ends_on < EARLIEST:
            raise ValidationError("End of the accounting period must be after 1999")
        return ends_on


def as_shown(organisation: Organisation, figures: SizeFigures | None) -> dict:
    names = (*sizes.THIS_YEAR, *sizes.LAST_YEAR)
    return {"version": organisation.version, **{name: getattr(figures, name, None) for name in names}}
