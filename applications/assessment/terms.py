"""How long an assessor's yearly declaration stands."""

from datetime import date

#: A declaration lapses on the next 6 April, when the tax year begins.
MONTH, DAY = 4, 6


def lapses_on(declared_on: date) -> date:
    """Return the next 6 April: of one made on that day itself, that of the next year.

    Made on 5 April 2026 it lapses on 6 April 2026, the first day on which it stands no more; made on
    6 April 2026 it lapses on 6 April 2027.
    """
    this_year = date(declared_on.year, MONTH, DAY)
    return this_year if declared_on < this_year else this_year.replace(year=declared_on.year + 1)
