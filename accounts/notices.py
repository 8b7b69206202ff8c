"""The notifications about an account itself. Their links are made here, at the last moment."""

from urllib.parse import urlencode

from allauth.account import app_settings
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts import (
    email_notices,
    formats,
    holdings,
    membership_notices,
    office_notices,
    organisation_notices,
    summaries,
    trying,
    wording,
)
from accounts.letters import Button, Facts, Link, Placeholder, Values
from accounts.models import IN_EFFECT, Notification, RoleChange, User
from accounts.wording import Example, Kind

DAYS = Placeholder("days", "the number of days for which the link works")


def register() -> None:
    wording.register(
        *KINDS,
        *email_notices.KINDS,
        *organisation_notices.KINDS,
        *membership_notices.KINDS,
        *office_notices.KINDS,
        *summaries.KINDS,
        *trying.KINDS,
    )


def link(name: str, **arguments) -> str:
    return settings.SITE_URL + reverse(name, kwargs=arguments)


def address_to_confirm(notification: Notification) -> str:
    return notification.looked_up(_address).email


def _address(notification: Notification) -> EmailAddress | None:
    return EmailAddress.objects.filter(pk=notification.subject_id, user=notification.recipient_id).first()


def is_unconfirmed(notification: Notification) -> bool:
    address = notification.looked_up(_address)
    return address is not None and not address.verified


def may_sign_in(notification: Notification) -> bool:
    return notification.recipient.is_active


def fingerprint(person: User) -> str:
    """Tells whether the password is still the same, and nothing about it."""
    return salted_hmac("accounts.notices.password", person.password, algorithm="sha256").hexdigest()


def is_latest_reset(notification: Notification) -> bool:
    """Whether nobody has chosen a password or asked for another link since this one was asked for."""
    kept = notification.facts.get("password")
    if kept and not constant_time_compare(kept, fingerprint(notification.recipient)):
        return False
    later = Notification.objects.filter(
        kind=notification.kind,
        recipient=notification.recipient_id,
        again_of=None,
        created_at__gt=notification.happened_at,
    )
    return may_sign_in(notification) and not later.exists()


def confirmation(notification: Notification) -> Values:
    key = EmailConfirmationHMAC(notification.looked_up(_address)).key
    address, way = link("account_confirm_email", key=key), notification.facts.get("next")
    if way:
        address += f"?{urlencode({'next': way})}"
    return {
        "confirm_button": Button("Confirm my email address", address),
        "days": str(app_settings.EMAIL_CONFIRMATION_EXPIRE_DAYS),
    }


