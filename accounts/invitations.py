"""Inviting a colleague to an organisation by their address, and accepting."""

import logging
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.core.signing import BadSignature, Signer
from django.db.models import QuerySet

from accounts import addresses, audit, members, outbox
from accounts.models import Invitation, InvitationState, Membership, Notification, Organisation, User
from accounts.models.notification import ORGANISATION_INVITATION
from accounts.refusals import Refusal

logger = logging.getLogger(__name__)

#: An invitation may be accepted for so long after it was sent.
VALID = timedelta(days=7)

#: So many invitations go out for one organisation, and by one person, within a day: ours is no way to
#: write to many strangers.
A_DAY = 20

_signer = Signer(salt="accounts.invitation")


class InvitationRefused(Refusal):
    """Nobody is invited; the message says why."""


class AlreadyAMember(InvitationRefused):
    """Whoever has this address belongs to the organisation."""


class TooManyInvitations(InvitationRefused):
    def __init__(self):
        super().__init__(f"Up to {A_DAY} invitations can be sent in a day. Try again tomorrow.")


class CannotBeAccepted(Refusal):
    """The invitation cannot be accepted, or not by this person; the message says why."""


class Ended(CannotBeAccepted):
    """It was accepted or withdrawn, a later one was sent, or its time is over."""


class AnothersAddress(CannotBeAccepted):
    """It was sent to an address that the person has not confirmed as theirs."""


@audit.action("invite to organisation")
def invite(organisation: Organisation, email: str, *, may_edit: bool, by: User, at: datetime) -> Invitation:
    """Owe an invitation to this address, whether or not somebody has an account under it.

    Asked for again, it is sent again with the right named now. Raises NotAnEditor or a kind of
    InvitationRefused, and writes nothing.
    """
    email = addresses.normal(email)
    organisation = members.locked(organisation.pk)
    members.check_editor(organisation, by)
    confirmed = EmailAddress.objects.filter(email=email, verified=True).values("user")
    if Membership.objects.filter(organisation=organisation, person__in=confirmed).exists():
        raise AlreadyAMember("This person belongs to the organisation already.")
    _check_number(organisation, by, at)
    waiting = organisation.invitations.waiting().filter(email=email).first()
    if waiting is not None:
        waiting.may_edit = may_edit
        return _send_again(waiting, by=by, at=at)
    invitation = Invitation.objects.create(
        organisation=organisation,
        email=email,
        may_edit=may_edit,
        invited_by=by,
        invited_at=at,
        sent_at=at,
        expires_at=at + VALID,
    )
    return _send(invitation, by=by, at=at)


@audit.action("send invitation again")
def send_again(invitation: Invitation, *, by: User, at: datetime) -> Invitation:
    """Send it with a new link, which works from now on in the place of the old one.

    Raises NotAnEditor, TooManyInvitations, or Ended.
    """
    organisation, invitation = _locked(invitation)
    members.check_editor(organisation, by)
    if not invitation.is_waiting:
        raise Ended("This invitation has been answered or withdrawn.")
    _check_number(organisation, by, at)
    return _send_again(invitation, by=by, at=at)


@audit.action("withdraw invitation")
def withdraw(invitation: Invitation, *, by: User, at: datetime) -> Invitation:
    """End it: its link does not work any more. Raises NotAnEditor, or Ended where it was accepted."""
    organisation, invitation = _locked(invitation)
    members.check_editor(organisation, by)
    if not invitation.is_waiting:
        raise Ended("This invitation has been answered or withdrawn.")
    _end(invitation, InvitationState.WITHDRAWN, at)
    audit.note(subject=organisation, after={"invitation": invitation.pk})
    return invitation


@audit.action("accept invitation")
def accept(invitation: Invitation, *, by: User, at: datetime) -> Membership:
    """Let ``by``, who has confirmed the invited address, belong to the organisation; its editors are told.

    Raises Ended and AnothersAddress, and writes nothing.
    """
    sends = invitation.sends
    organisation, invitation = _locked(invitation)
    if not invitation.is_waiting or invitation.has_expired(at) or invitation.sends != sends:
        raise Ended("This invitation does not stand any more.")
    if invitation.email not in confirmed_by(by):
        raise AnothersAddress("This invitation was sent to another address.")
    membership = members.join(organisation, by, may_edit=invitation.may_edit, by=by, at=at)
    invitation.accepted_by = by
    _end(invitation, InvitationState.ACCEPTED, at)
    audit.note(after={"invitation": invitation.pk})
    return membership


def confirmed_by(person: User) -> QuerySet:
    """The addresses that the person has shown to be theirs."""
    return EmailAddress.objects.filter(user=person, verified=True).values_list("email", flat=True)


def key_of(invitation: Invitation) -> str:
    """What the link names: signed by us, and good for the last email alone."""
    return _signer.sign(f"{invitation.pk}-{invitation.sends}")


def found_by(key: str) -> Invitation | None:
    """The invitation that a link is of; None where it is not ours or a later one was sent."""
    try:
        pk, _, sends = _signer.unsign(key).partition("-")
    except BadSignature:
        return None
    rows = Invitation.objects.select_related("organisation", "invited_by")
    return rows.filter(pk=pk, sends=sends).first()


def address_of(key: str, at: datetime) -> str:
    """The address that an open invitation was sent to, to be filled in where somebody signs up."""
    found = found_by(key)
    return found.email if found and found.is_waiting and not found.has_expired(at) else ""


def _locked(invitation: Invitation) -> tuple[Organisation, Invitation]:
    """The organisation's row first, as everything that changes its members locks it."""
    organisation = members.locked(invitation.organisation_id)
    return organisation, Invitation.objects.select_for_update().get(pk=invitation.pk)


def _check_number(organisation: Organisation, person: User, at: datetime) -> None:
    """Every email counts, sent again or not. The inviter's row is locked, so that presses count in turn."""
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    sent = Notification.objects.filter(subject_word="invitation", created_at__gt=at - timedelta(days=1))
    of_organisation = sent.filter(subject_id__in=organisation.invitations.values("pk"))
    by_person = sent.filter(recipient=person, kind=ORGANISATION_INVITATION)
    if of_organisation.count() >= A_DAY or by_person.count() >= A_DAY:
        raise TooManyInvitations


def _send_again(invitation: Invitation, *, by: User, at: datetime) -> Invitation:
    invitation.sends += 1
    invitation.sent_at, invitation.expires_at = at, at + VALID
    invitation.save(update_fields=["may_edit", "sends", "sent_at", "expires_at"])
    return _send(invitation, by=by, at=at)


def _send(invitation: Invitation, *, by: User, at: datetime) -> Invitation:
    """Owe the email. It stands in the pages of who sends it, who need not be told of it as news."""
    owed = outbox.post(
        ORGANISATION_INVITATION,
        to=by,
        subject_word="invitation",
        subject_id=invitation.pk,
        facts={"sends": invitation.sends},
        cause=f"invitation {invitation.pk} sent {invitation.sends}",
        at=at,
    )
    if owed is not None:
        Notification.objects.filter(pk=owed.pk).update(read_at=at)
    audit.note(
        subject=invitation.organisation,
        after={"invitation": invitation.pk, "may_edit": invitation.may_edit, "sends": invitation.sends},
    )
    logger.info("invitation owed", extra={"invitation": invitation.pk})
    return invitation


def _end(invitation: Invitation, state: InvitationState, at: datetime) -> None:
    invitation.state, invitation.ended_at = state, at
    invitation.save(update_fields=["state", "ended_at", "accepted_by"])
