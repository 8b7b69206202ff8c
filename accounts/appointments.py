"""Who holds which role: asked for by one administrator and confirmed by another, never by the person.

A role in INVITED_BY may also be asked for by whoever may invite to it, once the invited person has
accepted; an administrator confirms it all the same.
"""

import logging
from collections.abc import Iterable, Set
from datetime import datetime

from accounts import audit, holdings
from accounts.models import ChangeState, Region, RoleChange, User
from accounts.refusals import Refusal, RoleMissing
from accounts.roles import WHOLE_PROGRAMME, Appointment, Role, as_pairs

logger = logging.getLogger(__name__)


#: Who may invite to a role of their region, and so ask for it.
INVITED_BY = {Role.ASSESSOR: Role.MANAGER}


class AppointmentRefused(Refusal):
    """The roles stay as they are; the message says why."""


class NotAnAdministrator(AppointmentRefused, RoleMissing):
    """Only an administrator changes roles."""


class OwnRoles(AppointmentRefused):
    """Nobody changes their own roles, or whether they may sign in."""


class SamePerson(AppointmentRefused):
    """The one who asked does not decide."""


class AskerGone(AppointmentRefused):
    """The one who asked may not ask for it any more."""


class RolesChanged(AppointmentRefused):
    """The person does not hold any more what they held when it was asked for."""


class LastAdministrator(AppointmentRefused):
    """Somebody must be left who can give roles."""


class ReasonMissing(AppointmentRefused):
    """Nobody's roles are changed, or kept, without saying why."""


class NothingChanges(AppointmentRefused):
    """It is as asked for already."""


class NotHeldThere(AppointmentRefused):
    """There is no such region, or the role is only held for the whole programme."""


class AlreadyWaiting(AppointmentRefused):
    """Another change of this person waits for a decision: ``waiting``."""

    def __init__(self, waiting: RoleChange):
        super().__init__("A change of this person's roles is waiting already. It has to be decided first.")
        self.waiting = waiting


class AlreadyDecided(AppointmentRefused):
    """Somebody was first: ``change`` says who and when."""

    def __init__(self, change: RoleChange):
        super().__init__(f"This has been decided already: {change.get_state_display().lower()}.")
        self.change = change


@audit.action("ask for role change")
def ask(
    person: User,
    appointments: Iterable[Appointment],
    *,
    may_sign_in: bool,
    reason: str,
    by: User,
    at: datetime,
) -> RoleChange:
    """Ask that ``appointments`` be the whole of what the person holds. Nothing changes yet.

    A role held for the programme is held for each region, so one named beside it falls away.
    Raises a kind of AppointmentRefused and writes nothing.
    """
    holdings.lock_administrators()
    _check_administrator(by, person)
    reason, after = _reason(reason), _whole(appointments)
    before = holdings.now(person)
    if waiting := RoleChange.objects.waiting().filter(person=person).first():
        raise AlreadyWaiting(waiting)
    if (after, may_sign_in) == (before, person.is_active):
        raise NothingChanges("These are the roles that the person holds already.")
    _check_one_is_left(person, after, may_sign_in)

    change = RoleChange.objects.create(
        person=person,
        before=as_pairs(before),
        after=as_pairs(after),
        could_sign_in=person.is_active,
        may_sign_in=may_sign_in,
        reason=reason,
        asked_by=by,
        asked_at=at,
    )
    holdings.note(change)
    logger.info("role change was asked for", extra={"change": change.pk})
    return change


