"""The roles a person may hold, each a Django group of the same name.

A person may hold several, each for the whole programme or for one region.
"""

from enum import StrEnum


class Role(StrEnum):
    APPLICANT = "applicant"
    ASSESSOR = "assessor"
    MANAGER = "competition manager"
    LEAD = "innovation lead"
    FUNDS = "fund manager"
    APPROVER = "approver"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


#: Roles whose work is done in the admin. Applicants have no way in.
OFFICE = frozenset(Role) - {Role.APPLICANT}

#: Roles that look after the running of the service: what is done by the clock, what has stopped.
OPERATORS = frozenset({Role.ADMINISTRATOR, Role.AUDITOR, Role.MANAGER, Role.FUNDS})

#: Roles that see every application and every figure of the programme.
STAFF = OFFICE - {Role.ASSESSOR, Role.ADMINISTRATOR}

#: Roles that are about no region's cases: never held for one region alone.
WHOLE_PROGRAMME = frozenset({Role.APPLICANT, Role.ADMINISTRATOR})


def held_by(user) -> frozenset[Role]:
    """The roles that a request's user holds anywhere; none for somebody who has not signed in."""
    return user.roles if user.is_authenticated else frozenset()


def held_in(user, region_id: int | None) -> frozenset[Role]:
    """Those held for the whole programme or for this region; without a region, for the programme alone."""
    return user.roles_in(region_id) if user.is_authenticated else frozenset()
