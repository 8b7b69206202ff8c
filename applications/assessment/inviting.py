"""Inviting somebody by their address to assess in a region, and accepting: which asks for the role.

Nobody becomes an assessor by it alone. The manager who invites stands for the one who asks; an
administrator, who is somebody else, confirms, as with every other role (``accounts.appointments``).
"""

import logging
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.core.signing import BadSignature, Signer

from accounts import addresses, appointments, audit, outbox
from accounts.formats import local_day
from accounts.models import InvitationState, Notification, Region, User
from accounts.refusals import Refusal, RoleMissing
from accounts.roles import Appointment, Role
from applications.models import AssessorInvitation

logger = logging.getLogger(__name__)

ASSESSOR_INVITATION = "assessor_invitation"
SUBJECT = "assessor invitation"

#: An invitation may be accepted for so long after it was sent.
VALID = timedelta(days=14)

#: So many emails go out for one region, and by one person, within a day.
A_DAY = 60

_signer = Signer(salt="applications.assessor_invitation")


class InvitingRefused(Refusal):
    """Nobody is invited, and nothing is changed; the message says why."""


class NotAManager(InvitingRefused, RoleMissing):
    """Only a competition manager of the region invites for it."""


class TooMany(InvitingRefused):
    def __init__(self):
        super().__init__(f"Up to {A_DAY} invitations can be sent in a day. Try again tomorrow.")


class CannotBeAccepted(Refusal):
    """The invitation cannot be accepted, or not by this person, or not now; the message says why."""


class Ended(CannotBeAccepted, InvitingRefused):
    """It was accepted or withdrawn, a later one was sent, or its time is over."""


class AnothersAddress(CannotBeAccepted):
    """It was sent to an address that the person has not confirmed as theirs."""


class CannotBeAsked(CannotBeAccepted):
    """The role cannot be asked for now; the message says why."""


@audit.action("invite assessor")
def invite(region: Region, email: str, *, by: User, at: datetime) -> AssessorInvitation:
    """Owe an invitation to this address. Asked for again, it is sent again.

    Nothing is looked up of the address, so that nobody learns by this whether it has an account.

    Raises a kind of InvitingRefused and writes nothing.
    """
    check_manager(region, by)
    email = addresses.normal(email)
    _check_number(region, by, at)
    waiting = AssessorInvitation.objects.select_for_update().waiting().filter(region=region, email=email)
    if invitation := waiting.first():
        return _send_again(invitation, by=by, at=at)
    invitation = AssessorInvitation.objects.create(
        region=region, email=email, invited_by=by, invited_at=at, sent_at=at, expires_at=at + VALID
    )
    return _send(invitation, by=by, at=at)


@audit.action("send assessor invitation again")
def send_again(invitation: AssessorInvitation, *, by: User, at: datetime) -> AssessorInvitation:
    """Send it with a new link, which works from now on in the place of the old one.

    Raises a kind of InvitingRefused and writes nothing.
    """
    check_manager(invitation.region, by)
    _check_number(invitation.region, by, at)
    return _send_again(_held(invitation), by=by, at=at)


@audit.action("withdraw assessor invitation")
def withdraw(invitation: AssessorInvitation, *, by: User, at: datetime) -> AssessorInvitation:
    """End it: its link does not work any more. Raises NotAManager, or Ended where it was answered."""
    check_manager(invitation.region, by)
    invitation = _held(invitation)
    invitation.state, invitation.ended_at = InvitationState.WITHDRAWN, at
    invitation.save(update_fields=["state", "ended_at"])
    return invitation


@audit.action("accept assessor invitation")
def accept(invitation: AssessorInvitation, *, by: User, at: datetime) -> AssessorInvitation:
    """Ask, in the name of who invited, that ``by`` be an assessor of the region; an administrator decides.

    by  who has confirmed the invited address

    Who is an assessor there already stays one, and nothing is asked for. Raises a kind of
    CannotBeAccepted and writes nothing.
    """
    sends, invitation = invitation.sends, _held(invitation)
    if invitation.has_expired(at) or invitation.sends != sends:
        raise Ended("This invitation does not stand any more.")
    if not is_theirs(invitation, by):
        raise AnothersAddress("This invitation was sent to another address.")
    if Role.ASSESSOR not in by.roles_in(invitation.region_id):
        invitation.role_change = _asked(invitation, by, at)
    invitation.state, invitation.accepted_by, invitation.ended_at = InvitationState.ACCEPTED, by, at
    invitation.save(update_fields=["state", "accepted_by", "ended_at", "role_change"])
    audit.note(after={"role_change": invitation.role_change_id})
    logger.info("assessor invitation accepted", extra={"invitation": invitation.pk})
    return invitation


