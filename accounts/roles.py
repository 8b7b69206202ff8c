"""The roles a person may hold. Each is a Django group of the same name; a person may hold several."""

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


def held_by(user) -> frozenset[Role]:
    """The roles of a request's user; none for somebody who has not signed in."""
    return user.roles if user.is_authenticated else frozenset()
