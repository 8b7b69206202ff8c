"""The audit trail of the grown programme: submissions, decisions and awards, signed as actions sign theirs.

What people saved on the way there is left out.
"""

import uuid
from datetime import datetime
from enum import IntEnum

from django.conf import settings

from accounts import sealing, seals
from accounts.models import AuditEntry
from accounts.roles import Role
from launchpad.demo.grown.plan import Plan
from launchpad.demo.grown.rows import Rows


class Deed(IntEnum):
    """What is noted, by its place among the ids that are kept for an application.

    What is done to a whole list stands among those of the list's first.
    """

    SUBMIT = 0
    PROPOSE = 1
    APPROVE = 2
    RELEASE = 3


ACTIONS = {
    Deed.SUBMIT: ("submit application", Role.APPLICANT, "application"),
    Deed.PROPOSE: ("propose allocation", Role.FUNDS, "allocation"),
    Deed.APPROVE: ("approve allocation", Role.APPROVER, "allocation"),
    Deed.RELEASE: ("release outcomes", Role.FUNDS, "allocation"),
}


def rows() -> Rows:
    return Rows(AuditEntry, f"id {' '.join(seals.COVERED)} mac")


def add(
    trail: Rows, plan: Plan, number: int, deed: Deed, *, by: int, about: int, at: datetime, **facts: dict
) -> None:
    """Note a deed on the sheet; ``facts`` are its ``before`` and ``after``."""
    action, role, word = ACTIONS[deed]
    serial = uuid.uuid5(uuid.NAMESPACE_URL, f"{plan.seed} {deed.name} {number}")
    before, after = facts.get("before", {}), facts.get("after", {})
    covered = (serial, at, by, [role.value], action, False, word, about, before, after, "", "")
    mac = seals.mac_of(settings.AUDIT_KEY, covered)
    trail.add(plan.ids[AuditEntry].of(number, deed), *covered, mac)


def seal(at: datetime) -> None:
    """Chain what was noted, as the relay would in the minutes to come."""
    while sealing.seal(at=at):
        pass
