"""What the office settles where an organisation's members do not answer, or cannot."""

from datetime import datetime

from accounts import audit, membership_requests
from accounts.models import MembershipRequest, Organisation, User
from accounts.refusals import Refusal, RoleMissing
from accounts.roles import Role

#: Who looks after people and their rights. Managers and funders do not: whoever decides on applications
#: does not also decide who belongs to their applicants.
SETTLERS = frozenset({Role.ADMINISTRATOR})

LONGEST_REASON = 2_000


class SettlingRefused(Refusal):
    """Nothing was settled; the message says why."""


class NotASettler(SettlingRefused, RoleMissing):
    """Only an administrator settles who belongs to an organisation."""


class OwnOrganisation(SettlingRefused):
    """Nobody settles for an organisation that they belong to."""


@audit.action("settle membership request")
def settle(
    request: MembershipRequest, *, may_edit: bool | None, reason: str, by: User, at: datetime
) -> MembershipRequest:
    """Let in or refuse, in the members' place, whoever asked. They are told; the reason stays in the trail.

    may_edit  None refuses

    Raises SettlingRefused or AnswerRefused, and writes nothing.
    """
    organisation, request = membership_requests.locked(request)
    check(by, organisation)
    reason = checked_reason(reason)
    membership_requests.end(organisation, request, may_edit, "", is_office=True, by=by, at=at)
    audit.note(reason=reason)
    return request


def check(person: User, *organisations: Organisation) -> None:
    """Raise where the person may not settle anything about these."""
    if not person.roles_in(None) & SETTLERS:
        raise NotASettler("Only an administrator may do this.")
    if person.memberships.filter(organisation__in=organisations).exists():
        raise OwnOrganisation("You belong to the organisation. Another administrator has to do this.")


def checked_reason(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise SettlingRefused("Say why")
    if len(reason) > LONGEST_REASON:
        raise SettlingRefused(f"The reason must be {LONGEST_REASON:,} characters or fewer")
    return reason
