"""Plans of who assesses what, without working them out."""

from applications.models import AssignmentPlan, Competition
from tests.make import people
from tests.make.times import NOON

#: A plan that gives nothing out.
NOTHING = {
    "pairs": [], "moved": [], "tied": [], "own": [], "loads": [], "short": [],
    "block": None, "is_proven": True, "points": 0,
}  # fmt: skip


def plan(competition: Competition) -> AssignmentPlan:
    return AssignmentPlan.objects.create(
        competition=competition,
        basis="0" * 64,
        content=NOTHING,
        drawn_up_by=people.manager(),
        drawn_up_at=NOON,
    )
