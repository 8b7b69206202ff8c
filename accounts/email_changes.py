"""Changing the address that one signs in with: asked for, confirmed at the new one, told to the old one."""

import logging
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.core.signing import BadSignature, Signer
from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts import addresses, audit, outbox
from accounts.models import EmailChange, EmailChangeState, User
from accounts.refusals import Refusal

logger = logging.getLogger(__name__)

EMAIL_CHANGE, EMAIL_CHANGED = "email_change", "email_changed"

#: The link in the email works for so long.
VALID = timedelta(days=3)

#: So often may somebody ask within a day.
A_DAY = 5

_signer = Signer(salt="accounts.email_change")


class EmailChangeRefused(Refusal):
    """The address stays as it is; the message says why."""


class AddressTaken(EmailChangeRefused):
    """Somebody else signs in with it. Said only to who has shown that the address is theirs."""


@audit.action("ask to change email address")
def ask(person: User, email: str, *, by: User, at: datetime) -> EmailChange:
    """Owe the new address a link to confirm it. ``by`` is the person themself.

    An address that somebody has an account under is answered alike; its owner is told instead.
    Raises EmailChangeRefused for one's own address, and for too many in a day.
    """
    email = addresses.normal(email)
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if email == person.email:
        raise EmailChangeRefused("That is your email address already")
    if person.email_changes.filter(asked_at__gt=at - timedelta(days=1)).count() >= A_DAY:
        raise EmailChangeRefused("You have asked for this too often. Try again tomorrow")
    person.email_changes.filter(state=EmailChangeState.WAITING).update(
        state=EmailChangeState.ENDED, ended_at=at
    )
    change = EmailChange.objects.create(
        person=person, old_email=person.email, new_email=email, asked_at=at, expires_at=at + VALID
    )
    owner = _owner_of(email, but=person)
    if owner is None:
        _post(EMAIL_CHANGE, person, "email change", change.pk, change, at)
    else:
        _post("account_exists", owner, "person", owner.pk, change, at)
    audit.note(subject=person, after={"change": change.pk})
    return change


@audit.action("change email address")
def confirm(change: EmailChange, *, by: User, at: datetime) -> User:
    """Let ``by`` sign in with the new address and no more with the old one, which is told.

    Raises EmailChangeRefused, and writes nothing.
    """
    person = User.objects.select_for_update(no_key=True).get(pk=change.person_id)
    change = EmailChange.objects.select_for_update().get(pk=change.pk)
    if person.pk != by.pk or not change.is_open(at):
        raise EmailChangeRefused("This link does not work any more.")
    if _owner_of(change.new_email, but=person) is not None:
        raise AddressTaken("This address belongs to another account.")
    try:
        with transaction.atomic():
            _set(person, change.new_email)
    except IntegrityError:
        raise AddressTaken("This address belongs to another account.") from None
    change.state, change.ended_at = EmailChangeState.DONE, at
    change.save(update_fields=["state", "ended_at"])
    _post(EMAIL_CHANGED, person, "email change", change.pk, change, at)
    audit.note(subject=person, after={"change": change.pk})
    logger.info("email address changed", extra={"person": person.pk})
    return person


def key_of(change: EmailChange) -> str:
    """What the link names: signed by us; a later change of the same person ends this one."""
    return _signer.sign(str(change.pk))


def found_by(key: str, person: User) -> EmailChange | None:
    """The person's own change that a link is of."""
    try:
        pk = _signer.unsign(key)
    except BadSignature:
        return None
    return EmailChange.objects.filter(pk=pk, person=person).first()


def _owner_of(email: str, *, but: User) -> User | None:
    confirmed = EmailAddress.objects.filter(email=email, verified=True).values("user")
    return User.objects.filter(Q(email=email) | Q(pk__in=confirmed)).exclude(pk=but.pk).first()


def _set(person: User, email: str) -> None:
    EmailAddress.objects.filter(user=person).delete()
    EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    person.email = email
    person.save(update_fields=["email"])


def _post(kind: str, to: User, subject_word: str, subject_id: int, change: EmailChange, at: datetime) -> None:
    outbox.post(
        kind,
        to=to,
        subject_word=subject_word,
        subject_id=subject_id,
        facts={"at": at.isoformat()},
        cause=f"{kind}: email change {change.pk}",
        at=at,
    )
