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

#: What a competition may limit, as it is called in a list of facts, by ``limit_basis``.
AMOUNTS = {"project_cost": "Total project costs", "grant_request": "Grant requested"}

#: What is said of a rule that is not kept, on every page that says it.
BUSINESS_LEADS = "The lead must be a UK registered business."
ORGANISATION_LEADS = "The lead must be an organisation registered in the UK."
REGISTER_FIRST = "Your organisation must have finished its registration before an award."
NO_ACADEMIC_LEAD = "Academic institutions cannot lead a project or work alone."
OUTSIDE = (
    "Your work is outside the competition's region. Explain your activity in the cluster: "
    "we decide by that whether the project can be funded."
)
FROM_UK = "Results should be exploited from or in the UK. Say in your answers why they will not be."
NOT_RUSSIAN = "Projects involving Russian entities or goods cannot be funded."
ADD_A_PARTNER = "Add a partner that claims grant."
LESS_RESEARCH = "Research organisations' share is above the maximum."

Number = TypeVar("Number", int, Decimal)


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that an application breaks: what to tell, and the section where it is mended.

    One that does not ``block`` is a warning; the application can be submitted all the same. One that
    ``is_waivable`` binds unless the office has agreed to more (ELIG-10).
    """

    rule: str
    message: str
    section: str = ""
    blocks: bool = True
    is_waivable: bool = False


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
    waived_amount: Decimal | None
    waived_months: int | None


def closed(closes_at: datetime) -> str:
    return f"This competition closed at {on_the_clock(closes_at.astimezone(LONDON))} on {day(closes_at)}."


def above_maximum(maximum: Decimal) -> str:
    return f"The most your organisation can ask for is {percentage(maximum)} of its costs."


def no_grant_left(other_funding: Decimal, asked: Decimal, whole: Decimal) -> str:
    """What to say of other public money that is as much as the ``whole`` grant, or more."""
    return (
        f"Other public money for this project ({pounds(other_funding)}) takes up the whole grant "
        f"({percentage(asked)} of your costs: {pounds(whole)}). The grant you ask for is £0."
    )


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
    limits = _widened(competition.duration_min, competition.duration_max, application.waived_months)
    if months is not None and not is_within(months, *limits):
        breaches.append(Breach("ELIG-06", duration_rule(competition), sections.DETAILS, is_waivable=True))
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
    if not competition.limit_basis or is_within(amount, *_widened(least, most, application.waived_amount)):
        return []
    section = sections.COSTS if is_cost else sections.FUNDING
    message = amount_rule(competition)
    if is_cost:
        return [Breach("ELIG-03", message, section, is_waivable=True)]
    if least is None:
        return [Breach("ELIG-05", message, section)]
    return [Breach("ELIG-04", message, section, is_waivable=True)]


def amount_rule(competition: Limits) -> str:
    """ "Total project costs must be between £25,000 and £100,000."; empty where no sum binds."""
    least, most = competition.limit_min, competition.limit_max
    if not competition.limit_basis or least is most is None:
        return ""
    if competition.limit_basis == "project_cost":
        return f"Total project costs must be {_range(least, most)}."
    return f"The grant requested {'can' if least is None else 'must'} be {_range(least, most)}."


def is_amount_waivable(competition: Limits) -> bool:
    """ELIG-05, a most without a least, has no exception; ELIG-03 and ELIG-04 have."""
    is_cost = competition.limit_basis == "project_cost"
    return bool(amount_rule(competition)) and (is_cost or competition.limit_min is not None)


def is_duration_waivable(competition: Limits) -> bool:
    return competition.duration_min is not None or competition.duration_max is not None


def _widened(
    least: Number | None, most: Number | None, waived: Number | None
) -> tuple[Number | None, Number | None]:
    """The limits with what a waiver lets in, and all between."""
    if waived is None:
        return least, most
    return (None if least is None else min(least, waived), None if most is None else max(most, waived))


def _range(least: Decimal | None, most: Decimal | None) -> str:
    """Say a range with one end or two; one that is open at both ends binds nobody."""
    if least is not None and most is not None:
        return f"between {pounds(least)} and {pounds(most)}"
    if most is not None:
        return f"up to {pounds(most)}"
    return f"{pounds(least)} or more" if least is not None else "any sum"


def is_within(value: Number, least: Number | None, most: Number | None) -> bool:
    """Both ends are inside: £25,000.00 and £100,000.00 pass."""
    return (least is None or value >= least) and (most is None or value <= most)


def end_rule(competition: Limits) -> str:
    """ "The project must end by 31 March 2025."; empty where no end is set."""
    if competition.ends_exactly_on:
        return f"The project must end on {day(competition.ends_exactly_on)}."
    return f"The project must end by {day(competition.latest_end_on)}." if competition.latest_end_on else ""


def _broken_end(competition: Limits, last_day: date) -> str:
    exactly, latest = competition.ends_exactly_on, competition.latest_end_on
    is_broken = last_day != exactly if exactly else latest is not None and last_day > latest
    return end_rule(competition) if is_broken else ""


def received(at: datetime) -> str:
    """To the second, since it decides: "We received this at 11:00:02am on 29 March 2023 (BST)."."""
    return f"We received this at {exact_time(at, places=0)}."
