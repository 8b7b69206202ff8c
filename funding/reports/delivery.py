"""Delivery: where the awards stand, and in which financial year their grants would fall."""

from datetime import date
from decimal import Decimal

from accounts.formats import local_day
from funding import forecast
from funding.forecast import Project
from funding.models import AwardStatus
from funding.reports.contents import Column, Kind, Section, Table
from funding.reports.covered import NOTHING, Covered


def section(covered: Covered) -> Section:
    return Section(name="delivery", title="Delivery", tables=[_awards(covered), _years(covered)])


def _awards(covered: Covered) -> Table:
    return Table(
        name="awards",
        title="Awards",
        note="Approved: its offer is not answered yet. Reversed, lapsed and ended ones gave money back.",
        columns=[Column("Status"), Column("Awards", Kind.COUNT), Column("Amount", Kind.MONEY)],
        rows=[
            [status.label, covered.awards[status.value][0], str(covered.awards[status.value][1])]
            for status in AwardStatus
        ],
    )


def _years(covered: Covered) -> Table:
    """By region, with what would fall after the last day on which a competition lets a project end."""
    regions = {one.pk: one.region.name for one in covered.competitions}
    names, ends_on = sorted(set(regions.values())), _ends_on(covered)
    found = {
        name: forecast.of(
            [
                Project(key=one.pk, grant=one.award, start_on=one.start_on, months=one.months)
                for one in covered.funded
                if regions[one.competition] == name
            ],
            ends_on,
        )
        for name in names
    }
    years = sorted({year for one in found.values() for year in one.years})
    rows = [
        [forecast.in_words(year), *_amounts([one.years.get(year, NOTHING) for one in found.values()])]
        for year in years
    ]
    if any(one.undated for one in found.values()):
        rows.append(["No dates", *_amounts([one.undated for one in found.values()])])
    rows.append(["Together", *_amounts([one.total for one in found.values()])])
    late = [sum(one.after.values(), NOTHING) for one in found.values()]
    if ends_on and any(late):
        rows.append([f"Of these, after {local_day(ends_on)}", *_amounts(late)])
    return Table(
        name="by-financial-year",
        title="Forecast by financial year",
        note=forecast.RULE,
        columns=[
            Column("Financial year"),
            *(Column(name, Kind.MONEY) for name in names),
            Column("All", Kind.MONEY),
        ],
        rows=rows,
    )


def _amounts(of_regions: list[Decimal]) -> list[str]:
    return [*map(str, of_regions), str(sum(of_regions, NOTHING))]


def _ends_on(covered: Covered) -> date | None:
    ends = (one.ends_exactly_on or one.latest_end_on for one in covered.everything)
    return max((day for day in ends if day), default=None)
