"""Copies of the real competitions that can be used: dates of today, and values where none are known."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.london import moment_of
from accounts.models import Region, User
from applications import publication
from applications.models import Competition, IntensityTable, MaximumPercentage, Stage
from funding import budgets
from funding.models import Budget, BudgetKind, Transfer
from launchpad.demo import dates, files

STANDING = "demonstration"
MOMENTS = ("opens_at", "closes_at")
DAYS = ("latest_start_on", "latest_end_on", "ends_exactly_on")


def make(*, by: User, at: datetime) -> dict[str, Competition]:
    """Make, fund and publish the copies; return them by their codes.

    by  a competition manager, who publishes each a week before it opens, or now
    """
    content = files.read("competitions")
    tables = {key: _table(key, table) for key, table in content["intensity_tables"].items()}
    opened = [_budget(entry, BudgetKind(entry["kind"])) for entry in content["budgets"]]
    above = {(budget.kind, budget.region_id): budget for budget in opened}
    pots = {pot["code"]: _budget(pot, BudgetKind.POT) for pot in content["pots"]}
    made = {}
    for entry in content["competitions"]:
        competition = copy(entry, tables, at=at)
        competition.save()
        region = above[BudgetKind.REGION, competition.region_id]
        _draw(competition, above[BudgetKind.PROGRAMME, None], region, pots[competition.pot])
        published_at = min(at, competition.opens_at - timedelta(days=7))
        made[competition.code] = publication.publish(competition, by=by, at=published_at)
    return made


def copy(entry: dict, tables: dict[str, IntensityTable], *, at: datetime) -> Competition:
    """Return an unsaved copy of a real competition with the entry's values and shifted dates."""
    original = Competition.objects.get(code=entry["copy_of"])
    base = base_dates(original, entry)
    months = shift_of(base, entry["anchor"], at)
    values = dict(entry["values"])
    table = tables.get(values.pop("intensity_table", None), original.intensity_table)
    for name in ("pot_part", "limit_min", "limit_max", "research_participation_max"):
        if name in values:
            values[name] = Decimal(values[name])

    made = Competition.objects.get(pk=original.pk)
    made.pk, made._state.adding = None, True
    made.code, made.title, made.number = entry["code"], entry["title"], None
    made.stage, made.version = Stage.SET_UP, 1
    made.is_listed, made.is_demonstration = False, True
    for name, value in values.items():
        setattr(made, name, value)
    for name, value in base.items():
        moved = dates.shifted(value, months)
        setattr(made, name, moment_of(moved) if name in MOMENTS else moved)
    made.intensity_table = table
    invented = {*values, *base} - {"summary", "scope", "eligibility"}
    if table != original.intensity_table:
        invented.add("intensity_table")
    made.standings = original.standings | dict.fromkeys(sorted(invented), STANDING)
    made.notes = [
        f"A copy of {original.code} for demonstration. All its dates are {months} months later than "
        "those of the original; values marked as demonstration are invented.",
        *entry.get("notes", ()),
    ]
    made.sources = list(dict.fromkeys([*original.sources, *entry.get("sources", ())]))
    return made


def base_dates(original: Competition, entry: dict) -> dict[str, Any]:
    """The dates before the shift: the original's where they are known, the entry's otherwise.

    Opening and closing are naive local times, since 11:00 must stay 11:00 in summer and in winter.
    """
    given = entry["dates"]
    base: dict[str, Any] = {name: datetime.strptime(given[name], "%Y-%m-%d %H:%M") for name in MOMENTS}
    for name in DAYS:
        value = getattr(original, name) or (date.fromisoformat(given[name]) if name in given else None)
        if value:
            base[name] = value
    return base


def shift_of(base: dict[str, Any], anchor: dict, at: datetime) -> int:
    """The whole months by which all dates of a competition move, by what its anchor asks for."""
    moment = base[anchor["field"]]
    if "at_least_days_ahead" in anchor:
        return dates.smallest_shift_ahead(moment, at, anchor["at_least_days_ahead"])
    return dates.largest_shift_behind(moment, at, anchor["at_least_days_ago"])


def _table(key: str, values: dict) -> IntensityTable:
    table = IntensityTable.objects.create(key=key, title=values["title"], standing=STANDING)
    MaximumPercentage.objects.bulk_create(
        MaximumPercentage(table=table, research_category=category, size=size, percentage=Decimal(percentage))
        for category, by_size in values["percentages"].items()
        for size, percentage in by_size.items()
    )
    return table


def _budget(entry: dict, kind: BudgetKind) -> Budget:
    region = Region.objects.filter(code=entry["region"]).first()
    return _opened(entry["code"], entry["name"], kind, Decimal(entry["ceiling"]), region)


def _draw(competition: Competition, programme: Budget, region: Budget, pot: Budget) -> None:
    """Let a copy draw on the demonstration's own money, so that the real programme's stays whole."""
    part = None
    if competition.pot_part:
        name = f"{competition.title}: its part"
        part = _opened(competition.code, name, BudgetKind.PART, competition.pot_part, competition.region)
    budgets.draw(competition, programme=programme, region=region, pot=pot, part=part)


def _opened(code: str, name: str, kind: BudgetKind, ceiling: Decimal, region: Region | None) -> Budget:
    """Open a budget on the day the real programme's was opened, before anything is drawn from it."""
    opened_at = Transfer.objects.earliest("made_at").made_at
    return budgets.open_budget(code, name, kind, ceiling, region, at=opened_at)
