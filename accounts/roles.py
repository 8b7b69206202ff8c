"""The roles a person may hold, each a Django group of the same name.

A person may hold several, each for the whole programme or for one region.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple


class Role(StrEnum):
    APPLICANT = "applicant"
    ASSESSOR = "assessor"
    MANAGER = "competition manager"
    LEAD = "innovation lead"
    FUNDS = "fund manager"
    APPROVER = "approver"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


#: What each is for, said to somebody who is new here.
ABOUT: dict[Role, str] = {
    Role.APPLICANT: "Applies with a business or another body, and sees its own applications alone.",
    Role.ASSESSOR: "Marks the applications that were given out to them, and sees nobody else's marks.",
    Role.MANAGER: "Sets up competitions, gives applications out, and follows each to its decision.",
    Role.LEAD: "Reads competitions' rules and each scope answer, and says whether a project is in scope.",
    Role.FUNDS: "Keeps the budgets and proposes which applications are funded. Another person decides.",
    Role.APPROVER: "Approves or refuses what somebody else proposed.",
    Role.AUDITOR: "Reads everything, with the audit trail, and changes nothing.",
    Role.ADMINISTRATOR: "Looks after people, roles and organisations, and has no say over money or marks.",
}

#: Roles whose work is done in the admin. Applicants have no way in.
OFFICE = frozenset(Role) - {Role.APPLICANT}

#: Roles that look after the running of the service: what is done by the clock, what has stopped.
OPERATORS = frozenset({Role.ADMINISTRATOR, Role.AUDITOR, Role.MANAGER, Role.FUNDS})

#: Roles that work on competitions, also on those still being set up. Who among them reads
#: applications and figures is said by each app's readers.
STAFF = OFFICE - {Role.ASSESSOR, Role.ADMINISTRATOR}

#: Roles that are about no region's cases: never held for one region alone.
WHOLE_PROGRAMME = frozenset({Role.APPLICANT, Role.ADMINISTRATOR})


class Appointment(NamedTuple):
    """A role and where it is held: a region's code, or nothing for the whole programme."""

    role: Role
    region: str = ""

    @property
    def in_brief(self) -> str:
        """As the audit trail names it: by codes, which stay as they are."""
        return f"{self.role} in {self.region}" if self.region else str(self.role)


def as_pairs(appointments: Iterable[Appointment]) -> list[list[str]]:
    """The appointments as JSON keeps them, in one order, so that the same ones are equal."""
    return sorted([role.value, region] for role, region in appointments)


def from_pairs(pairs: Iterable[Sequence[str]]) -> frozenset[Appointment]:
    return frozenset(Appointment(Role(role), region) for role, region in pairs)


def held_by(user) -> frozenset[Role]:
    """The roles that a request's user holds anywhere; none for somebody who has not signed in."""
    return user.roles if user.is_authenticated else frozenset()


def held_in(user, region_id: int | None) -> frozenset[Role]:
    """Those held for the whole programme or for this region; without a region, for the programme alone."""
    return user.roles_in(region_id) if user.is_authenticated else frozenset()
