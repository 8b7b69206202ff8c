"""Competitions as they stand in the files. A figure that is not known is null, in the file and in the row."""

from collections.abc import Collection
from dataclasses import dataclass

from accounts.models import Region
from applications.models import (
    Competition,
    IntensityTable,
    LimitBasis,
    PotSharing,
    QuestionSet,
    Stage,
    Strand,
)
from launchpad.loading.entries import Entry
from launchpad.loading.keeping import Kept, differences
from launchpad.loading.rules import STANDINGS

#: What the files say of a competition. The rest (its stage, its version) belongs to the office.
NAMES = [
    "number",
    "title",
    "region_id",
    "strand",
    "round",
    "is_listed",
    "summary",
    "scope",
    "eligibility",
    "themes",
    "opens_at",
    "closes_at",
    "pot",
    "pot_statement",
    "pot_sharing",
    "pot_part",
    "limit_basis",
    "limit_min",
    "limit_max",
    "duration_min",
    "duration_max",
    "latest_start_on",
    "latest_end_on",
    "ends_exactly_on",
    "subsidy_basis",
    "lead_types",
    "needs_partners",
    "research_participation_max",
    "intensity_table_id",
    "question_set_id",
    "standings",
    "sources",
    "notes",
]
SUBSIDY_BASES = ("minimal_financial_assistance", "subsidy_control")
LEAD_TYPES = ("uk_registered_business", "uk_registered_organisation")
#: What ``standings`` may speak of, as people would name it.
SPOKEN_OF = {name.removesuffix("_id") for name in NAMES} | {
    "threshold",
    "spread_limit",
    "assessors_each",
    "eligibility_days",
    "answer_days",
    "assessments_due_at",
}


@dataclass(frozen=True)
class Planned:
    """A competition to be kept, with the keys of the rows it names."""

    entry: Entry
    row: Competition
    region: str
    question_set: str
    intensity_table: str


@dataclass(frozen=True)
class Known:
    """The keys that a competition's entry may name."""

    regions: Collection[str]
    pots: Collection[str]
    question_sets: Collection[str]
    intensity_tables: Collection[str]


def competition(entry: Entry, known: Known) -> Planned:
    row = entry.build(
        Competition,
        exclude=["region", "intensity_table", "question_set"],
        code=entry.text("code"),
        number=entry.whole("number"),
        title=entry.text("title"),
        strand=entry.choice("strand", Strand.values, required=True),
        round=entry.whole("round"),
        is_listed=True,
        summary=entry.paragraphs("summary", required=False),
        scope=entry.paragraphs("scope", required=False),
        eligibility=entry.paragraphs("eligibility", required=False),
        themes=entry.texts("themes"),
        opens_at=entry.local_moment("opens_at"),
        closes_at=entry.local_moment("closes_at"),
        pot=entry.choice("pot", known.pots, required=True),
        pot_statement=entry.text("pot_statement", required=False),
        pot_sharing=entry.choice("pot_sharing", PotSharing.values),
        pot_part=entry.decimal("pot_part"),
        limit_basis=entry.choice("limit_basis", LimitBasis.values),
        limit_min=entry.decimal("limit_min"),
        limit_max=entry.decimal("limit_max"),
        duration_min=entry.whole("duration_min"),
        duration_max=entry.whole("duration_max"),
        latest_start_on=entry.day("latest_start_on"),
        latest_end_on=entry.day("latest_end_on"),
        ends_exactly_on=entry.day("ends_exactly_on"),
        subsidy_basis=entry.choice("subsidy_basis", SUBSIDY_BASES),
        lead_types=entry.texts("lead_types"),
        needs_partners=entry.flag("needs_partners"),
        research_participation_max=entry.decimal("research_participation_max"),
        standings=_standings(entry),
        sources=entry.addresses("sources"),
        notes=entry.texts("notes"),
    )
    planned = Planned(
        entry,
        row,
        region=entry.choice("region", known.regions, required=True),
        question_set=entry.choice("question_set", known.question_sets),
        intensity_table=entry.choice("intensity_table", known.intensity_tables),
    )
    _refuse_contradictions(entry, row)
    entry.finish()
    return planned


def _standings(entry: Entry) -> dict[str, str]:
    standings = entry.inner("standings", dict, required=False)
    for name, standing in standings.items():
        if name not in SPOKEN_OF:
            entry.refuse("standings", f"{name} is not a field of a competition")
        elif standing not in STANDINGS:
            entry.refuse("standings", f"{name} must be one of: {', '.join(STANDINGS)}")
    return standings


def _refuse_contradictions(entry: Entry, row: Competition) -> None:
    """What no competition may say. The database refuses most of it too, but names no file."""
    pairs = (("opens_at", "closes_at"), ("limit_min", "limit_max"), ("duration_min", "duration_max"))
    for first, last in (*pairs, ("latest_start_on", "latest_end_on")):
        low, high = getattr(row, first), getattr(row, last)
        if low is not None and high is not None and (low > high or (first == "opens_at" and low == high)):
            entry.refuse(first, f"does not come before {last}")
    if (row.pot_sharing == PotSharing.PARTS) != (row.pot_part is not None):
        entry.refuse("pot_part", 'a part is stated where pot_sharing is "parts", and nowhere else')
    for lead_type in row.lead_types:
        if lead_type not in LEAD_TYPES:
            entry.refuse("lead_types", f'"{lead_type}" is not one of: {", ".join(LEAD_TYPES)}')


def keep(kept: Kept, planned: Planned) -> Competition:
    """Make the competition, or bring it to what the file says while nobody has worked on it.

    Once published, or changed in the office, it belongs to the office: left alone, and said so.
    """
    row = planned.row
    row.region = Region.objects.get(code=planned.region)
    row.question_set = QuestionSet.objects.filter(key=planned.question_set).first()
    row.intensity_table = IntensityTable.objects.filter(key=planned.intensity_table).first()
    standing = Competition.objects.select_for_update(of=["self"]).filter(code=row.code).first()
    if standing and (standing.stage != Stage.SET_UP or standing.version > 1):
        if differences(standing, row, NAMES):
            why = "it is published" if standing.stage != Stage.SET_UP else "it was changed in the office"
            kept.remarks.append(f"{row.code} differs from its file and was left alone: {why}.")
        return standing
    return kept.keep(row, "code", NAMES)
