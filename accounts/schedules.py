"""When the periods of a job begin: every so many minutes, or at a time of the London day."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from accounts.london import LONDON, day_of, on_the_clock

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Every:
    """Periods of one length, counted in UTC: a change of clocks neither adds nor drops one."""

    length: timedelta

    def latest(self, at: datetime) -> datetime:
        """The last moment at which a period began, ``at`` included."""
        return EPOCH + (at - EPOCH) // self.length * self.length

    def following(self, moment: datetime) -> datetime:
        """The first moment after ``moment`` at which a period begins."""
        return self.latest(moment) + self.length

    def __str__(self):
        minutes = self.length // timedelta(minutes=1)
        hours, rest = divmod(minutes, 60)
        number, unit = (minutes, "minute") if rest or not hours else (hours, "hour")
        return f"every {unit}" if number == 1 else f"every {number} {unit}s"


@dataclass(frozen=True, slots=True)
class Daily:
    """One period a day, at a time of the London day, be the day 23, 24 or 25 hours long.

    A time that comes twice counts when it comes first. One that is skipped counts as so long
    after midnight: 01:30 is then 02:30 on the clock.
    """

    local: time

    def on(self, day) -> datetime:
        return datetime.combine(day, self.local, LONDON).astimezone(UTC)

    def latest(self, at: datetime) -> datetime:
        day = day_of(at)
        return self.on(day) if self.on(day) <= at else self.on(day - DAY)

    def following(self, moment: datetime) -> datetime:
        day = day_of(moment)
        return self.on(day) if self.on(day) > moment else self.on(day + DAY)

    def __str__(self):
        return f"daily at {on_the_clock(self.local)} (UK time)"


Schedule = Every | Daily
