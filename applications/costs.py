"""What a project costs and what a grant covers: the formulas, with no query and no rounding of their own.

Every function takes and returns pounds as Decimal. Worked numbers are those of the programme's guidance.
"""

from decimal import ROUND_UP, Decimal

from accounts.money import nearest_pound, pound_below

NOUGHT = Decimal("0.00")
HUNDREDTH = Decimal("0.01")

#: The days in a working year that a form suggests; an organisation may put its own.
USUAL_WORKING_DAYS = 232


def labour(annual_cost: Decimal, working_days: int, days: int) -> Decimal:
    """£46,400 a year over 232 working days, 60 of them on the project: £12,000."""
    return nearest_pound(annual_cost * days / working_days)


def most_days(working_days: int, months: int) -> int:
    """What one person can work on a project, a part of a day counted whole: 232 a year over 7 months: 136."""
    return -(-working_days * months // 12)


def twenty_percent_overheads(labour_costs: Decimal) -> Decimal:
    """A fifth of labour, never of all costs: £12,000 of labour gives £2,400."""
    return nearest_pound(labour_costs / 5)


def bought(quantity: int, unit_cost: Decimal) -> Decimal:
    """Materials by the piece, or journeys by the trip: 3 at £149.50 are £449 (£448.50 half up)."""
    return nearest_pound(quantity * unit_cost)


def capital_usage(new_price: Decimal, residual_value: Decimal, utilisation: Decimal) -> Decimal:
    """Only the use of equipment: £20,000 new, £8,000 afterwards, half of the time: £6,000."""
    return nearest_pound((new_price - residual_value) * utilisation / 100)


def grant(total_costs: Decimal, percentage: Decimal, other_funding: Decimal) -> Decimal:
    """The grant asked for. Other public money goes off pound for pound, after the percentage.

    £80,000 at 70% with £10,000 from elsewhere: £46,000. Rounded down to the pound (assumed rule).
    """
    return max(NOUGHT, pound_below(total_costs * percentage / 100 - other_funding))


def contribution(total_costs: Decimal, grant_sought: Decimal, other_funding: Decimal) -> Decimal:
    """What the organisation pays itself: £80,000 less £46,000 grant and £10,000 from elsewhere: £24,000."""
    return max(NOUGHT, total_costs - grant_sought - other_funding)


def intensity(project_grant: Decimal, project_costs: Decimal) -> Decimal:
    """The share of a project's costs that its grant covers, in percent to two decimals, rounded up."""
    return share(project_grant, project_costs)


def research_participation(non_business_costs: Decimal, project_costs: Decimal) -> Decimal:
    """The research, public and charity organisations' share of all costs, in percent, rounded up."""
    return share(non_business_costs, project_costs)


def share(part: Decimal, whole: Decimal) -> Decimal:
    """Percent to two decimals, rounded up, so that a share never looks smaller than it is."""
    if not whole:
        return NOUGHT
    return (part * 100 / whole).quantize(HUNDREDTH, rounding=ROUND_UP)
