"""Competitions with everything they need, and what they stand on."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count

from accounts import clock
from accounts.models import Region
from applications.models import (
    Area,
    Competition,
    IntensityTable,
    LimitBasis,
    MaximumPercentage,
    PotSharing,
    Question,
    QuestionSet,
    ResearchCategory,
    Stage,
    Strand,
)

_numbers = count(1)

UNSCORED = {
    "project-summary": "Project summary",
    "public-description": "Public description",
    "scope": "Scope",
}
SCORED = {
    "need-or-challenge": "Need or challenge",
    "approach-and-innovation": "Approach and innovation",
    "team-and-resources": "Team and resources",
    "market-awareness": "Market awareness",
    "outcomes-and-route-to-market": "Outcomes and route to market",
    "wider-impacts": "Wider impacts",
    "project-management": "Project management",
    "risks": "Risks",
    "additionality": "Additionality",
    "costs-and-value-for-money": "Costs and value for money",
}
PERCENTAGES = {
    ResearchCategory.FEASIBILITY: (70, 60, 50),
    ResearchCategory.INDUSTRIAL: (70, 60, 50),
    ResearchCategory.EXPERIMENTAL: (45, 35, 25),
}


def region(code: str = "LCR", name: str = "Liverpool City Region") -> Region:
    details = {"name": name, "ons_code": "E47000004", "theme": "advanced manufacturing"}
    return Region.objects.get_or_create(code=code, defaults=details)[0]


def area(name: str = "Liverpool", code: str = "E08000012") -> Area:
    details = {"name": name, "region": region(), "is_core": True}
    return Area.objects.get_or_create(code=code, defaults=details)[0]


def question_set() -> QuestionSet:
    """The standard set: three unscored questions and ten scored ones, 400 words each."""
    details = {"title": "Standard ten questions", "standing": "assumed"}
    made, is_new = QuestionSet.objects.get_or_create(key="standard-ten", defaults=details)
    if is_new:
        titles = {**UNSCORED, **SCORED}
        Question.objects.bulk_create(
            Question(
                question_set=made,
                key=key,
                position=position,
                number=position - len(UNSCORED) if key in SCORED else None,
                max_marks=10 if key in SCORED else None,
                title=title,
                prompt=f"Tell us about: {title.lower()}.",
                guidance="What you plan\nHow you know it",
                assessor_guidance="Look for evidence.",
                word_limit=400,
            )
            for position, (key, title) in enumerate(titles.items(), start=1)
        )
    return made


def intensity_table() -> IntensityTable:
    details = {"title": "Maximum percentages", "standing": "assumed"}
    made, is_new = IntensityTable.objects.get_or_create(key="state-aid-defaults", defaults=details)
    if is_new:
        sizes = ("micro_small", "medium", "large", "non_business")
        MaximumPercentage.objects.bulk_create(
            MaximumPercentage(
                table=made, research_category=category, size=size, percentage=Decimal(percentage)
            )
            for category, percentages in PERCENTAGES.items()
            for size, percentage in zip(sizes, (*percentages, 100), strict=True)
        )
    return made


def competition(**fields) -> Competition:
    """A published MFA competition with every rule set, open at NOON of ``tests.make.times``."""
    return Competition.objects.create(
        **{
            "code": f"TEST-MFA-{next(_numbers)}",
            "title": "Launchpad: advanced manufacturing",
            "region": region(),
            "strand": Strand.MFA,
            "round": 1,
            "stage": Stage.PUBLISHED,
            "summary": "Grants for advanced manufacturing in the cluster.",
            "scope": "Projects must grow advanced manufacturing.",
            "eligibility": "The lead must be a UK registered business.",
            "opens_at": datetime(2026, 4, 1, 8, tzinfo=UTC),
            "closes_at": datetime(2026, 7, 1, 10, tzinfo=UTC),
            "pot": "LCR-R1",
            "pot_statement": "A share of up to £6 million.",
            "pot_sharing": PotSharing.MERGED,
            "limit_basis": LimitBasis.PROJECT_COST,
            "limit_min": Decimal("25000"),
            "limit_max": Decimal("100000"),
            "duration_min": 3,
            "duration_max": 12,
            "latest_start_on": date(2037, 4, 1),
            "latest_end_on": date(2038, 3, 31),
            "subsidy_basis": "minimal_financial_assistance",
            "lead_types": ["uk_registered_business"],
            "intensity_table": intensity_table(),
            "question_set": question_set(),
            **fields,
        }
    )


def closed_competition(**fields) -> Competition:
    """One that closed at 11:00 UK time on the Friday before NOON."""
    return competition(**{"closes_at": datetime(2026, 5, 29, 10, tzinfo=UTC), **fields})


def open_now(**fields) -> Competition:
    """One that is open by the database's clock, for tests that go through a page."""
    now = clock.now()
    days = timedelta(days=30)
    return competition(**{"opens_at": now - days, "closes_at": now + days, **fields})
