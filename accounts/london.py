"""Local time: what the clock on a wall in the UK shows, and what becomes of it when the clocks change."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


class NoSuchMoment(ValueError):
    """The clocks skip this local time, or show it twice; the message says which."""


def moment_of(local: datetime) -> datetime:
    """Return the UTC moment of a naive local time.

    Raises NoSuchMoment for a time in the hour that is skipped in March or comes twice in October.
    """
    first, second = (local.replace(tzinfo=LONDON, fold=fold).utcoffset() for fold in (0, 1))
    if first != second:
        kind = "does not exist" if first < second else "comes twice"
        raise NoSuchMoment(f"{local:%H:%M on %d %B %Y} {kind}: the clocks change then")
    return local.replace(tzinfo=LONDON).astimezone(UTC)
