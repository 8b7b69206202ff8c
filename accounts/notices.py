"""The notifications about an account itself. Their links are made here, at the last moment."""

from allauth.account import app_settings
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from accounts import wording
from accounts.models import Notification


def register() -> None:
    wording.register(
        "account_confirmation",
        template="account_confirmation",
        facts=confirmation_facts,
        still_true=is_unconfirmed,
        address=address_to_confirm,
    )
    wording.register("password_reset", template="password_reset", facts=reset_facts, still_true=may_sign_in)
    wording.register("account_exists", template="account_exists", facts=exists_facts, still_true=may_sign_in)


def link(name: str, **arguments) -> str:
    return settings.SITE_URL + reverse(name, kwargs=arguments)


def address_to_confirm(notification: Notification) -> str:
    return EmailAddress.objects.get(pk=notification.subject_id).email


def is_unconfirmed(notification: Notification) -> bool:
    return EmailAddress.objects.filter(
        pk=notification.subject_id, user=notification.recipient_id, verified=False
    ).exists()


def confirmation_facts(notification: Notification) -> dict:
    confirmation = EmailConfirmationHMAC(EmailAddress.objects.get(pk=notification.subject_id))
    return {
        "confirm_url": link("account_confirm_email", key=confirmation.key),
        "days": app_settings.EMAIL_CONFIRMATION_EXPIRE_DAYS,
    }


def may_sign_in(notification: Notification) -> bool:
    return notification.recipient.is_active


def reset_facts(notification: Notification) -> dict:
    person = notification.recipient
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(person)
    uid = user_pk_to_url_str(person)
    return {
        "reset_url": link("account_reset_password_from_key", uidb36=uid, key=token),
        "days": settings.PASSWORD_RESET_TIMEOUT // (24 * 60 * 60),
    }


def exists_facts(notification: Notification) -> dict:
    return {"sign_in_url": link("account_login"), "forgotten_url": link("account_reset_password")}
