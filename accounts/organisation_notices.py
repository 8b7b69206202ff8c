"""What is told of an organisation's people: to the one it is about, and to those who edit for it."""

from django.conf import settings
from django.db.models import Max
from django.urls import reverse

from accounts import formats, invitations, members
from accounts.letters import Button, Facts, Placeholder, Values
from accounts.models import Invitation, Membership, Notification, Organisation, User
from accounts.wording import OFFERED, Example, Kind

BECAUSE_MEMBER = "You get this email because you belong, or belonged, to an organisation on Launchpad."
BECAUSE_EDITOR = "You get this email because you edit for an organisation on Launchpad."

ORGANISATION = Placeholder("organisation", "the organisation's name")
FACTS = Placeholder("facts", "a table of what changed", is_block=True, is_required=True)
PEOPLE_BUTTON = Placeholder("people_button", "the link to the organisation's people", is_block=True)

RIGHTS = {True: "Can edit", False: "Can read", None: "Not a member"}
WHAT = {
    members.JOINED: "has joined",
    members.LEFT: "has left",
    members.REMOVED: "was taken out",
}


def page(name: str, *arguments) -> str:
    return settings.SITE_URL + reverse(name, args=arguments)


def people_button(organisation: Organisation) -> Button:
    return Button("See its people", page("accounts:people", organisation.pk))


def organisation_of(notification: Notification) -> Organisation:
    return Organisation.objects.get(pk=notification.subject_id)


def named(pk: int | None) -> str:
    """Somebody by their name; their address where they gave none."""
    person = User.objects.filter(pk=pk).first()
    return str(person) if person else "somebody who has no account any more"


def changed(notification: Notification) -> Values:
    organisation = notification.looked_up(organisation_of)
    facts = notification.facts
    rows = (
        ("Organisation", organisation.name),
        ("Before", RIGHTS[facts["before"]]),
        ("Now", RIGHTS[facts["after"]]),
        ("Changed by", named(facts["by"])),
    )
    still_in = Membership.objects.filter(organisation=organisation, person=notification.recipient).exists()
    return {
        "organisation": organisation.name,
        "facts": Facts(rows),
        "people_button": people_button(organisation) if still_in else None,
    }


def members_changed(notification: Notification) -> Values:
    organisation = notification.looked_up(organisation_of)
    facts = notification.facts
    person = named(facts["person"])
    rows = [("Organisation", organisation.name), ("Person", person)]
    if facts["by"] != facts["person"]:
        rows.append(("Done by", named(facts["by"])))
    rows.append(("When", formats.local_time(notification.happened_at)))
    return {
        "organisation": organisation.name,
        "person": person,
        "change": WHAT[facts["how"]],
        "facts": Facts(tuple(rows)),
        "people_button": people_button(organisation),
    }


def belongs(notification: Notification) -> bool:
    return Membership.objects.filter(
        organisation=notification.subject_id, person=notification.recipient_id
    ).exists()


def _with_facts(facts: dict):
    def examples(viewer: User, scope: str) -> list[Example]:
        """The moment is that at which somebody last joined; of one that nobody has, the viewer's own."""
        who = {name: viewer.pk if value == "viewer" else value for name, value in facts.items()}
        seen = Organisation.objects.visible_to(viewer).annotate(joined_at=Max("memberships__joined_at"))
        return [
            Example(one.pk, one.name, {**who, "at": (one.joined_at or viewer.joined_at).isoformat()})
            for one in seen.order_by("-pk")[:OFFERED]
        ]

    return examples


def invited(notification: Notification) -> Values:
    invitation = notification.looked_up(_invitation)
    address = page("accounts:invitation", invitations.key_of(invitation))
    rows = (
        ("Organisation", invitation.organisation.name),
        ("Invited by", str(invitation.invited_by)),
        ("You could", RIGHTS_OF_INVITED[invitation.may_edit]),
    )
    return {
        "organisation": invitation.organisation.name,
        "facts": Facts(rows),
        "invitation_button": Button("See the invitation", address),
        "last_moment": formats.local_time(invitation.expires_at),
    }


def _invitation(notification: Notification) -> Invitation:
    rows = Invitation.objects.select_related("organisation", "invited_by")
    return rows.get(pk=notification.subject_id)


def invited_address(notification: Notification) -> str:
    return notification.looked_up(_invitation).email


def still_invites(notification: Notification) -> bool:
    waiting = Invitation.objects.waiting().filter(pk=notification.subject_id)
    return waiting.filter(sends=notification.facts["sends"]).exists()


def edits_for_it(notification: Notification) -> bool:
    """Whoever had it sent reads it while they edit for the organisation."""
    editable = Organisation.objects.editable_by(notification.recipient)
    return editable.filter(invitations=notification.subject_id).exists()


def latest_invitations(viewer: User, scope: str) -> list[Example]:
    seen = Invitation.objects.filter(organisation__in=Organisation.objects.visible_to(viewer))
    rows = seen.select_related("organisation").order_by("-pk")[:OFFERED]
    return [Example(row.pk, row.organisation.name, {"sends": row.sends}) for row in rows]


RIGHTS_OF_INVITED = {
    True: "edit its details, and write and submit its applications",
    False: "read its details and applications",
}

KINDS = (
    Kind(
        name=invitations.ORGANISATION_INVITATION,
        title="You are invited to an organisation",
        to="the address that an editor named, whether or not it has an account",
        when="at once, when an editor invites it or sends the invitation again",
        subject_word="invitation",
        placeholders=(
            ORGANISATION,
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
        because="You get this email because somebody gave this address on Launchpad.",
        still_true=still_invites,
        address=invited_address,
        may_read=edits_for_it,
        is_to_reader=False,
        required_by="It is the only way in for somebody who is invited.",
    ),
    Kind(
        name=members.MEMBERSHIP_CHANGED,
        title="Your membership of an organisation changed",
        to="the member it is about",
        when="at once, when an editor changes what they may do, takes them out, or a merge does",
        subject_word="organisation",
        placeholders=(ORGANISATION, FACTS, PEOPLE_BUTTON),
        values=changed,
        examples=_with_facts({"before": True, "after": False, "by": "viewer"}),
        because=BECAUSE_MEMBER,
        required_by="Nobody's access changes without their knowing.",
    ),
    Kind(
        name=members.MEMBERS_CHANGED,
        title="Somebody joined or left an organisation",
        to="the others who may edit for it",
        when="at once, when somebody joins, leaves or is taken out, or comes with a merge",
        subject_word="organisation",
        placeholders=(
            ORGANISATION,
            Placeholder("person", "the name of the one who joined or left"),
            Placeholder("change", "“has joined”, “has left” or “was taken out”"),
            FACTS,
            PEOPLE_BUTTON,
        ),
        values=members_changed,
        examples=_with_facts({"person": "viewer", "how": members.JOINED, "by": "viewer"}),
        because=BECAUSE_EDITOR,
        may_read=belongs,
        required_by="Those who answer for an organisation know who can read its applications.",
    ),
)
