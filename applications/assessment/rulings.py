"""What staff make of a conflict that was found: blocked or cleared, with a reason."""

import logging
from datetime import datetime

from accounts import audit
from accounts.models import User
from accounts.refusals import Refusal
from accounts.roles import Role
from applications.assessment import independence
from applications.assessment.ties import FOR_GOOD
from applications.models import Application, Conflict, ConflictState

logger = logging.getLogger(__name__)

LONGEST_REASON = 1000


class RulingRefused(Refusal):
    """The conflict stands as it is; the message says why."""


class NotAManager(RulingRefused):
    """Only a competition manager of its region rules on a conflict."""


class OwnConflict(RulingRefused):
    """Nobody rules on what ties themselves."""


class OwnOrganisation(independence.OwnOrganisation, RulingRefused):
    """The manager belongs to an organisation in the application."""


class CannotBeCleared(RulingRefused):
    """A member of an organisation that takes part, and who has declared a conflict, are kept out for good."""


class ReasonMissing(RulingRefused):
    """No reason, or too long a one."""


class Changed(RulingRefused):
    """Something else was found, or somebody ruled, since the page was opened."""


def may_rule(conflict: Conflict, person: User) -> bool:
    region = conflict.application.competition.region_id
    return Role.MANAGER in person.roles_in(region) and conflict.assessor_id != person.pk


@audit.action("rule on conflict")
def rule(conflict: Conflict, *, is_cleared: bool, reason: str, by: User, at: datetime) -> Conflict:
    """Block the pair or clear it. Blocked or cleared, it may be ruled on again; the trail keeps each.

    conflict  as the person saw it: another finding or a later ruling is refused

    Raises a kind of RulingRefused and writes nothing.
    """
    # As giving it out locks it, so that the two take turns.
    Application.objects.select_for_update(of=("self",)).get(pk=conflict.application_id)
    rows = Conflict.objects.select_for_update(of=("self",)).select_related("application__competition")
    stands = rows.filter(pk=conflict.pk).first()
    if stands is None or (stands.reason, stands.ruled_at) != (conflict.reason, conflict.ruled_at):
        raise Changed("This conflict has changed. Look at it as it stands now.")
    if Role.MANAGER not in by.roles_in(stands.application.competition.region_id):
        raise NotAManager(f"Only a {Role.MANAGER} may rule on a conflict.")
    if stands.assessor_id == by.pk:
        raise OwnConflict("Somebody else has to rule on a conflict of yours.")
    independence.check([by], [stands.application_id], by=by, refusal=OwnOrganisation)
    if is_cleared and stands.kind in FOR_GOOD:
        raise CannotBeCleared("This conflict cannot be cleared.")
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise ReasonMissing(f"Enter the reason, in up to {LONGEST_REASON:,} characters")
    before = stands.state
    stands.state = ConflictState.CLEARED if is_cleared else ConflictState.BLOCKED
    stands.blocks = not is_cleared
    stands.ruled_by, stands.ruled_at, stands.ruling = by, at, reason.strip()
    stands.save(update_fields=["state", "blocks", "ruled_by", "ruled_at", "ruling"])
    audit.note(
        before={"state": before},
        after={"state": stands.state, "kind": stands.kind, "assessor": stands.assessor_id},
        reason=stands.ruling,
    )
    logger.info("conflict ruled on", extra={"conflict": stands.pk, "state": stands.state})
    return stands
