"""Delivery: where the awards stand, and in which financial year their grants would fall."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from accounts.formats import local_day
from funding import forecast
from funding.forecast import Project
from funding.reports.contents import Cell, Column, Kind, Section, Table
from funding.reports.covered import NOTHING, Covered
from funding.reports.standing import HOLDING, OVER, Standing

TITLE = "Delivery"


def section(covered: Covered) -> Section:
    return Section(
        name="delivery",
        title=TITLE,
        about="An award stands in one line of the two tables below, and in one alone.",
        tables=[_holding(covered), _over(covered), _years(covered)],
    )


def _holding(covered: Covered) -> Table:
    return Table(
        name="awards",
        title="Awards that hold money",
        note="Reserved from the approval on, committed from the acceptance on.",
        columns=_columns(),
        charted=("Amount",),
        totals=1,
        rows=_rows(covered, HOLDING),
    )


def _over(covered: Covered) -> Table:
    return Table(
        name="awards-over",
        title="Awards that gave their money back",
        note="Their money is available again in every budget that it came from.",
        columns=_columns(),
        totals=1,
        rows=_rows(covered, OVER),
    )


def _columns() -> list[Column]:
    return [
        Column("Standing"),
        Column("What it means"),
        Column("Awards", Kind.COUNT),
        Column("Amount", Kind.MONEY),
    ]


def _rows(covered: Covered, means: Mapping[Standing, str]) -> list[list[Cell]]:
    found = [covered.awards[one] for one in means]
    rows: list[list[Cell]] = [
        [one.label, says, number, str(amount)]
        for (one, says), (number, amount) in zip(means.items(), found, strict=True)
    ]
    together = sum((amount for _, amount in found), NOTHING)
    return [*rows, ["Together", None, sum(number for number, _ in found), str(together)]]


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
    fall = {year for one in found.values() for year in one.years}
    rows = [
        [forecast.in_words(year), *_amounts([one.years.get(year, NOTHING) for one in found.values()])]
        # Also a year in which nothing falls between others has its place in the chart.
        for year in (range(min(fall), max(fall) + 1) if fall else ())
    ]
    if any(one.undated for one in found.values()):
        rows.append(["No dates", *_amounts([one.undated for one in found.values()])])
    totals = 1
    rows.append(["Together", *_amounts([one.total for one in found.values()])])
    late = [sum(one.after.values(), NOTHING) for one in found.values()]
    if ends_on and any(late):
        totals = 2
        rows.append([f"Of these, after {local_day(ends_on)}", *_amounts(late)])
    return Table(
        name="by-financial-year",
        title="Forecast by financial year",
        note=forecast.RULE,
        columns=[
            Column("Financial year"),
            *(Column(name, Kind.MONEY) for name in names),
            *([] if len(names) == 1 else [Column("All", Kind.MONEY)]),
        ],
        charted=names,
        totals=totals,
        rows=rows,
    )


def _amounts(of_regions: list[Decimal]) -> list[str]:
    """Of several, with what they come to together."""
    together = [] if len(of_regions) == 1 else [sum(of_regions, NOTHING)]
    return [str(amount) for amount in (*of_regions, *together)]


def _ends_on(covered: Covered) -> date | None:
    ends = (one.ends_exactly_on or one.latest_end_on for one in covered.everything)
    return max((day for day in ends if day), default=None)
