"""The rounds of the grown programme: copies of the real competitions, on budgets of their own."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from accounts.models import Region, User
from applications import publication
from applications.models import Competition, IntensityTable, Stage
from funding import budgets
from funding.models import Budget, BudgetKind
from launchpad.demo import competitions, files
from launchpad.demo.grown.plan import Call, Point

TABLE = "state-aid-defaults-2022"
#: What a pot's sum is rounded to, and the least that one holds.
STEP = 50_000
MERGED, PARTS = "merged", "parts"
POTS_OPEN = timedelta(days=60)


def codes() -> list[str]:
    return [entry["code"] for entry in files.read("grown_rounds")["competitions"]]


def make(size: int, *, by: User, at: datetime) -> list[Call]:
    """Make, fund and publish every competition of a programme with ``size`` applications.

    by  a competition manager, who publishes each a week before it opens
    """
    content = files.read("grown_rounds")
    shares = shared_out(size, [entry["percent"] for entry in content["competitions"]])
    entries = [
        entry | {"count": count, "pounds": pounds_for(entry["strand"], count)}
        for entry, count in zip(content["competitions"], shares, strict=True)
    ]
    made = [_copy(entry, at=at) for entry in entries]
    opened_at = min(competition.opens_at for competition in made) - POTS_OPEN
    _fund(made, entries, opened_at)
    calls, first = [], 0
    for competition, entry in zip(made, entries, strict=True):
        published = publication.publish(competition, by=by, at=competition.opens_at - timedelta(days=7))
        point = Point(entry["point"])
        if point in (Point.ASSESSING, Point.DECIDED, Point.RELEASED):
            Competition.objects.filter(pk=published.pk).update(stage=Stage.IN_ASSESSMENT)
        calls.append(Call(published, point, first, entry["count"]))
        first += entry["count"]
    return calls


def shared_out(size: int, percents: list[int]) -> list[int]:
    """Split ``size`` by percent, in whole numbers that add up to it: the last takes what is left."""
    shares = [size * percent // 100 for percent in percents]
    return [*shares[:-1], size - sum(shares[:-1])]


def pounds_for(strand: str, count: int) -> int:
    """What ``count`` applications compete for: enough for about one in five."""
    wanted = files.read("grown_rounds")["strands"][strand]["pounds_each"] * count
    return max(round(wanted / STEP), 3) * STEP


def _copy(entry: dict, *, at: datetime) -> Competition:
    kind = files.read("grown_rounds")["strands"][entry["strand"]]
    original = Competition.objects.select_related("region").get(code=entry["copy_of"])
    number, pounds = entry["code"].split("-")[1].removeprefix("R"), entry["pounds"]
    values = {
        **kind["values"],
        "round": int(number),
        "pot": entry["pot"],
        "pot_sharing": entry["sharing"],
        "pot_statement": f"Up to £{pounds:,}",
        "intensity_table": TABLE,
    }
    if entry["sharing"] == PARTS:
        values["pot_part"] = pounds
    strand = "CR&D" if entry["strand"] == "CRD" else entry["strand"]
    made = competitions.copy(
        {
            "code": entry["code"],
            "copy_of": entry["copy_of"],
            "title": f"Launchpad: {original.region.theme.capitalize()}, {strand}, {original.region.name}, "
            f"round {number} (demonstration)",
            "anchor": entry["anchor"],
            "dates": kind["dates"],
            "values": values,
        },
        {TABLE: IntensityTable.objects.get(key=TABLE)},
        at=at,
    )
    made.save()
    return made


def _fund(made: list[Competition], entries: list[dict], opened_at: datetime) -> None:
    """Open a programme, its regions, pots and parts, each with what stands on it and room to add."""
    content, regions = files.read("grown_rounds"), Region.objects.in_bulk(field_name="code")
    in_pot: Mapping[str, int] = _added_up(entries, "pot")
    of_region: dict[str, int] = defaultdict(int)
    for pot in content["pots"]:
        of_region[pot["region"]] += 2 * in_pot[pot["code"]]

    def opened(entry: dict, kind: BudgetKind, pounds: int, region: Region | None) -> Budget:
        return budgets.open_budget(entry["code"], entry["name"], kind, Decimal(pounds), region, at=opened_at)

    programme = opened(content["programme"], BudgetKind.PROGRAMME, sum(of_region.values()), None)
    by_region = {
        code: opened(entry, BudgetKind.REGION, of_region[code], regions[code])
        for code, entry in content["regions"].items()
    }
    pots = {
        pot["code"]: opened(pot, BudgetKind.POT, in_pot[pot["code"]], regions[pot["region"]])
        for pot in content["pots"]
    }
    for competition, entry in zip(made, entries, strict=True):
        region = competition.region
        part = None
        if entry["sharing"] == PARTS:
            name = f"{competition.title}: its part"
            part = opened({"code": competition.code, "name": name}, BudgetKind.PART, entry["pounds"], region)
        budgets.draw(competition, programme, by_region[region.code], pots[entry["pot"]], part)


def _added_up(entries: list[dict], name: str) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for entry in entries:
        sums[entry[name]] += entry["pounds"]
    return sums
