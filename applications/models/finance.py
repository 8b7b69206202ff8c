from django.db import models
from django.db.models import F, Q

from accounts.fields import percent, pounds
from accounts.models import Edited
from applications.models.application import Participant


class Category(models.TextChoices):
    LABOUR = "labour", "Labour"
    OVERHEADS = "overheads", "Overheads"
    MATERIALS = "materials", "Materials"
    CAPITAL = "capital_usage", "Capital usage"
    SUBCONTRACTING = "subcontracting", "Subcontracting"
    TRAVEL = "travel", "Travel and subsistence"
    OTHER = "other_costs", "Other costs"


class CostLine(Edited):
    """One line of an organisation's costs. ``amount`` follows from the inputs of its category.

    labour: annual_cost, working_days, days; materials and travel: quantity, unit_cost; capital
    usage: new_price, residual_value, utilisation; the others: the amount itself.
    """

    participant = models.ForeignKey(Participant, models.CASCADE, related_name="cost_lines")
    category = models.CharField(max_length=15, choices=Category)
    description = models.CharField(max_length=300)
    detail = models.CharField(max_length=300, blank=True)
    country = models.CharField(max_length=60, blank=True)
    annual_cost = pounds(null=True, blank=True)
    working_days = models.PositiveSmallIntegerField(null=True, blank=True)
    days = models.PositiveSmallIntegerField(null=True, blank=True)
    quantity = models.PositiveIntegerField(null=True, blank=True)
    unit_cost = pounds(null=True, blank=True)
    new_price = pounds(null=True, blank=True)
    residual_value = pounds(null=True, blank=True)
    utilisation = percent("utilisation, percent", null=True, blank=True)
    amount = pounds()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="cost_line_is_not_negative"),
            models.CheckConstraint(
                condition=~Q(category=Category.LABOUR)
                | Q(
                    # A comparison with nothing is neither true nor false, and a check lets it pass.
                    annual_cost__isnull=False,
                    working_days__isnull=False,
                    days__isnull=False,
                    annual_cost__gt=0,
                    working_days__gte=1,
                    working_days__lte=365,
                    days__gte=1,
                ),
                name="labour_line_has_rate_and_days",
            ),
            models.CheckConstraint(
                condition=~Q(category=Category.CAPITAL)
                | Q(
                    new_price__isnull=False,
                    residual_value__isnull=False,
                    utilisation__isnull=False,
                    new_price__gt=0,
                    residual_value__gte=0,
                    residual_value__lte=F("new_price"),
                    utilisation__gte=1,
                    utilisation__lte=100,
                ),
                name="capital_line_has_usage",
            ),
            models.CheckConstraint(
                condition=~Q(category__in=[Category.MATERIALS, Category.TRAVEL])
                | Q(quantity__isnull=False, unit_cost__isnull=False, quantity__gte=1, unit_cost__gte=0),
                name="materials_and_travel_have_quantity",
            ),
        ]

    def __str__(self):
        return self.description


class OtherFunding(models.Model):
    """Other public money for the same project, deducted from the grant pound for pound."""

    participant = models.ForeignKey(Participant, models.CASCADE, related_name="funding_sources")
    source = models.CharField(max_length=200)
    secured_on = models.DateField(null=True, blank=True)
    amount = pounds()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="other_funding_is_positive")]

    def __str__(self):
        return self.source
