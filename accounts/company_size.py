"""An organisation's size from its accounts: the two-of-three rule (dossier, section 3.1).

Every limit counts as met where it is reached exactly. Micro and small are one size to the funding levels.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import IntEnum


class Band(IntEnum):
    MICRO = 1
    SMALL = 2
    MEDIUM = 3
    LARGE = 4


@dataclass(frozen=True, slots=True)
class Limits:
    """Turnover and balance sheet total in pounds, and people employed: the most that a band may have."""

    turnover: int
    balance_total: int
    employees: int


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The limits of accounting periods that begin on ``since`` or later; without it, for all before."""

    since: date | None
    bands: dict[Band, Limits]


#: The newest first.
THRESHOLDS = (
    Thresholds(
        date(2025, 4, 6),
        {
            Band.MICRO: Limits(1_000_000, 500_000, 10),
            Band.SMALL: Limits(15_000_000, 7_500_000, 50),
            Band.MEDIUM: Limits(54_000_000, 27_000_000, 250),
        },
    ),
    Thresholds(
        None,
        {
            Band.MICRO: Limits(632_000, 316_000, 10),
            Band.SMALL: Limits(10_200_000, 5_100_000, 50),
            Band.MEDIUM: Limits(36_000_000, 18_000_000, 250),
        },
    ),
)


@dataclass(frozen=True, slots=True)
class Year:
    """The figures of one accounting period of twelve months, those of the whole group."""

    ends_on: date
    turnover: Decimal
    balance_total: Decimal
    employees: int

    @property
    def begins_on(self) -> date:
        """The day after the period before ended: one that ends on 5 April 2026 began on 6 April 2025."""
        return _a_year_before(self.ends_on) + timedelta(days=1)

    @property
    def thresholds(self) -> Thresholds:
        begins_on = self.begins_on
        return next(one for one in THRESHOLDS if one.since is None or begins_on >= one.since)


def of_year(year: Year) -> Band:
    """The band that these figures alone give: two of the three limits are met.

    £10.2m turnover, £5.2m balance sheet and 50 people, for a period that began in 2024, are SMALL.
    """
    for band, limits in year.thresholds.bands.items():
        if sum(_met(year, limits)) >= 2:
            return band
    return Band.LARGE


def of(this: Year, last: Year | None = None) -> Band:
    """The band that holds: a band is kept until its limits are missed two years running.

    One year alone changes nothing, so where last year's figures are known theirs is the band: small by
    last year's and medium by this year's is still SMALL, and becomes MEDIUM by the year after. Each year
    is judged by the limits of its own period (assumed: the dossier does not say).
    """
    return of_year(last or this)


@dataclass(frozen=True, slots=True)
class Measure:
    """One of a year's three figures against the limit that it was held to."""

    about: str
    figure: Decimal | int
    limit: int
    is_money: bool

    @property
    def is_met(self) -> bool:
        return self.figure <= self.limit


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why a year's figures give their band: the limits of that band, or for LARGE those it is above."""

    year: Year
    is_last_year: bool
    band: Band
    since: date | None
    of_band: Band
    measures: tuple[Measure, Measure, Measure]

    @property
    def until(self) -> date | None:
        """The day from which newer limits hold, where these are the older ones."""
        return THRESHOLDS[0].since if self.since is None else None

    @property
    def of_name(self) -> str:
        return self.of_band.name.lower()

    @property
    def met(self) -> int:
        return sum(one.is_met for one in self.measures)


def reasons(this: Year, last: Year | None = None) -> Reasons:
    """Return why ``of`` answers as it does."""
    year = last or this
    band, thresholds = of_year(year), year.thresholds
    of_band = min(band, Band.MEDIUM)
    limits = thresholds.bands[of_band]
    measures = (
        Measure("Turnover", year.turnover, limits.turnover, True),
        Measure("Balance sheet total", year.balance_total, limits.balance_total, True),
        Measure("Employees", year.employees, limits.employees, False),
    )
    return Reasons(year, last is not None, band, thresholds.since, of_band, measures)


def year_before(ends_on: date) -> date:
    """The end of the accounting period before the one that ends then."""
    return _a_year_before(ends_on)


def _met(year: Year, limits: Limits) -> Iterator[bool]:
    yield year.turnover <= limits.turnover
    yield year.balance_total <= limits.balance_total
    yield year.employees <= limits.employees


def _a_year_before(day: date) -> date:
    """The end of February stays one, in a leap year too."""
    is_end_of_february = (day + timedelta(days=1)).month != day.month == 2
    if is_end_of_february:
        return date(day.year - 1, 3, 1) - timedelta(days=1)
    return day.replace(year=day.year - 1)
