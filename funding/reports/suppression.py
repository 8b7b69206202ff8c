"""Small counts of a published table, hidden so that nobody can work them out. Plain values; no query.

A count from 1 to 4 tells about so few applicants that whoever knows one of them learns of the others.
It is shown as "fewer than 5". Where the total of its column is published, one hidden count would be
found by subtraction; so a further one is hidden, and then none of the hidden ones says which was small.

Worked: of 40 applications 21, 12, 4 and 3 came from four areas. Both small counts read "fewer than 5":
together they are 7, which may be 3 and 4 or 4 and 3. Of 40 as 21, 12, 7 and 0 nothing is hidden. Of
40 as 21, 15 and 4 the 4 would be 40 less 36: the 15 is hidden with it, and both read "not shown".

Nobody who knows this rule as well learns more: what is hidden in a column could change places, or be
shared out otherwise, and the table would look the same.
"""

from collections.abc import Sequence
from enum import StrEnum

#: The smallest count above nought that is shown.
LEAST = 5


class Hidden(StrEnum):
    """What stands in the place of a count: of those "not shown", at least one is fewer than 5."""

    FEW = "fewer than 5"
    WITHHELD = "not shown"


Shown = int | Hidden


def count(number: int) -> Shown:
    """One count by itself: a total, or a figure that no other adds up with."""
    return Hidden.FEW if is_small(number) else number


def is_small(number: int) -> bool:
    return 0 < number < LEAST


def column(counts: Sequence[int]) -> list[Shown]:
    """Counts whose sum anybody may know, in their order, with what must be hidden in words.

    A count that stands alone is its own total, and is treated as ``count`` does.
    """
    small = {place for place, number in enumerate(counts) if is_small(number)}
    if len(counts) == 1 or not small:
        return [count(number) for number in counts]
    if _may_be_any(small, counts):
        return [Hidden.FEW if place in small else number for place, number in enumerate(counts)]
    hidden = small | _partners(small, counts)
    return [Hidden.WITHHELD if place in hidden else number for place, number in enumerate(counts)]


def _may_be_any(small: set[int], counts: Sequence[int]) -> bool:
    """Whether their sum leaves each of several open: a single one is that sum, or all are 1, or all 4.

    Where the whole column comes to as many as it has cells, it looks as if each held one.
    """
    together = sum(counts[place] for place in small)
    is_open = len(small) < together < len(small) * (LEAST - 1)
    return is_open and len(small) > 1 and sum(counts) != len(counts)


def _partners(small: set[int], counts: Sequence[int]) -> set[int]:
    """What is hidden beside them: the next smallest, with those as large; where there is none, all."""
    others = {number for number in counts if number >= LEAST}
    next_smallest = min(others, default=0)
    return {place for place, number in enumerate(counts) if number == next_smallest}
