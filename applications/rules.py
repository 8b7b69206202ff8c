"""The rules of a competition that can be read off an application's own figures, and what each says.

The numbers (ELIG-03) are those of the programme's list of eligibility rules. Limits come from the
competition; a rule whose limit is not set does not bind.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol, TypeVar

from accounts.formats import exact_time
from accounts.formats import local_day as day
from accounts.london import LONDON, day_of, on_the_clock
from applications import duration, sections

MILLION = 1_000_000

Number = TypeVar("Number", int, Decimal)


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that an application breaks: what to tell, and the section where it is mended.

    One that does not ``block`` is a warning; the application can be submitted all the same.
    """

    rule: str
    message: str
    section: str = ""
    blocks: bool = True


class Limits(Protocol):
    """What a competition sets; a limit that is not set is None."""

    closes_at: datetime | None
    limit_basis: str
    limit_min: Decimal | None
    limit_max: Decimal | None
    duration_min: int | None
    duration_max: int | None
    latest_start_on: date | None
    latest_end_on: date | None
    ends_exactly_on: date | None


class Figures(Protocol):
    """What an application says of itself; what is not filled in yet is None."""

    @property
    def competition(self) -> Limits: ...

    total_costs: Decimal
    grant_sought: Decimal
    start_on: date | None
    duration_months: int | None


def closed(closes_at: datetime) -> str:
    return f"This competition closed at {on_the_clock(closes_at.astimezone(LONDON))} on {day(closes_at)}."


def above_maximum(maximum: Decimal) -> str:
    return f"The most your organisation can ask for is {percentage(maximum)} of its costs."


def percentage(value: Decimal) -> str:
    return f"{value.normalize():f}%"


def pounds(amount: Decimal) -> str:
    """£25,000, £1 million: as the rules are worded."""
    if amount >= MILLION and amount % MILLION == 0:
        return f"£{amount / MILLION:,.0f} million"
    return f"£{amount:,.0f}" if amount == amount.to_integral_value() else f"£{amount:,.2f}"


def dates_and_duration(application: Figures) -> list[Breach]:
    """ELIG-06 to ELIG-08, as far as the dates are filled in.

    START has no number in the list of rules: nothing is decided before a competition has closed.
    """
    competition, start_on, months = (
        application.competition,
        application.start_on,
        application.duration_months,
    )
    breaches = []
    if start_on and competition.closes_at and start_on <= (closes_on := day_of(competition.closes_at)):
        message = f"The project must start after {day(closes_on)}, the day on which the competition closes."
        breaches.append(Breach("START", message, sections.DETAILS))
    if months is not None and not _within(months, competition.duration_min, competition.duration_max):
        breaches.append(Breach("ELIG-06", duration_rule(competition), sections.DETAILS))
    if start_on and competition.latest_start_on and start_on > competition.latest_start_on:
        breaches.append(
            Breach(
                "ELIG-07", f"The project must start by {day(competition.latest_start_on)}.", sections.DETAILS
            )
        )
    if start_on and months and (message := _broken_end(competition, duration.last_day(start_on, months))):
        breaches.append(Breach("ELIG-08", message, sections.DETAILS))
    return breaches


def too_many_days(working_days: int, months: int, most: int) -> str:
    """What to say of a line of labour that has more than ``costs.most_days``."""
    return (
        f"Days on the project can be up to {most:,} for each person: {working_days} working days a year "
        f"over {months} month{'' if months == 1 else 's'}. Add a line for each person."
    )


def duration_rule(competition: Limits) -> str:
    least, most = competition.duration_min, competition.duration_max
    if least and most:
        return f"The project must last {least} to {most} months."
    if most:
        return f"The project can last up to {most} months."
    return f"The project must last {least} months or more."


def money_limits(application: Figures) -> list[Breach]:
    """ELIG-03 where the limits bind project costs; ELIG-04, or ELIG-05 without a minimum, where the grant."""
    competition = application.competition
    least, most = competition.limit_min, competition.limit_max
    is_cost = competition.limit_basis == "project_cost"
    amount = application.total_costs if is_cost else application.grant_sought
    if not competition.limit_basis or _within(amount, least, most):
        return []
    if is_cost:
        return [Breach("ELIG-03", f"Total project costs must be {_range(least, most)}.", sections.COSTS)]
    if least is None:
        return [Breach("ELIG-05", f"The grant requested can be {_range(least, most)}.", sections.FUNDING)]
    return [Breach("ELIG-04", f"The grant requested must be {_range(least, most)}.", sections.FUNDING)]


def _range(least: Decimal | None, most: Decimal | None) -> str:
    """Say a range with one end or two; one that is open at both ends binds nobody."""
    if least is not None and most is not None:
        return f"between {pounds(least)} and {pounds(most)}"
    if most is not None:
        return f"up to {pounds(most)}"
    return f"{pounds(least)} or more" if least is not None else "any sum"


def _within(value: Number, least: Number | None, most: Number | None) -> bool:
    """Both ends are inside: £25,000.00 and £100,000.00 pass."""
    return (least is None or value >= least) and (most is None or value <= most)


def _broken_end(competition: Limits, last_day: date) -> str:
    if competition.ends_exactly_on and last_day != competition.ends_exactly_on:
        return f"The project must end on {day(competition.ends_exactly_on)}."
    if competition.latest_end_on and last_day > competition.latest_end_on:
        return f"The project must end by {day(competition.latest_end_on)}."
    return ""


def received(at: datetime) -> str:
    """To the second, since it decides: "We received this at 11:00:02am on 29 March 2023 (BST)."."""
    return f"We received this at {exact_time(at, places=0)}."
