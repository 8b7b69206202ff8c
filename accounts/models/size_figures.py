import pgtrigger
from django.db import models
from django.db.models import Q

from accounts.company_size import Band, Reasons, Year, of, reasons, year_before
from accounts.fields import pounds
from accounts.models.organisation import SIZE_AS_WORKED_OUT, Organisation, Size

#: Micro and small count as one.
SIZES = {Band.MICRO: Size.SMALL, Band.SMALL: Size.SMALL, Band.MEDIUM: Size.MEDIUM, Band.LARGE: Size.LARGE}


class SizeFigures(models.Model):
    """An organisation's accounts of one year, those of the year before where given, and its size by them.

    Group figures, in whole pounds.
    """

    organisation = models.OneToOneField(Organisation, models.CASCADE, related_name="figures")
    ends_on = models.DateField("end of the accounting period")
    turnover = pounds()
    balance_total = pounds("balance sheet total")
    employees = models.PositiveIntegerField()
    last_turnover = pounds("turnover the year before", null=True)
    last_balance_total = pounds("balance sheet total the year before", null=True)
    last_employees = models.PositiveIntegerField("employees the year before", null=True)
    size = models.CharField(max_length=12, choices=Size, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(turnover__gte=0, balance_total__gte=0), name="size_figures_are_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(last_turnover=None, last_balance_total=None, last_employees=None)
                | Q(last_turnover__gte=0, last_balance_total__gte=0, last_employees__isnull=False),
                name="size_figures_of_last_year_are_whole",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="size_is_as_worked_out",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                timing=pgtrigger.Deferred,
                func=SIZE_AS_WORKED_OUT.format(id="NEW.organisation_id"),
            ),
        ]

    def __str__(self):
        return f"figures of {self.organisation_id}"

    @property
    def has_last_year(self) -> bool:
        return self.last_turnover is not None

    def work_out(self) -> None:
        """Set, without saving, the size that the figures give."""
        self.size = SIZES[of(*self.years())]

    def reasons(self) -> Reasons:
        """Why they give it: the limits that were used, and which of them are met."""
        return reasons(*self.years())

    def years(self) -> tuple[Year, Year | None]:
        this = Year(self.ends_on, self.turnover, self.balance_total, self.employees)
        last = None
        if self.last_turnover is not None:
            last = Year(
                year_before(self.ends_on), self.last_turnover, self.last_balance_total, self.last_employees
            )
        return this, last
