"""Moments written as UK local time in a file."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def from_local(text: str) -> datetime:
    """Return the moment of "2023-03-29 11:00", Europe/London, in UTC: 10:00.

    Raises ValueError with a plain reason, also for a time that the change of clocks skips or repeats.
    """
    try:
        local = datetime.strptime(text, "%Y-%m-%d %H:%M")
    except ValueError:
        raise ValueError('write it as "2023-03-29 11:00", in UK local time') from None
    return in_london(local)


def in_london(local: datetime) -> datetime:
    """Return the UTC moment of a naive local time. Raises ValueError where there is none, or two."""
    first, second = (local.replace(tzinfo=LONDON, fold=fold).utcoffset() for fold in (0, 1))
    if first != second:
        kind = "does not exist" if first < second else "comes twice"
        raise ValueError(f"{local:%H:%M on %d %B %Y} {kind}: the clocks change then")
    return local.replace(tzinfo=LONDON).astimezone(UTC)
