"""What a project costs and asks for, by the product's own formulas, within the competition's limits."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from accounts.money import exact
from applications import costs, finances
from applications.models import Category, Competition, OverheadMethod, Strand
from launchpad.demo import files
from launchpad.demo.figures import shared
from launchpad.demo.grown.organisations import Body

#: Overheads as applicants choose them.
METHODS = (OverheadMethod.TWENTY,) * 6 + (OverheadMethod.CALCULATED,) * 2 + (OverheadMethod.NONE,) * 2
#: How often somebody has other public money for the project.
OTHER_MONEY = 0.12
#: Shares are counted in thousandths of a project's costs.
WHOLE = 1000
#: The least and the most that research bodies have of them here; the rules allow 300.
RESEARCH = (80, 240)


@dataclass(frozen=True, slots=True)
class Line:
    category: Category
    inputs: dict
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Source:
    """Other public money: from whom, since when where that is known, and how much."""

    source: str
    secured_on: date | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Part:
    """One organisation's part of a project: its costs and what follows from them."""

    body: Body
    method: OverheadMethod | str
    percentage: Decimal
    lines: list[Line]
    sources: list[Source]
    total: Decimal
    other: Decimal
    grant: Decimal
    contribution: Decimal


def parts(
    competition: Competition, bodies: list[Body], maxima: dict[str, Decimal], months: int, dice: Random
) -> list[Part]:
    """Share a project out to ``bodies``, the lead first, so that the competition's limits are kept.

    maxima  the most that each column of the intensity table may ask for, in percent
    """
    percentages = [_asked(maxima[body.funding_size], dice) for body in bodies]
    shares = _shares(bodies, dice)
    least, most = int(competition.limit_min), int(competition.limit_max)
    if competition.strand == Strand.MFA:
        total = int(dice.triangular(least + 500, most, (least + 2 * most) // 3))
    else:
        wanted = int(dice.triangular(least * 11 // 10, most * 97 // 100, (3 * least + most) // 4))
        mean = sum(share * asked for share, asked in zip(shares, percentages, strict=True)) / WHOLE
        total = int(wanted * 100 / mean)
    begins_on = competition.opens_at.date()
    return [
        part(body, total * share // WHOLE, percentage, months, begins_on, dice)
        for body, share, percentage in zip(bodies, shares, percentages, strict=True)
    ]


def part(body: Body, total: int, percentage: Decimal, months: int, begins_on: date, dice: Random) -> Part:
    """Spend exactly ``total`` pounds and count what follows."""
    method = dice.choice(METHODS)
    sources = _sources(int(total * percentage / 100), begins_on, dice)
    other = sum((source.amount for source in sources), costs.NOUGHT)
    whole = exact(total)
    grant = costs.grant(whole, percentage, other)
    return Part(
        body=body,
        method=method,
        percentage=percentage,
        lines=lines(total, method, months, dice),
        sources=sources,
        total=whole,
        other=other,
        grant=grant,
        contribution=costs.contribution(whole, grant, other),
    )


def begun(whole: Part, most_lines: int) -> Part:
    """The part of somebody who has entered a few lines and chosen nothing yet."""
    kept = [line for line in whole.lines if line.category is Category.LABOUR][:most_lines]
    total = sum((line.amount for line in kept), costs.NOUGHT)
    return replace(
        whole, method="", lines=kept, sources=[], total=total, other=costs.NOUGHT, grant=costs.NOUGHT,
        contribution=costs.contribution(total, costs.NOUGHT, costs.NOUGHT),
    )  # fmt: skip


def lines(total: int, method: OverheadMethod, months: int, dice: Random) -> list[Line]:
    """Return cost lines that come to ``total`` pounds with overheads: labour first, materials last."""
    words = files.read("grown_sentences")
    found = _labour(total, words["roles"], months, dice)
    labour = sum((line.amount for line in found), costs.NOUGHT)
    if method is OverheadMethod.TWENTY:
        amount = costs.twenty_percent_overheads(labour)
        found.append(Line(Category.OVERHEADS, {"description": method.label}, amount))
    elif method is OverheadMethod.CALCULATED:
        rate = Decimal(dice.randint(8, 33)) / 100
        found.append(_line(Category.OVERHEADS, {"description": method.label, "amount": labour * rate}))
    if dice.random() < 0.6:
        found.append(_capital(total, words["equipment"], dice))
    if dice.random() < 0.5:
        found.append(_subcontract(total, words["tests"], dice))
    if dice.random() < 0.7:
        found.append(_journeys(total, words["journeys"], dice))
    if dice.random() < 0.45:
        given = {"description": dice.choice(words["others"]), "amount": _of(total, 1, 4, dice)}
        found.append(_line(Category.OTHER, given))
    rest = total - sum((line.amount for line in found), costs.NOUGHT)
    return [*found, *_materials(rest, words["materials"], dice)]


def _line(category: Category, inputs: dict) -> Line:
    return Line(category, inputs, finances.line_amount(category, inputs))


def _labour(total: int, roles: list[str], months: int, dice: Random) -> list[Line]:
    """Two fifths to a bit over half of the costs, for one to four roles."""
    chosen = dice.sample(roles, dice.randint(1, 4))
    each = total * dice.randint(400, 540) // WHOLE // len(chosen)
    found = []
    for role in chosen:
        annual, working_days = dice.randrange(29_000, 68_000, 400), dice.choice((220, 225, 232, 232, 232))
        days = max(1, each * working_days // annual)
        for name, worked in shared(role, days, costs.most_days(working_days, months)):
            inputs = {
                "description": name,
                "annual_cost": exact(annual),
                "working_days": working_days,
                "days": worked,
            }
            found.append(_line(Category.LABOUR, inputs))
    return found


def _capital(total: int, names: list[str], dice: Random) -> Line:
    price = _of(total, 10, 18, dice)
    inputs = {
        "description": dice.choice(names),
        "detail": dice.choice(("Bought for the project", "In use since last year")),
        "new_price": price,
        "residual_value": _of(int(price), 30, 60, dice),
        "utilisation": Decimal(dice.choice((25, 40, 50, 75, 100))),
    }
    return _line(Category.CAPITAL, inputs)


def _subcontract(total: int, names: list[str], dice: Random) -> Line:
    inputs = {
        "description": dice.choice(names),
        "detail": "No organisation of the project is approved for this work",
        "country": dice.choice(("United Kingdom",) * 9 + ("Netherlands",)),
        "amount": _of(total, 3, 7, dice),
    }
    return _line(Category.SUBCONTRACTING, inputs)


def _journeys(total: int, names: list[str], dice: Random) -> Line:
    each = dice.choice((45, 68, 85, 120))
    trips = max(1, total * dice.randint(5, 15) // 1000 // each)
    return _line(
        Category.TRAVEL,
        {"description": dice.choice(names), "quantity": trips, "unit_cost": exact(each)},
    )


def _materials(rest: Decimal, names: list[str], dice: Random) -> list[Line]:
    """Up to three lines that use up the rest; the last takes what the others leave."""
    found = []
    for name in dice.sample(names, dice.randint(0, 2)):
        pieces = dice.randint(2, 40)
        each = (rest * dice.randint(15, 35) / 100 / pieces).quantize(Decimal("0.01"))
        line = _line(Category.MATERIALS, {"description": name, "quantity": pieces, "unit_cost": each})
        found.append(line)
        rest -= line.amount
    last = {"description": "Small parts and consumables", "quantity": 1, "unit_cost": rest}
    return [*found, _line(Category.MATERIALS, last)]


def _sources(asked: int, begins_on: date, dice: Random) -> list[Source]:
    """Seldom any, and always little beside the grant that it is deducted from."""
    if dice.random() >= OTHER_MONEY:
        return []
    secured_on = begins_on - timedelta(days=dice.randint(20, 300)) if dice.random() < 0.7 else None
    return [Source(dice.choice(files.read("grown_sentences")["sources"]), secured_on, _of(asked, 2, 7, dice))]


def _asked(maximum: Decimal, dice: Random) -> Decimal:
    """Most ask for all they may; some for a little less, with two decimals now and then."""
    if dice.random() < 0.7:
        return maximum
    return (maximum * dice.randint(80, 99) / 100).quantize(costs.HUNDREDTH)


def _shares(bodies: list[Body], dice: Random) -> list[int]:
    """Thousandths for each, the lead's first and largest. What rounding leaves is the lead's."""
    others = bodies[1:]
    research = sum(not body.is_business for body in others)
    firms = len(others) - research
    for_research = dice.randint(*RESEARCH) if research else 0
    for_firms = (WHOLE - for_research) * dice.randint(35, 55) // 100 if firms else 0
    shares = [for_firms // firms if body.is_business else for_research // research for body in others]
    return [WHOLE - sum(shares), *shares]


def _of(total: int, least: int, most: int, dice: Random) -> Decimal:
    """Between two percentages of a sum, in whole pounds and at least one."""
    return exact(max(1, total * dice.randint(least, most) // 100))
