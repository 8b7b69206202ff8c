"""How much Minimal Financial Assistance an enterprise may have, and over which years.

The limit of the Subsidy Control Act 2022 holds for the enterprise with all companies of its group,
over the elapsed part of the financial year and the two financial years before it (section 36; the
dossier's 8.2).
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

#: Pounds, gross. Exactly so much is allowed.
LIMIT = Decimal("315000.00")


def begins(given_on: date) -> date:
    """The first day that counts for assistance given on that day. A financial year begins on 1 April.

    Worked: given on 15 March 2023, from 1 April 2020; given on 1 April 2023, from 1 April 2021, so that
    headroom can grow overnight.
    """
    year = given_on.year if given_on >= date(given_on.year, 4, 1) else given_on.year - 1
    return date(year - 2, 4, 1)


@dataclass(frozen=True, slots=True)
class Line:
    """One sum that was given; ``counts`` says whether its day lies in the window."""

    giver: str
    kind: str
    given_on: date
    amount: Decimal
    counts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Headroom:
    """The arithmetic of one share: what counts already, this assistance, and what is left after it.

    Worked: £200,000.00 of others and £15,000.00 by this programme leave £100,000.00; a share of
    £100,000.00 comes to £315,000.00 exactly and is allowed, one of £100,000.01 is not.
    """

    since: date
    given_on: date
    lines: tuple[Line, ...]
    amount: Decimal

    @property
    def counted(self) -> Decimal:
        return sum((line.amount for line in self.lines if line.counts), Decimal("0.00"))

    @property
    def left(self) -> Decimal:
        """What the group may still have before this assistance."""
        return LIMIT - self.counted

    @property
    def total(self) -> Decimal:
        return self.counted + self.amount

    @property
    def over(self) -> Decimal:
        """By how much the limit would be passed; nought where it would not."""
        return max(self.total - LIMIT, Decimal("0.00"))

    @property
    def fits(self) -> bool:
        return self.total <= LIMIT
