"""Putting another assessor in the place of one who cannot go on, late as it may be."""

from datetime import datetime

from accounts import audit
from accounts.models import User
from applications.assessment import assignment, declining, turns
from applications.models import Assessment


@audit.action("replace assessor")
def replace(assessment: Assessment, assessor: User, reason: str, *, by: User, at: datetime) -> Assessment:
    """Take the assessment back, unless it has ended, and give its application to ``assessor``, or neither.

    Both are told. ``reason`` is read by staff alone. Returns the new assessment.

    Raises a kind of EndingRefused, AlreadyOver of one that is submitted among them, or of
    AssignmentRefused, and writes nothing.
    """
    old = turns.hold(assessment)
    if not old.has_ended:
        declining.take_back(old, reason, by=by, at=at)
    given = assignment.give(old.application, assessor, by=by, at=at)
    audit.note(after={"instead_of": old.pk, "assessor": assessor.pk})
    return given
