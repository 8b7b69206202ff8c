"""What a line of costs says that the grant does not pay for."""

import re
from decimal import Decimal
from typing import Protocol

#: Filing a patent for what is new may cost so much.
MOST_FOR_PATENTS = Decimal(7_500)

UK = frozenset({"", "uk", "united kingdom", "england", "scotland", "wales", "northern ireland", "gb"})

#: In any category.
NEVER = (
    (r"legal|solicitors?|barristers?", "legal costs are not paid for"),
    (r"audit(s|ing|ors?)?|account(ancy|ants?|ing)|book-?keeping", "audit and accountancy are not paid for"),
    (r"marketing|advertis\w*|sales|promotion\w*", "sales and marketing are not paid for"),
    (r"vat", "costs leave out VAT that can be recovered"),
    (r"profit|mark-?up", "no element of profit is paid for"),
)
#: In one category.
WITHIN = {
    "labour": (
        (r"bonus(es)?|performance pay|commission|dividends?", "bonuses and performance pay are not labour"),
        (r"sick\w*|waiting|training|holidays?", "sick, waiting and training days are no days on the project"),
    ),
    "travel": ((r"business class|first class", "travel is in the cheapest class"),),
}


class Line(Protocol):
    """A line of costs, as far as it is looked at."""

    category: str
    description: str
    detail: str
    country: str
    amount: Decimal
    new_price: Decimal | None
    residual_value: Decimal | None
    utilisation: Decimal | None


def doubts(line: Line) -> list[str]:
    """Say what in the line looks as if the grant could not pay for it; a person decides."""
    words = f"{line.description} {line.detail}".casefold()
    sought = (*NEVER, *WITHIN.get(line.category, ()))
    found = [said for pattern, said in sought if re.search(rf"\b({pattern})\b", words)]
    if re.search(r"\bpatents?\b", words) and line.amount > MOST_FOR_PATENTS:
        found.append(f"patents are paid for up to £{MOST_FOR_PATENTS:,}")
    if line.category == "capital_usage" and line.utilisation == 100 and not line.residual_value:
        found.append("only the use of equipment is paid for, not its whole price")
    if line.category == "subcontracting" and not is_in_uk(line.country):
        found.append(f"the subcontractor is in {line.country.strip()}, and those in the UK come first")
    return found


def is_in_uk(country: str) -> bool:
    """Whether a country, as people write it, is the UK or a part of it; nothing written passes for it."""
    return country.strip().casefold().replace("the ", "") in UK
