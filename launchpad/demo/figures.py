"""Costs and marks that come to a wished sum by the product's own formulas."""

from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from random import Random

from applications import costs
from applications.costs import USUAL_WORKING_DAYS
from applications.models import Category

ROLES = (
    "Design engineer",
    "Process engineer",
    "Test engineer",
    "Fitter",
    "Project leader",
    "Software engineer",
)
MATERIALS = ("Sheet and bar", "Drives and bearings", "Sensors and cables", "Moulds and fixtures")
EQUIPMENT = ("Measuring machine", "Test bench", "Furnace", "Milling machine")
TESTS = ("Approval tests in an independent laboratory", "Chemical analysis", "Fatigue tests")


@dataclass(frozen=True)
class Share:
    """What one organisation spends and the percentage of it that it asks for."""

    organisation: str
    costs: int
    percentage: Decimal


def lines(total: int, months: int, dice: Random) -> list[tuple[Category, dict]]:
    """Return cost lines that come to ``total`` pounds together with overheads of 20% of labour."""
    found: list[tuple[Category, dict]] = []
    spent = Decimal(0)
    for role in dice.sample(ROLES, 2):
        annual = Decimal(dice.randrange(31_000, 58_000, 500))
        days = max(1, int(Decimal(total) * Decimal("0.22") * USUAL_WORKING_DAYS / annual))
        for name, worked in shared(role, days, costs.most_days(USUAL_WORKING_DAYS, months)):
            inputs = {
                "description": name,
                "annual_cost": annual,
                "working_days": USUAL_WORKING_DAYS,
                "days": worked,
            }
            found.append((Category.LABOUR, inputs))
            spent += costs.labour(annual, USUAL_WORKING_DAYS, worked)
    spent += costs.twenty_percent_overheads(spent)

    price = Decimal(total * dice.randint(12, 20) // 100)
    used = {
        "new_price": price,
        "residual_value": price // 2,
        "utilisation": Decimal(dice.choice((50, 75, 100))),
    }
    found.append(
        (
            Category.CAPITAL,
            {"description": dice.choice(EQUIPMENT), "detail": "Bought for the project", **used},
        )
    )
    spent += costs.capital_usage(*used.values())

    tests = Decimal(total * dice.randint(4, 9) // 100)
    found.append(
        (
            Category.SUBCONTRACTING,
            {
                "description": dice.choice(TESTS),
                "detail": "No organisation of the project is approved for these tests",
                "country": "United Kingdom",
                "amount": tests,
            },
        )
    )
    trips = dice.randint(4, 12)
    found.append(
        (
            Category.TRAVEL,
            {"description": "Visits to trial customers", "quantity": trips, "unit_cost": Decimal(85)},
        )
    )
    spent += tests + trips * 85
    rest = {"description": dice.choice(MATERIALS), "quantity": 1, "unit_cost": total - spent}
    found.append((Category.MATERIALS, rest))
    return found


def shared(role: str, days: int, most: int) -> list[tuple[str, int]]:
    """Share the days of a role among as many people as can work them while the project lasts."""
    people = ceil(days / most)
    return [
        (f"{role} {person + 1}" if people > 1 else role, days // people + (person < days % people))
        for person in range(people)
    ]


def costs_for(grant: int, percentage: Decimal) -> int:
    """The least whole pounds of costs of which ``percentage`` gives exactly ``grant``, rounded down."""
    return ceil(grant * 100 / percentage)


def marks(total: int, dice: Random, questions: int = 10) -> list[int]:
    """Return marks from 0 to 10, one for each question, that add up to ``total``."""
    given = [total // questions + (number < total % questions) for number in range(questions)]
    for _ in range(questions):
        up, down = dice.sample(range(questions), 2)
        if given[up] < 10 and given[down] > 3:
            given[up] += 1
            given[down] -= 1
    dice.shuffle(given)
    return given


def totals(score: int, apart: int, dice: Random) -> list[int]:
    """Return three assessors' totals with the mean ``score``, the outer two ``apart`` from it."""
    given = [score - apart, score, score + apart]
    dice.shuffle(given)
    return given
