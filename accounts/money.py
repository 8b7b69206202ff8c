"""Pounds sterling, exact to the penny. Rounding has a name here, and happens nowhere else."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

PENNY = Decimal("0.01")
POUND = Decimal("1")


def exact(value: Decimal | int | str) -> Decimal:
    """Return ``value`` in pounds with two decimal places.

    Raises TypeError for a float, and ValueError where part of a penny would be lost.
    """
    if isinstance(value, float):
        raise TypeError("money is never a float")
    amount = Decimal(value)
    if amount != amount.quantize(PENNY):
        raise ValueError(f"{value} carries part of a penny")
    return amount.quantize(PENNY)


def nearest_pound(value: Decimal) -> Decimal:
    """Round a cost line half up to the pound: 1,234.50 is 1,235.00."""
    return value.quantize(POUND, rounding=ROUND_HALF_UP).quantize(PENNY)


def pound_below(value: Decimal) -> Decimal:
    """Round an organisation's grant down to the pound: 56,000.99 is 56,000.00."""
    return value.quantize(POUND, rounding=ROUND_DOWN).quantize(PENNY)
