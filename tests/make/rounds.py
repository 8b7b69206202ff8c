"""Rounds that are decided and released, with as many funded and refused as are asked for."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import Size
from applications.models import Application, Area, Competition
from tests.make import budgets, organisations

#: Marks of the three assessors, the same for every question: from 90.0 to 70.0, and from 66.7 percent down.
PASSED = ((8, 8, 8), (9, 9, 9), (8, 7, 7), (7, 7, 7))
FAILED = ((7, 7, 6), (6, 6, 6), (5, 5, 5), (6, 5, 5))


@dataclass(frozen=True, slots=True)
class Entered:
    """So many applications alike: whether they pass, how large their leads are, and where they work."""

    number: int
    is_passed: bool = True
    size: str = Size.SMALL
    area: Area | None = None


def entered(within: Competition, groups: Iterable[Entered]) -> list[Application]:
    """Applications that everybody has marked; their marks differ in turn."""
    made = []
    for group in groups:
        for place in range(group.number):
            marks = (PASSED if group.is_passed else FAILED)[place % 4]
            lead = organisations.organisation(size=group.size)
            one = budgets.assessed(within, marks=marks, organisation=lead)
            if group.area:
                one.participants.update(work_area=group.area)
            made.append(one)
    return made


def released(within: Competition, *groups: Entered) -> list[Application]:
    """The applications of a round whose outcomes have gone out."""
    made = entered(within, groups)
    budgets.released(budgets.approved(within))
    return made