@audit.action("ask for role of invited")
def ask_for_invited(
    person: User, wanted: Appointment, *, asked_by: User, reason: str, by: User, at: datetime
) -> RoleChange:
    """Ask that who accepted an invitation hold one role more. Nothing changes yet.

    asked_by  who invited: somebody who may ask for this role, as INVITED_BY has it
    by        the person, who has accepted

    An administrator, who is neither of the two, confirms. Raises a kind of AppointmentRefused.
    """
    holdings.lock_administrators()
    before = holdings.now(person)
    after, reason = _whole({*before, wanted}), _reason(reason)
    if person == asked_by:
        raise OwnRoles("Nobody may change their own roles. Ask somebody else to invite you.")
    if not _may_invite(asked_by, wanted):
        raise AskerGone("The one who invited may not ask for this role any more.")
    if waiting := RoleChange.objects.waiting().filter(person=person).first():
        raise AlreadyWaiting(waiting)
    if after == before:
        raise NothingChanges("The person holds this role already.")
    change = RoleChange.objects.create(
        person=person,
        before=as_pairs(before),
        after=as_pairs(after),
        could_sign_in=person.is_active,
        may_sign_in=person.is_active,
        reason=reason,
        asked_by=asked_by,
        asked_at=at,
    )
    holdings.note(change)
    logger.info("role of somebody invited was asked for", extra={"change": change.pk})
    return change


@audit.action("confirm role change")
def confirm(change: RoleChange, *, by: User, at: datetime) -> RoleChange:
    """Let the change take effect and owe the person word of it. They have to sign in again.

    Locks the administrators, so that two changes do not take away the last one.
    Raises a kind of AppointmentRefused and writes nothing.
    """
    change = _held_for_decision(change, by)
    if not _is_asked_for_still(change):
        raise AskerGone("The one who asked may not ask for this any more. Refuse this, and ask again.")
    if (change.held_before, change.could_sign_in) != (holdings.now(change.person), change.person.is_active):
        raise RolesChanged("The roles have changed since this was asked for. Refuse it, and ask again.")
    _check_one_is_left(change.person, change.held_after, change.may_sign_in)

    _decide(change, ChangeState.CONFIRMED, by=by, at=at)
    holdings.apply(change, at=at)
    holdings.tell(change, at=at)
    logger.info("role change took effect", extra={"change": change.pk})
    return change


@audit.action("refuse role change")
def refuse(change: RoleChange, answer: str, *, by: User, at: datetime) -> RoleChange:
    """Leave everything as it is, with a reason. Raises a kind of AppointmentRefused."""
    change, answer = _held_for_decision(change, by), _reason(answer)
    change.answer = answer
    _decide(change, ChangeState.REFUSED, by=by, at=at)
    audit.note(reason=answer)
    return change


@audit.action("take back role change")
def take_back(change: RoleChange, *, by: User, at: datetime) -> RoleChange:
    """Take back what one has asked for oneself. Raises a kind of AppointmentRefused."""
    change = _waiting(change)
    if change.asked_by_id != by.pk:
        raise SamePerson("Only the one who asked can take this back. Others refuse it.")
    _decide(change, ChangeState.TAKEN_BACK, by=None, at=at)
    return change


@audit.action("stop from signing in")
def stop(person: User, reason: str, *, by: User, at: datetime) -> RoleChange:
    """Take away the right to sign in, at once: it may be urgent. Any other administrator may undo it.

    What waits for a decision about the person is taken back. Sessions and tokens end with it. The
    person and all other administrators are told. The one who stops stays, so one always does.
    Raises a kind of AppointmentRefused and writes nothing.
    """
    holdings.lock_administrators()
    _check_administrator(by, person)
    reason, person = _reason(reason), User.objects.select_for_update().get(pk=person.pk)
    if not person.is_active:
        raise NothingChanges("This person cannot sign in as it is.")
    held = as_pairs(holdings.now(person))
    _take_back_waiting(person, at)
    change = RoleChange.objects.create(
        person=person,
        state=ChangeState.STOPPED,
        before=held,
        after=held,
        could_sign_in=True,
        may_sign_in=False,
        reason=reason,
        asked_by=by,
        asked_at=at,
        decided_at=at,
    )
    _at_once(change, at)
    logger.info("somebody was stopped from signing in", extra={"change": change.pk})
    return change


