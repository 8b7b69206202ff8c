"""Local time: what the clock on a wall in the UK shows, and what becomes of it when the clocks change."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


class NoSuchMoment(ValueError):
    """The clocks skip this local time, or show it twice; the message says which."""


def day_of(at: datetime) -> date:
    """Return the London calendar day of a moment: what every rule that names a day goes by."""
    return at.astimezone(LONDON).date()


def on_the_clock(local: datetime | time) -> str:
    """Write a local time as ``9am``, ``5:30pm``, ``midday``: the one style of every page, email and list."""
    if not local.minute and local.hour % 12 == 0:
        return "midday" if local.hour else "midnight"
    minutes = f":{local.minute:02}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes}{half_of_day(local)}"


def half_of_day(local: datetime | time) -> str:
    return "am" if local.hour < 12 else "pm"


def from_text(text: str) -> datetime:
    """Return the moment of "2023-03-29 11:00" in London: 10:00 in UTC.

    Raises ValueError with a plain reason, NoSuchMoment among them.
    """
    try:
        local = datetime.strptime(text, "%Y-%m-%d %H:%M")
    except ValueError:
        raise ValueError('write it as "2023-03-29 11:00", in UK local time') from None
    return moment_of(local)


def moment_of(local: datetime) -> datetime:
    """Return the UTC moment of a naive local time.

    Raises NoSuchMoment for a time in the hour that is skipped in March or comes twice in October.
    """
    first, second = (local.replace(tzinfo=LONDON, fold=fold).utcoffset() for fold in (0, 1))
    if first != second:
        why = (
            "does not exist: the clocks go forward over that hour"
            if first < second
            else "comes twice: the clocks go back over that hour"
        )
        raise NoSuchMoment(f"{on_the_clock(local)} on {local.day} {local:%B %Y} {why}")
    return local.replace(tzinfo=LONDON).astimezone(UTC)
