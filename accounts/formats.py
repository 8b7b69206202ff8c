"""How values are written for people: money, moments and days, always the same way."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from accounts.london import LONDON, half_of_day, on_the_clock


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
    """Write a moment in UK time with its zone: ``11am on 29 March 2023 (BST)``."""
    if not moment:
        return ""
    local = moment.astimezone(LONDON)
    return f"{on_the_clock(local)} on {local.day} {local:%B %Y} ({local.tzname()})"


def exact_time(moment: datetime | None, places: int = 3) -> str:
    """Write a moment where fractions decide: ``10:59:59.999am on 29 March 2023 (BST)``.

    places  of the second: 3 for milliseconds, 0 for none; what is beyond is cut off, not rounded
    """
    if not moment:
        return ""
    local = moment.astimezone(LONDON)
    fraction = f".{local.microsecond:06}"[: places + 1] if places else ""
    clock = f"{local.hour % 12 or 12}:{local:%M:%S}{fraction}{half_of_day(local)}"
    return f"{clock} on {local.day} {local:%B %Y} ({local.tzname()})"


def local_day(moment: datetime | date | None) -> str:
    """Write a day as ``29 March 2023``; a moment counts as the day it is in the UK."""
    if not moment:
        return ""
    day = moment.astimezone(LONDON) if isinstance(moment, datetime) else moment
    return f"{day.day} {day:%B %Y}"


def time_left(until: datetime, at: datetime) -> str:
    """Write what is left from ``at`` to a moment in the two largest units: ``3 days and 4 hours``.

    What is begun counts as gone, so that it never says more than there is. A day is 24 hours, also
    where the clocks change in between.
    """
    minutes = max(int((until - at).total_seconds() // 60), 0)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days >= 14:
        hours = 0
    parts = [(days, "day"), (hours, "hour")] if days else [(hours, "hour"), (minutes, "minute")]
    words = [f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in parts if number]
    return " and ".join(words) or "less than a minute"


def listed(names: Iterable[str], word: str = "and") -> str:
    """Risks; Risks and Scope; Risks, Scope and Team."""
    *others, last = names
    return f"{', '.join(others)} {word} {last}" if others else last
