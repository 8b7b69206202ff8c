"""What each kind of notification says: apps register their kinds here when they start.

A kind has two templates, ``templates/email/<template>.txt`` (its first line is the subject) and
``.html``. What they print is looked up when the e-mail is sent, so that nothing stale and no
secret is ever stored.
"""

from collections.abc import Callable
from dataclasses import dataclass

from accounts.models import Notification


class UnknownKind(LookupError):
    """No app has registered this kind of notification."""


def always(notification: Notification) -> bool:
    return True


def address_of_recipient(notification: Notification) -> str:
    return notification.recipient.email


@dataclass(frozen=True, slots=True)
class Wording:
    template: str
    facts: Callable[[Notification], dict]
    still_true: Callable[[Notification], bool]
    address: Callable[[Notification], str]


_wordings: dict[str, Wording] = {}


def register(
    kind: str,
    *,
    template: str,
    facts: Callable[[Notification], dict],
    still_true: Callable[[Notification], bool] = always,
    address: Callable[[Notification], str] = address_of_recipient,
) -> None:
    """Say how notifications of ``kind`` are worded.

    template    name under ``templates/email/``, without its ending
    facts       what the templates print; links begin with ``settings.SITE_URL``
    still_true  asked just before sending: where it answers no, nothing is sent
    address     for the few e-mails that do not go to the recipient's own address
    """
    _wordings[kind] = Wording(template, facts, still_true, address)


def of(kind: str) -> Wording:
    try:
        return _wordings[kind]
    except KeyError:
        raise UnknownKind(kind) from None


def kinds() -> list[str]:
    return sorted(_wordings)
