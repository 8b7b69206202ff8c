"""What is told of a change of email address: to the new one to confirm it, to the old one that it is done."""

from django.conf import settings
from django.urls import reverse

from accounts import email_changes, formats
from accounts.letters import Button, Placeholder, Values
from accounts.models import EmailChange, EmailChangeState, Notification, User
from accounts.wording import OFFERED, Example, Kind


def asked(notification: Notification) -> Values:
    change = notification.looked_up(_change)
    address = reverse("account_confirm_new_email", args=[email_changes.key_of(change)])
    return {
        "confirm_button": Button("Confirm my new email address", settings.SITE_URL + address),
        "last_moment": formats.local_time(change.expires_at),
    }


def changed(notification: Notification) -> Values:
    change = notification.looked_up(_change)
    return {"changed_at": formats.local_time(change.ended_at or change.asked_at)}


def _change(notification: Notification) -> EmailChange:
    return EmailChange.objects.get(pk=notification.subject_id)


def new_address(notification: Notification) -> str:
    return notification.looked_up(_change).new_email


def old_address(notification: Notification) -> str:
    return notification.looked_up(_change).old_email


def waits(notification: Notification) -> bool:
    return notification.looked_up(_change).state == EmailChangeState.WAITING


def own(viewer: User, scope: str) -> list[Example]:
    rows = EmailChange.objects.filter(person=viewer).order_by("-pk")[:OFFERED]
    return [Example(row.pk, formats.local_day(row.asked_at)) for row in rows]


KINDS = (
    Kind(
        name=email_changes.EMAIL_CHANGE,
        title="Confirm your new email address",
        to="whoever wants to change their email address, at the new one",
        when="at once, when they ask for it",
        subject_word="email change",
        placeholders=(
            Placeholder(
                "confirm_button",
                "the link that confirms the new address",
                is_block=True,
                is_required=True,
                is_secret=True,
            ),
            Placeholder("last_moment", "until when the link works"),
        ),
        values=asked,
        examples=own,
        still_true=waits,
        address=new_address,
        required_by="Nobody signs in with an address that is not shown to be theirs.",
    ),
    Kind(
        name=email_changes.EMAIL_CHANGED,
        title="Your email address was changed",
        to="the person whose account it is, at their old address",
        when="at once, when they have confirmed the new one",
        subject_word="email change",
        placeholders=(Placeholder("changed_at", "the day and time of the change"),),
        values=changed,
        examples=own,
        address=old_address,
        required_by="It is how the owner of an account learns that somebody else has taken it.",
    ),
)