def reset(notification: Notification) -> Values:
    person = notification.recipient
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(person)
    address = link("account_reset_password_from_key", uidb36=user_pk_to_url_str(person), key=token)
    return {
        "reset_button": Button("Choose a new password", address),
        "days": str(settings.PASSWORD_RESET_TIMEOUT // (24 * 60 * 60)),
    }


def account_exists(notification: Notification) -> Values:
    return {
        "sign_in_button": Button("Sign in", link("account_login")),
        "forgotten_link": Link("Choose a new password", link("account_reset_password")),
    }


def changed_roles(notification: Notification) -> Values:
    change = notification.looked_up(_role_change)
    rows = [
        ("Before", holdings.in_words(change.held_before)),
        ("Now", holdings.in_words(change.held_after)),
        ("Signing in", "You can sign in" if change.may_sign_in else "You cannot sign in any more"),
        ("In effect since", formats.local_time(change.decided_at)),
    ]
    return {
        "facts": Facts(tuple(rows)),
        "sign_in_button": Button("Sign in", link("account_login")) if change.may_sign_in else None,
    }


def _role_change(notification: Notification) -> RoleChange:
    return RoleChange.objects.get(pk=notification.subject_id)


def role_changes(viewer: User, scope: str) -> list[Example]:
    in_effect = RoleChange.objects.visible_to(viewer).filter(state__in=IN_EFFECT).select_related("person")
    latest = in_effect.order_by("-decided_at", "-pk")[: wording.OFFERED]
    return [
        Example(change.pk, f"{change.person}, {formats.local_day(change.decided_at)}") for change in latest
    ]


def new_sign_in(notification: Notification) -> Values:
    return {
        "signed_in_at": formats.local_time(notification.happened_at),
        "password_button": Button("Choose a new password", link("account_reset_password")),
    }


def own_addresses(viewer: User, scope: str) -> list[Example]:
    addresses = EmailAddress.objects.filter(user=viewer).order_by("-primary", "pk")
    return [Example(address.pk, address.email) for address in addresses]


def oneself(viewer: User, scope: str) -> list[Example]:
    return [Example(viewer.pk, str(viewer))]


def own_sign_in(viewer: User, scope: str) -> list[Example]:
    """The last one, or for whoever has not signed in the moment at which they could begin to."""
    at = viewer.last_login or viewer.joined_at
    return [Example(viewer.pk, str(viewer), {"at": at.isoformat()})]


KINDS = (
    Kind(
        name="account_confirmation",
        title="Confirm your email address",
        to="whoever made an account, at the address to be confirmed",
        when="at once, when the account is made or somebody signs in with an address not confirmed",
        subject_word="email address",
        placeholders=(
            Placeholder(
                "confirm_button",
                "the link that confirms the address",
                is_block=True,
                is_required=True,
                is_secret=True,
            ),
            DAYS,
        ),
        values=confirmation,
        examples=own_addresses,
        because="You get this email because somebody gave this address on Launchpad.",
        still_true=is_unconfirmed,
        address=address_to_confirm,
        required_by="The account cannot be used before the address is confirmed.",
    ),
    Kind(
        name="password_reset",
        title="Choose a new password",
        to="the person whose account it is",
        when="at once, when somebody asks for a new password",
        subject_word="person",
        placeholders=(
            Placeholder(
                "reset_button",
                "the link to choose a password with",
                is_block=True,
                is_required=True,
                is_secret=True,
            ),
            DAYS,
        ),
        values=reset,
        examples=oneself,
        still_true=is_latest_reset,
        required_by="It is the only way back into an account.",
    ),
    Kind(
        name="account_exists",
        title="You already have an account",
        to="the person whose account it is",
        when="at once, when somebody tries to make a second account with their address",
        subject_word="person",
        placeholders=(
            Placeholder("sign_in_button", "the link to the sign-in", is_block=True, is_required=True),
            Placeholder("forgotten_link", "the link to choose a new password", is_block=True),
        ),
        values=account_exists,
        examples=oneself,
        still_true=may_sign_in,
        required_by="Its owner learns that somebody tries to use their address.",
    ),
    Kind(
        name=holdings.ROLES_CHANGED,
        title="Your roles were changed",
        to="the person whose roles they are",
        when="at once, when the change takes effect",
        subject_word="role change",
        placeholders=(
            Placeholder("facts", "a table of the roles before and now", is_block=True, is_required=True),
            Placeholder("sign_in_button", "the link to the sign-in, where they may", is_block=True),
        ),
        values=changed_roles,
        examples=role_changes,
        to_who_left=True,
        required_by="Nobody's roles change without their knowing.",
    ),
    Kind(
        name="new_sign_in",
        title="New sign-in to your account",
        to="assessors and staff",
        when="at once, when somebody signs in to their account with a browser that has not done so before",
        subject_word="person",
        placeholders=(
            Placeholder("signed_in_at", "the day and time of the sign-in"),
            Placeholder(
                "password_button", "the link to choose a new password", is_block=True, is_required=True
            ),
        ),
        values=new_sign_in,
        examples=own_sign_in,
        still_true=may_sign_in,
        required_by="It is how the owner of an account with rights learns that somebody else is using it.",
    ),
)
