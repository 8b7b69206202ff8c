"""How values are written for people: money, moments and days, always the same way."""

from datetime import date, datetime
from decimal import Decimal

from accounts.london import LONDON


def pounds(amount: Decimal | int | str | None) -> str:
    """Write a sum as ``£1,250`` or, with pence, ``£1,250.50``; nothing for None.

    Floats are refused: money is exact.
    """
    if amount is None or amount == "":
        return ""
    if isinstance(amount, float):
        raise TypeError("money is never a float")
    sum_ = Decimal(amount)
    sign = "−" if sum_ < 0 else ""
    sum_ = abs(sum_)
    pence = "" if sum_ == sum_.to_integral_value() else ".2f"
    return f"{sign}£{sum_:,{pence or '.0f'}}"


def percent(value: Decimal | None) -> str:
    """Write ``62.50`` as ``62.5%`` and ``70.00`` as ``70%``; nothing for None."""
    if value is None or value == "":
        return ""
    text = f"{Decimal(value):f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"


def local_time(moment: datetime | None) -> str:
    """Write a moment in UK time with its zone: ``11:00am on 29 March 2023 (BST)``."""
    if not moment:
        return ""
    local = moment.astimezone(LONDON)
    hour = local.hour % 12 or 12
    half = "am" if local.hour < 12 else "pm"
    return f"{hour}:{local:%M}{half} on {local.day} {local:%B %Y} ({local.tzname()})"


def local_day(moment: datetime | date | None) -> str:
    """Write a day as ``29 March 2023``; a moment counts as the day it is in the UK."""
    if not moment:
        return ""
    day = moment.astimezone(LONDON) if isinstance(moment, datetime) else moment
    return f"{day.day} {day:%B %Y}"


def zone(moment: datetime) -> str:
    """The name of the time that clocks in the UK show at a moment: GMT or BST."""
    return moment.astimezone(LONDON).tzname() or ""
