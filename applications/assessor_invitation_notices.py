"""What somebody is told who is invited to assess."""

from accounts import formats
from accounts.letters import Button, Facts, Placeholder, Values
from accounts.models import Notification, User
from accounts.wording import OFFERED, Example, Kind
from applications.assessment import inviting
from applications.models import AssessorInvitation
from applications.notice_parts import FACTS, page


def invited(notification: Notification) -> Values:
    invitation = notification.looked_up(_invitation)
    address = page("applications:assessor_invitation", inviting.key_of(invitation))
    rows = (("Region", str(invitation.region)), ("Invited by", str(invitation.invited_by)))
    return {
        "region": str(invitation.region),
        "facts": Facts(rows),
        "invitation_button": Button("See the invitation", address),
        "last_moment": formats.local_time(invitation.expires_at),
    }


def _invitation(notification: Notification) -> AssessorInvitation:
    rows = AssessorInvitation.objects.select_related("region", "invited_by")
    return rows.get(pk=notification.subject_id)


def invited_address(notification: Notification) -> str:
    return notification.looked_up(_invitation).email


def still_invites(notification: Notification) -> bool:
    waiting = AssessorInvitation.objects.waiting().filter(pk=notification.subject_id)
    return waiting.filter(sends=notification.facts["sends"]).exists()


def invites_there(notification: Notification) -> bool:
    """Whoever had it sent reads it while they see the region's invitations."""
    visible = AssessorInvitation.objects.visible_to(notification.recipient)
    return visible.filter(pk=notification.subject_id).exists()


def latest_invitations(viewer: User, scope: str) -> list[Example]:
    rows = AssessorInvitation.objects.visible_to(viewer).select_related("region").order_by("-pk")[:OFFERED]
    return [Example(row.pk, f"{row.region}, {row.email}", {"sends": row.sends}) for row in rows]


KINDS = (
    Kind(
        name=inviting.ASSESSOR_INVITATION,
        title="You are invited to assess",
        to="the address that a competition manager named, whether or not it has an account",
        when="at once, when a competition manager invites it or sends the invitation again",
        subject_word=inviting.SUBJECT,
        placeholders=(
            Placeholder("region", "the name of the region"),
            FACTS,
            Placeholder(
                "invitation_button",
                "the link to the invitation",
                is_block=True,
                is_required=True,
                is_secret=True,
            ),
            Placeholder("last_moment", "until when it can be accepted"),
        ),
        values=invited,
        examples=latest_invitations,
        because="You get this email because the programme office was given this address.",
        still_true=still_invites,
        address=invited_address,
        may_read=invites_there,
        is_to_reader=False,
        required_by="It is the only way in for somebody who is invited.",
    ),
)
