"""What a region has set itself, beside what the funded projects add to it; and the partnership's themes.

Each figure has the page it was found on. Figures of different years are not mixed: of the sums stated
for the Liverpool City Region, those of its plan of 2022 are used alone.
"""

from dataclasses import dataclass

from funding.reports.contents import Column, Kind, Section, Table
from funding.reports.covered import NOTHING, Covered

GROWTH_PLATFORM = "https://growthplatform.org/?p=19111"
UNIVERSITY = "https://www.liverpool.ac.uk/antimicrobial-surfaces/news/stories/title,1371433,en.html"
COMPETITION = (
    "https://apply-for-innovation-funding.service.gov.uk/competition/1204/overview/"
    "ac6d303e-a080-45cb-b4b3-b2f6ac12fdfc"
)
TEES_VALLEY = "https://www.inventya.com/calls/launchpad-net-zero-cr-d-tees-valley"
PARTNERSHIP = "https://elavace.co.uk/news/liverpool-secures-innovation-partnership"

THEMES = (
    "Data sharing", "Policy", "Skills", "Business support", "Equalities", "International promotion",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Goal:
    """A region's goal as it was stated, and whether what the projects spend counts towards it."""

    region: str
    goal: str
    stated: str
    source: str
    is_of_spending: bool = False


GOALS = (
    Goal("LCR", "Research and development", "5% of GVA by 2030", GROWTH_PLATFORM, is_of_spending=True),
    Goal("LCR", "Added to the economy if that is met", "£41.7bn", UNIVERSITY),
    Goal("LCR", "Jobs if that is met", "44,000", UNIVERSITY),
    Goal("LCR", "Pipeline of innovation projects", "£3bn", GROWTH_PLATFORM, is_of_spending=True),
    Goal("LCR", "Net zero", "2040 or sooner", COMPETITION),
    Goal("TV", "Net zero industrial cluster", "2040", TEES_VALLEY),
)

TITLE = "Regional goals and partnership themes"


def section(covered: Covered) -> Section:
    return Section(
        name="goals",
        title=TITLE,
        tables=[_goals(covered), *([_themes()] if any(one.code == "LCR" for one in covered.regions) else [])],
    )


def _goals(covered: Covered) -> Table:
    region_of = {one.pk: one.region.code for one in covered.competitions}
    costs = {
        region.code: sum(
            (one.total_costs for one in covered.funded if region_of[one.competition] == region.code), NOTHING
        )
        for region in covered.regions
    }
    names = {region.code: region.name for region in covered.regions}
    return Table(
        name="goals",
        title="Regional goals",
        note="Beside goals that are about spending stand the costs of the funded projects, their "
        "organisations' own money included. Jobs and growth that came of them are not measured here.",
        columns=[
            Column("Region"),
            Column("Goal"),
            Column("As stated"),
            Column("Costs of the funded projects", Kind.MONEY),
            Column("Source", Kind.LINK),
        ],
        rows=[
            [
                names[one.region],
                one.goal,
                one.stated,
                str(costs[one.region]) if one.is_of_spending else None,
                one.source,
            ]
            for one in GOALS
            if one.region in names
        ],
    )


def _themes() -> Table:
    return Table(
        name="partnership",
        title="Themes of the partnership with Innovate UK",
        note="What the partnership works on beside this fund; the programme keeps no figures of them.",
        columns=[Column("Theme"), Column("Source", Kind.LINK)],
        rows=[[theme, PARTNERSHIP] for theme in THEMES],
    )
