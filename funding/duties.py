"""Who may do what with the programme's money. One person never does two of the first three."""

from collections.abc import Set

from accounts import refusals
from accounts.refusals import Refusal
from accounts.roles import Role

PROPOSE = frozenset({Role.FUNDS})
DECIDE = frozenset({Role.APPROVER})
OFFER = frozenset({Role.FUNDS})
#: Taking an offer back for good is an end of an award: it takes another person than the one who made it.
END_OFFER = frozenset({Role.APPROVER})
RELEASE = frozenset({Role.FUNDS, Role.MANAGER})
#: Logging questions from outside, and answering them.
ANSWER = frozenset({Role.FUNDS, Role.MANAGER})
#: What anybody may know of awards; taking it back is for whoever sees first that it must go.
PUBLISH = frozenset({Role.FUNDS})
TAKE_BACK_PUBLISHED = frozenset({Role.FUNDS, Role.MANAGER})
REPORT = frozenset({Role.FUNDS, Role.MANAGER, Role.APPROVER, Role.AUDITOR})


class RoleMissing(refusals.RoleMissing):
    """The person holds none of the roles that this needs, or not for every region it is about."""

    def __init__(self, needed: Set[Role]):
        self.needed = needed
        super().__init__(f"only the {' or the '.join(sorted(needed))} may do this")


class SamePerson(Refusal):
    """The one who proposed may not decide: that takes a second person."""

    def __init__(self, person):
        self.person = person
        super().__init__("the one who proposed may not decide")


def check(needed: Set[Role], *, roles: Set[Role]) -> None:
    if not roles & needed:
        raise RoleMissing(needed)