def is_theirs(invitation: AssessorInvitation, person: User) -> bool:
    """Whether the person has shown the invited address to be theirs."""
    return EmailAddress.objects.filter(user=person, verified=True, email=invitation.email).exists()


def key_of(invitation: AssessorInvitation) -> str:
    """What the link names: signed by us, and good for the last email alone."""
    return _signer.sign(f"{invitation.pk}-{invitation.sends}")


def found_by(key: str) -> AssessorInvitation | None:
    """The invitation that a link is of; None where it is not ours or a later one was sent."""
    try:
        pk, _, sends = _signer.unsign(key).partition("-")
    except BadSignature:
        return None
    rows = AssessorInvitation.objects.select_related("region", "invited_by", "role_change")
    return rows.filter(pk=pk, sends=sends).first()


def address_of(key: str, at: datetime) -> str:
    """The address that an open invitation was sent to, to be filled in where somebody signs up."""
    found = found_by(key)
    return found.email if found and found.is_waiting and not found.has_expired(at) else ""


def check_manager(region: Region, person: User) -> None:
    """Raise NotAManager for whoever does not invite for this region."""
    if Role.MANAGER not in person.roles_in(region.pk):
        raise NotAManager(f"Only a {Role.MANAGER} of {region} invites assessors there.")


def _asked(invitation: AssessorInvitation, person: User, at: datetime):
    wanted = Appointment(Role.ASSESSOR, invitation.region.code)
    reason = f"Invited to assess in {invitation.region} on {local_day(invitation.sent_at)}, and accepted."
    try:
        return appointments.ask_for_invited(
            person, wanted, asked_by=invitation.invited_by, reason=reason, by=person, at=at
        )
    except appointments.AlreadyWaiting as refusal:
        raise CannotBeAsked(
            "The programme office is deciding on another change of your roles. Accept when that is done."
        ) from refusal
    except appointments.AppointmentRefused as refusal:
        raise CannotBeAsked(
            "Whoever invited you cannot ask for this any more. Ask the programme office to invite you again."
        ) from refusal


def _held(invitation: AssessorInvitation) -> AssessorInvitation:
    """Its row as it stands, locked. Raises Ended where it was answered or withdrawn."""
    rows = AssessorInvitation.objects.select_for_update(of=("self",)).select_related("region", "invited_by")
    held = rows.get(pk=invitation.pk)
    if not held.is_waiting:
        raise Ended("This invitation has been answered or withdrawn.")
    return held


def _hold(region: Region) -> None:
    Region.objects.select_for_update(no_key=True).get(pk=region.pk)


def _check_number(region: Region, person: User, at: datetime) -> None:
    """Every email counts, sent again or not. The rows of region and inviter are locked: invitations for one
    region are counted, and the same address is looked for among them, one after the other."""
    _hold(region)
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    sent = Notification.objects.filter(subject_word=SUBJECT, created_at__gt=at - timedelta(days=1))
    of_region = sent.filter(subject_id__in=AssessorInvitation.objects.filter(region=region).values("pk"))
    by_person = sent.filter(recipient=person, kind=ASSESSOR_INVITATION)
    if of_region.count() >= A_DAY or by_person.count() >= A_DAY:
        raise TooMany


def _send_again(invitation: AssessorInvitation, *, by: User, at: datetime) -> AssessorInvitation:
    invitation.sends += 1
    invitation.invited_by, invitation.sent_at, invitation.expires_at = by, at, at + VALID
    invitation.save(update_fields=["invited_by", "sends", "sent_at", "expires_at"])
    return _send(invitation, by=by, at=at)


def _send(invitation: AssessorInvitation, *, by: User, at: datetime) -> AssessorInvitation:
    """Owe the email. It stands in the office's list, and is no news to who sends it."""
    owed = outbox.post(
        ASSESSOR_INVITATION,
        to=by,
        subject_word=SUBJECT,
        subject_id=invitation.pk,
        facts={"sends": invitation.sends},
        cause=f"{SUBJECT} {invitation.pk} sent {invitation.sends}",
        at=at,
    )
    if owed is not None:
        Notification.objects.filter(pk=owed.pk).update(read_at=at)
    audit.note(after={"region": invitation.region_id, "sends": invitation.sends})
    logger.info("assessor invitation owed", extra={"invitation": invitation.pk})
    return invitation
