"""An organisation's costs and grant: every change counts the sums again."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from applications import completeness, costs, drafting, finances, sections
from applications.models import Category, CostLine, OverheadMethod, ResearchCategory
from tests.make import applications, organisations
from tests.make.times import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    made = applications.draft()
    drafting.save_details(
        made, {"research_category": ResearchCategory.INDUSTRIAL}, by=made.started_by, at=NOON
    )
    return made


def doer(draft) -> dict:
    return {"by": draft.started_by, "at": NOON}


def sums(draft) -> tuple:
    part = applications.lead(draft)
    return part.total_costs, part.grant_sought, part.contribution


LABOUR = {"description": "Engineer", "annual_cost": Decimal("46400"), "working_days": 232, "days": 60}
CAPITAL = {
    "description": "Press",
    "detail": "New",
    "new_price": Decimal("20000"),
    "residual_value": Decimal("8000"),
    "utilisation": Decimal(50),
}


@pytest.mark.parametrize(
    ("category", "inputs", "amount"),
    [
        (Category.LABOUR, LABOUR, "12000.00"),
        (
            Category.MATERIALS,
            {"description": "Steel", "quantity": 3, "unit_cost": Decimal("149.50")},
            "449.00",
        ),
        (Category.CAPITAL, CAPITAL, "6000.00"),
        (
            Category.SUBCONTRACTING,
            {"description": "Lab", "country": "UK", "detail": "Tests", "amount": Decimal("999.49")},
            "999.00",
        ),
        (Category.TRAVEL, {"description": "Visits", "quantity": 4, "unit_cost": Decimal("80")}, "320.00"),
        (Category.OTHER, {"description": "Training", "amount": Decimal("0.50")}, "1.00"),
    ],
)
def test_a_line_costs_what_its_categorys_formula_says(draft, category, inputs, amount):
    line = finances.save_line(applications.lead(draft), category, inputs, **doer(draft))

    assert line.amount == Decimal(amount)
    assert sums(draft)[0] == Decimal(amount)


def test_twenty_percent_overheads_follow_labour(draft):
    finances.set_overheads(applications.lead(draft), OverheadMethod.TWENTY, **doer(draft))
    line = finances.save_line(applications.lead(draft), Category.LABOUR, LABOUR, **doer(draft))
    with_labour = sums(draft)[0]

    finances.delete_line(line, **doer(draft))

    assert with_labour == Decimal("14400.00")
    assert sums(draft)[0] == Decimal("0.00")


def test_the_grant_and_contribution_of_the_guidance(draft):
    applications.labour(draft, 80_000)
    part = finances.set_funding(applications.lead(draft), Decimal(70), [], **doer(draft))
    without = sums(draft)

    finances.set_funding(
        part,
        Decimal(70),
        [{"source": "Council", "secured_on": None, "amount": Decimal(10_000)}],
        **doer(draft),
    )

    assert without == (Decimal(80_000), Decimal(56_000), Decimal(24_000))
    assert sums(draft) == (Decimal(80_000), Decimal(46_000), Decimal(24_000))
    draft.refresh_from_db()
    assert (draft.total_costs, draft.grant_sought) == (Decimal(80_000), Decimal(46_000))


def test_the_grant_follows_a_cost_that_changes_later(draft):
    line = applications.labour(draft, 80_000)
    finances.set_funding(applications.lead(draft), Decimal(70), [], **doer(draft))
    fewer = {"description": "Engineer", "annual_cost": Decimal(50_000), "working_days": 1, "days": 1}

    finances.save_line(applications.lead(draft), Category.LABOUR, fewer, line=line, **doer(draft))

    assert sums(draft) == (Decimal(50_000), Decimal(35_000), Decimal(15_000))


@pytest.mark.parametrize(
    ("size", "kind", "category", "maximum"),
    [
        ("micro_small", "business", ResearchCategory.FEASIBILITY, 70),
        ("medium", "business", ResearchCategory.FEASIBILITY, 60),
        ("large", "business", ResearchCategory.FEASIBILITY, 50),
        ("micro_small", "business", ResearchCategory.INDUSTRIAL, 70),
        ("medium", "business", ResearchCategory.INDUSTRIAL, 60),
        ("large", "business", ResearchCategory.INDUSTRIAL, 50),
        ("micro_small", "business", ResearchCategory.EXPERIMENTAL, 45),
        ("medium", "business", ResearchCategory.EXPERIMENTAL, 35),
        ("large", "business", ResearchCategory.EXPERIMENTAL, 25),
        ("large", "research", ResearchCategory.EXPERIMENTAL, 100),
        ("micro_small", "research", ResearchCategory.FEASIBILITY, 100),
        ("medium", "rto", ResearchCategory.INDUSTRIAL, 100),
        ("large", "public", ResearchCategory.FEASIBILITY, 100),
        ("large", "charity", ResearchCategory.INDUSTRIAL, 100),
    ],
)
def test_the_maximum_comes_from_the_competitions_table(size, kind, category, maximum):
    draft = applications.draft(organisation=organisations.organisation(size=size, kind=kind))
    drafting.save_details(draft, {"research_category": category}, by=draft.started_by, at=NOON)
    draft.refresh_from_db()
    part = applications.lead(draft)

    assert finances.maximum_percentage(part, draft) == maximum
    assert finances.set_funding(part, Decimal(maximum), [], **doer(draft)).percentage_asked == maximum
    with pytest.raises(finances.AboveMaximum):
        finances.set_funding(part, Decimal(maximum) + Decimal("0.01"), [], **doer(draft))


def test_a_competition_without_a_table_knows_no_maximum(draft):
    draft.competition.intensity_table = None

    assert finances.maximum_percentage(applications.lead(draft), draft) is None


def test_a_category_has_a_bounded_number_of_lines(draft):
    part = applications.lead(draft)
    CostLine.objects.bulk_create(
        CostLine(participant=part, category=Category.OTHER, description="One", amount=1)
        for _ in range(finances.MOST_LINES)
    )

    with pytest.raises(finances.TooManyLines):
        finances.save_line(part, Category.OTHER, {"description": "Two", "amount": Decimal(1)}, **doer(draft))


def test_a_line_beyond_all_reason_is_refused(draft):
    inputs = {"description": "Gold", "quantity": 1_000_000, "unit_cost": Decimal(1_000)}

    with pytest.raises(finances.TooMuch):
        finances.save_line(applications.lead(draft), Category.MATERIALS, inputs, **doer(draft))


@pytest.mark.parametrize(
    "wrong",
    [
        {"category": Category.OTHER, "amount": Decimal("-0.01")},
        {"category": Category.LABOUR, "amount": 1},
        {"category": Category.LABOUR, "amount": 1, "annual_cost": 1, "working_days": 366, "days": 1},
        {"category": Category.CAPITAL, "amount": 1, "new_price": 1, "residual_value": 2, "utilisation": 50},
        {"category": Category.CAPITAL, "amount": 1},
        {"category": Category.TRAVEL, "amount": 1, "quantity": 0, "unit_cost": 1},
        {"category": Category.MATERIALS, "amount": 1},
    ],
)
def test_the_database_refuses_a_line_without_its_formula(draft, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        CostLine.objects.create(participant=applications.lead(draft), description="Wrong", **wrong)


def test_overheads_of_ones_own_calculation_need_their_sum(draft):
    part = applications.lead(draft)
    finances.set_overheads(part, OverheadMethod.CALCULATED, Decimal("5000.50"), "Rent by desk", **doer(draft))

    with pytest.raises(finances.NoAmount):
        finances.set_overheads(part, OverheadMethod.CALCULATED, **doer(draft))

    assert finances.overheads(applications.lead(draft)) == (
        OverheadMethod.CALCULATED,
        Decimal("5001.00"),
        "Rent by desk",
    )


def test_overheads_of_ones_own_calculation_are_complete_once_explained(draft):
    applications.labour(draft, 1_000)
    part = applications.lead(draft)
    finances.set_overheads(part, OverheadMethod.CALCULATED, Decimal(500), **doer(draft))
    with pytest.raises(completeness.Incomplete) as refusal:
        drafting.complete(draft, sections.COSTS, **doer(draft))

    finances.set_overheads(part, OverheadMethod.CALCULATED, Decimal(500), "Rent by desk", **doer(draft))
    drafting.complete(draft, sections.COSTS, **doer(draft))

    assert [(one.field, one.message) for one in refusal.value.problems] == [
        ("explanation", "Explain how you calculated the overheads.")
    ]


@pytest.mark.parametrize("method", [OverheadMethod.NONE, OverheadMethod.TWENTY])
def test_another_method_keeps_nothing_of_ones_own_calculation(draft, method):
    part = applications.lead(draft)
    finances.set_overheads(part, OverheadMethod.CALCULATED, Decimal(500), "Rent by desk", **doer(draft))

    finances.set_overheads(part, method, Decimal(500), "Rent by desk", **doer(draft))

    assert finances.overheads(applications.lead(draft)) == (method, None, "")
    assert sums(draft)[0] == Decimal(0)


def test_all_seven_categories_make_the_costs(draft):
    """Labour £12,000 with 20% of it, and a line of each other category."""
    part = applications.lead(draft)
    lines = {
        Category.LABOUR: LABOUR,
        Category.MATERIALS: {"description": "Steel", "quantity": 10, "unit_cost": Decimal(100)},
        Category.CAPITAL: CAPITAL,
        Category.SUBCONTRACTING: {
            "description": "Lab",
            "country": "UK",
            "detail": "Tests",
            "amount": Decimal(900),
        },
        Category.TRAVEL: {"description": "Visits", "quantity": 4, "unit_cost": Decimal(80)},
        Category.OTHER: {"description": "Training", "amount": Decimal(380)},
    }
    finances.set_overheads(part, OverheadMethod.TWENTY, **doer(draft))
    for category, inputs in lines.items():
        finances.save_line(part, category, inputs, **doer(draft))

    kept = dict(CostLine.objects.filter(participant=part).values_list("category", "amount"))

    assert set(kept) == set(Category.values)
    assert kept[Category.OVERHEADS] == Decimal(2_400)
    assert sums(draft)[0] == Decimal(23_000) == sum(kept.values())


def test_the_projects_grant_is_the_sum_of_its_organisations_grants(draft):
    """Each by its own percentage: 70% of £80,000 and 50% of £20,001, each rounded down by itself."""
    applications.labour(draft, 80_000)
    finances.set_funding(applications.lead(draft), Decimal(70), [], **doer(draft))
    partner = applications.partner(draft)
    line = {"description": "Training", "amount": Decimal(20_001)}

    finances.save_line(partner, Category.OTHER, line, **doer(draft))
    finances.set_funding(partner, Decimal(50), [], **doer(draft))

    draft.refresh_from_db()
    assert (draft.total_costs, draft.grant_sought) == (Decimal(100_001), Decimal(66_000))
    assert costs.intensity(draft.grant_sought, draft.total_costs) == Decimal("66.00")
