"""Who belongs to an organisation: what its members may do there, and how their membership ends."""

import logging
from datetime import datetime

from accounts import audit, outbox
from accounts.models import Membership, Organisation, RequestState, User
from accounts.refusals import Refusal

logger = logging.getLogger(__name__)

MEMBERSHIP_CHANGED = "membership_changed"
MEMBERS_CHANGED = "members_changed"

#: What the other editors are told that somebody did, by the word in the notification's facts.
JOINED, LEFT, REMOVED = "joined", "left", "removed"


class MembershipRefused(Refusal):
    """The membership stays as it is; the message says why."""


class NotAnEditor(MembershipRefused):
    """Only those who may edit for an organisation decide who belongs to it."""


class NotAMember(MembershipRefused):
    """The person does not belong to the organisation, or does not any more."""


class LastEditor(MembershipRefused):
    """Without this person nobody could edit for the organisation any more."""

    def __init__(self):
        super().__init__("Somebody else has to be able to edit first, or nobody could any more.")


@audit.action("change member's right")
def change(membership: Membership, *, may_edit: bool, by: User, at: datetime) -> Membership:
    """Let a member edit, or read alone, from this moment on; the member is told.

    Raises NotAnEditor, NotAMember and LastEditor, and writes nothing.
    """
    organisation = locked(membership.organisation_id)
    check_editor(organisation, by)
    member = _found(organisation, membership.pk)
    audit.note(subject=organisation, before={"may_edit": member.may_edit}, after={"person": member.person_id})
    audit.note(after={"may_edit": may_edit})
    if member.may_edit == may_edit:
        return member
    if not may_edit:
        _check_not_last(member)
    member.may_edit = may_edit
    member.save(update_fields=["may_edit"])
    if member.person_id != by.pk:
        tell_member(member, before=not may_edit, after=may_edit, by=by, at=at)
    logger.info("member's right changed", extra={"organisation": organisation.pk, "person": member.person_id})
    return member


@audit.action("remove member")
def remove(membership: Membership, *, by: User, at: datetime) -> None:
    """End somebody's membership, and with it all access, at once. They and the other editors are told.

    Raises NotAnEditor, NotAMember and LastEditor, and writes nothing.
    """
    organisation = locked(membership.organisation_id)
    check_editor(organisation, by)
    member = _found(organisation, membership.pk)
    _end(member, REMOVED, by=by, at=at)
    tell_member(member, before=member.may_edit, after=None, by=by, at=at)


@audit.action("leave organisation")
def leave(organisation: Organisation, *, by: User, at: datetime) -> None:
    """End one's own membership at once; the editors are told. Raises NotAMember and LastEditor."""
    organisation = locked(organisation.pk)
    member = organisation.memberships.select_related("person", "organisation").filter(person=by).first()
    if member is None:
        raise NotAMember("You do not belong to this organisation.")
    _end(member, LEFT, by=by, at=at)


def locked(organisation_id: int) -> Organisation:
    """The organisation's row, which everything that changes its members locks first."""
    return Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)


def check_editor(organisation: Organisation, person: User) -> None:
    if not Organisation.objects.editable_by(person).filter(pk=organisation.pk).exists():
        raise NotAnEditor("Only somebody who edits for the organisation may do this.")


def join(organisation: Organisation, person: User, *, may_edit: bool, by: User, at: datetime) -> Membership:
    """Let the person belong to the organisation, whose row is locked; one of the actions above this calls it.

    Who is a member already keeps their membership, and may edit if either says so. The editors are
    told of somebody new, but not the one who let them in.
    """
    member, is_new = Membership.objects.get_or_create(
        organisation=organisation, person=person, defaults={"may_edit": may_edit, "joined_at": at}
    )
    audit.note(subject=organisation, after={"person": person.pk, "may_edit": member.may_edit or may_edit})
    overtaken = organisation.membership_requests.waiting().filter(asked_by=person)
    overtaken.update(state=RequestState.OVERTAKEN, answered_at=at)
    if is_new:
        tell_editors(organisation, person, JOINED, but={by.pk, person.pk}, by=by, at=at)
        logger.info("member joined", extra={"organisation": organisation.pk, "person": person.pk})
    elif may_edit and not member.may_edit:
        member.may_edit = True
        member.save(update_fields=["may_edit"])
    return member


def is_last_editor(member: Membership) -> bool:
    """Whether nobody else can edit: whoever may not sign in any more does not count."""
    others = Membership.objects.editors().filter(organisation=member.organisation_id).exclude(pk=member.pk)
    return member.may_edit and not others.exists()


def _found(organisation: Organisation, pk: int) -> Membership:
    member = organisation.memberships.select_related("person", "organisation").filter(pk=pk).first()
    if member is None:
        raise NotAMember("This person does not belong to the organisation any more.")
    return member


def _check_not_last(member: Membership) -> None:
    if is_last_editor(member):
        raise LastEditor


def _end(member: Membership, how: str, *, by: User, at: datetime) -> None:
    organisation = member.organisation
    _check_not_last(member)
    Membership.objects.filter(pk=member.pk).delete()
    audit.note(
        subject=organisation,
        before={"person": member.person_id, "may_edit": member.may_edit},
        after={"person": None},
    )
    tell_editors(organisation, member.person, how, but={by.pk, member.person_id}, by=by, at=at)
    logger.info("membership ended", extra={"organisation": organisation.pk, "person": member.person_id})


def tell_member(
    member: Membership, *, before: bool | None, after: bool | None, by: User, at: datetime
) -> None:
    """Owe a member the news of what they may do now: edit, read or, None, nothing."""
    outbox.post(
        MEMBERSHIP_CHANGED,
        to=member.person,
        subject_word="organisation",
        subject_id=member.organisation_id,
        facts={"before": before, "after": after, "by": by.pk, "at": at.isoformat()},
        cause=f"membership {member.organisation_id}: person {member.person_id}, {at.isoformat()}",
        at=at,
    )


def tell_editors(
    organisation: Organisation, person: User, how: str, *, but: set[int], by: User, at: datetime
) -> None:
    """Owe the editors, ``but`` for some, the news that ``person`` has joined or gone."""
    editors = organisation.memberships.editors().exclude(person__in=but).select_related("person")
    outbox.post_all(
        MEMBERS_CHANGED,
        [
            outbox.Post(
                to=editor.person,
                subject_id=organisation.pk,
                cause=f"{how} {organisation.pk}: {person.pk}, {at.isoformat()}: person {editor.person_id}",
                facts={"person": person.pk, "how": how, "by": by.pk, "at": at.isoformat()},
            )
            for editor in editors.order_by("person")
        ],
        subject_word="organisation",
        at=at,
    )