@audit.action("let sign in again")
def let_in(stop: RoleChange, reason: str, *, by: User, at: datetime) -> RoleChange:
    """Undo a stop, at once: the person may sign in with the roles that they held then.

    By any administrator but the one who made it; the person and the others are told. Only the last
    thing that happened to the person's roles is undone: after it, a change is asked for.
    Raises a kind of AppointmentRefused and writes nothing.
    """
    holdings.lock_administrators()
    _check_administrator(by, stop.person)
    if stop.asked_by_id == by.pk:
        raise SamePerson("You stopped them. Another administrator has to let them sign in again.")
    reason, person = _reason(reason), User.objects.select_for_update().get(pk=stop.person_id)
    if RoleChange.objects.stop_of(person) != stop:
        raise RolesChanged("This is over: something else has happened since. Ask for a change instead.")
    _take_back_waiting(person, at)
    change = RoleChange.objects.create(
        person=person,
        state=ChangeState.LET_IN,
        before=stop.after,
        after=stop.after,
        could_sign_in=False,
        may_sign_in=True,
        reason=reason,
        asked_by=by,
        asked_at=at,
        decided_at=at,
        undoes=stop,
    )
    _at_once(change, at)
    logger.info("somebody was let in again", extra={"change": change.pk})
    return change


def _take_back_waiting(person: User, at: datetime) -> None:
    for waiting in RoleChange.objects.waiting().filter(person=person).select_for_update():
        _decide(waiting, ChangeState.TAKEN_BACK, by=None, at=at)


def _at_once(change: RoleChange, at: datetime) -> None:
    """What one administrator did alone: it takes effect, and everybody it concerns is told."""
    holdings.apply(change, at=at)
    holdings.note(change)
    holdings.tell(change, at=at)
    holdings.tell_administrators(change, at=at)


def _check_administrator(by: User, person: User) -> None:
    if not holdings.administrators().filter(pk=by.pk).exists():
        raise NotAnAdministrator("Only an administrator may change roles.")
    if person == by:
        raise OwnRoles("Nobody may change their own roles. Ask another administrator.")


def _is_asked_for_still(change: RoleChange) -> bool:
    """Whether who asked is an administrator, or may invite to all that it adds, where it does no more."""
    if holdings.administrators().filter(pk=change.asked_by_id).exists():
        return True
    added = change.held_after - change.held_before
    only_adds = change.held_before <= change.held_after and change.may_sign_in == change.could_sign_in
    return only_adds and all(_may_invite(change.asked_by, one) for one in added)


def _may_invite(person: User, wanted: Appointment) -> bool:
    region = Region.objects.filter(code=wanted.region).first()
    asks = INVITED_BY.get(wanted.role)
    return region is not None and person.is_active and asks in person.roles_in(region.pk)


def _check_one_is_left(person: User, after: Set[Appointment], may_sign_in: bool) -> None:
    stays = may_sign_in and Appointment(Role.ADMINISTRATOR) in after
    if not stays and not holdings.administrators().exclude(pk=person.pk).exists():
        raise LastAdministrator("This is the last administrator.")


def _reason(text: str) -> str:
    if not (text := " ".join(text.split())):
        raise ReasonMissing("Say why.")
    return text[:2000]


def _whole(appointments: Iterable[Appointment]) -> frozenset[Appointment]:
    """What is asked for, without a region's role beside the same for the programme."""
    asked = frozenset(appointments)
    known = set(Region.objects.values_list("code", flat=True))
    for role, region in asked:
        if region and (region not in known or role in WHOLE_PROGRAMME):
            raise NotHeldThere(f"The role {role} is not held for {region}.")
    return frozenset(one for one in asked if not one.region or Appointment(one.role) not in asked)


def _waiting(change: RoleChange) -> RoleChange:
    """The change afresh, locked. Raises AlreadyDecided."""
    change = (
        RoleChange.objects.select_for_update(of=("self",))
        .select_related("person", "asked_by", "decided_by")
        .get(pk=change.pk)
    )
    if not change.is_waiting:
        raise AlreadyDecided(change)
    return change


def _held_for_decision(change: RoleChange, by: User) -> RoleChange:
    holdings.lock_administrators()
    change = _waiting(change)
    _check_administrator(by, change.person)
    if change.asked_by_id == by.pk:
        raise SamePerson("You asked for this change. Another administrator has to decide it.")
    return change


def _decide(change: RoleChange, state: ChangeState, *, by: User | None, at: datetime) -> None:
    change.state, change.decided_by, change.decided_at = state, by, at
    change.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    holdings.note(change)
