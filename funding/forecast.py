"""In which financial year a grant would fall: spread evenly over the months of its project (assumed).

Nobody has agreed when a grant is spent until a project has its profile. Until then each month of the
project has the same part, which counts on that month's last day.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_DOWN, Decimal

from accounts import money
from applications.duration import last_day

#: The rule, as the page says it.
RULE = (
    "Assumed: a grant is spread evenly over the months of its project, to the penny, with what is left over "
    "in the last month. A month counts on its last day. A financial year runs from 1 April to 31 March."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A grant to forecast: ``key`` says whose. Without dates it falls in no year."""

    key: object
    grant: Decimal
    start_on: date | None
    months: int | None


@dataclass(slots=True)
class Forecast:
    """What falls in each financial year, named by the calendar year in which it begins.

    after    what falls after the programme's end, by project
    undated  what has no dates to be spread over
    """

    years: dict[int, Decimal] = field(default_factory=dict)
    after: dict[object, Decimal] = field(default_factory=dict)
    undated: Decimal = Decimal("0.00")

    @property
    def total(self) -> Decimal:
        return sum(self.years.values(), self.undated)


def year_of(day: date) -> int:
    """The financial year a day falls in: 31 March 2025 in 2024, 1 April 2025 in 2025."""
    return day.year if (day.month, day.day) >= (4, 1) else day.year - 1


def in_words(year: int) -> str:
    """Worked: 2024 is "2024 to 2025"."""
    return f"{year} to {year + 1}"


def monthly(grant: Decimal, start_on: date, months: int) -> list[tuple[date, Decimal]]:
    """The last day of each month of a project, with the part of the grant that counts on it.

    Worked: £100.00 over 3 months from 15 January 2024 is £33.33 on 14 February and on 14 March, and
    £33.34 on 14 April. Together they are the grant, always.
    """
    if months < 1:
        raise ValueError("a project runs for a month at least")
    even = (grant / months).quantize(money.PENNY, ROUND_DOWN)
    parts = [even] * (months - 1) + [grant - even * (months - 1)]
    return [(last_day(start_on, number), part) for number, part in enumerate(parts, start=1)]


def of(projects: Iterable[Project], ends_on: date | None = None) -> Forecast:
    """Add up what falls in each financial year, and name what falls after the programme's last day."""
    found = Forecast()
    for project in projects:
        if project.start_on is None or not project.months:
            found.undated += project.grant
            continue
        for day, part in monthly(project.grant, project.start_on, project.months):
            year = year_of(day)
            found.years[year] = found.years.get(year, Decimal("0.00")) + part
            if ends_on is not None and day > ends_on:
                found.after[project.key] = found.after.get(project.key, Decimal("0.00")) + part
    return found
