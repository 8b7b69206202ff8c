"""The one list of what people are told: every kind of notification, registered by its app at the start.

Each kind says who gets it and when, what it can name, and where its values come from. Its standing
text is ``templates/email/<name>.txt``, first line the subject; staff may set another in its place
(``accounts.rewording``). Values are looked up when the email is sent, so that nothing stale and no
secret is ever stored.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from django.template.loader import get_template

from accounts.letters import Placeholder, Values
from accounts.models import Notification, User

#: So many rows are offered to show a kind with.
OFFERED = 30


class Example(NamedTuple):
    """A real row that a kind can be shown with: its id, what people call it, the notification's facts."""

    subject_id: int
    label: str
    facts: dict = {}


class UnknownKind(LookupError):
    """No app has registered this kind of notification."""


def always(notification: Notification) -> bool:
    return True


def address_of_recipient(notification: Notification) -> str:
    return notification.recipient.email


def nothing(notifications: Sequence[Notification]) -> None:
    """What is told seldom is looked up one by one."""


def no_scope(notification: Notification) -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of notification.

    to            who gets it, and ``when``: each the end of a sentence, for people
    placeholders  what its wording can name
    values        looks the placeholders' values up; links begin with ``settings.SITE_URL``
    examples      real rows that a person may see and a scope has, to show the kind with: the latest first
    because       why somebody gets it, as its last line
    still_true    asked just before sending: where it answers no, nothing is sent
    address       for the few emails that do not go to the recipient's own address
    may_read      asked before it is sent, and before it is shown in somebody's pages, where it says what
                  is true then: whether its reader may still see what it is about
    to_who_left   it goes out though its reader may no longer sign in or see that: it tells them so
    look_up_all   looks up for many of the kind at once what the above ask for each, and keeps it in them
    scope         the code of the competition whose wording holds, where it is about one
    may_wait      whether staff and assessors may have it in their daily summary
    required_by   what law or step of the process asks for it; it then goes to everybody, at once
    is_to_reader  it goes to the recipient; else to an address that may have no account, and greets nobody:
                  the recipient is then the one who had it sent, and finds it in their pages
    """

    name: str
    title: str
    to: str
    when: str
    subject_word: str
    placeholders: tuple[Placeholder, ...]
    values: Callable[[Notification], Values]
    examples: Callable[[User, str], list[Example]]
    because: str = "You get this email because you have an account on Launchpad."
    still_true: Callable[[Notification], bool] = always
    address: Callable[[Notification], str] = address_of_recipient
    may_read: Callable[[Notification], bool] = always
    to_who_left: bool = False
    look_up_all: Callable[[Sequence[Notification]], None] = nothing
    scope: Callable[[Notification], str] = no_scope
    may_wait: bool = False
    required_by: str = ""
    is_to_reader: bool = True

    @property
    def known(self) -> dict[str, Placeholder]:
        return {placeholder.name: placeholder for placeholder in self.placeholders}

    @property
    def has_secrets(self) -> bool:
        return any(placeholder.is_secret for placeholder in self.placeholders)

    def may_be_told(self, notification: Notification) -> bool:
        """Whether it is to go out now: it is still true, and its reader may still know of it."""
        if not self.still_true(notification):
            return False
        return self.to_who_left or (notification.recipient.is_active and self.may_read(notification))

    @property
    def is_of_competition(self) -> bool:
        return self.scope is not no_scope


@dataclass(frozen=True, slots=True)
class Coming:
    """A kind whose feature does not exist yet: it is named here, and registered with its feature."""

    name: str
    title: str
    feature: str


@dataclass
class Register:
    kinds: dict[str, Kind] = field(default_factory=dict)
    coming: dict[str, Coming] = field(default_factory=dict)


_register = Register()


def register(*kinds: Kind) -> None:
    for kind in kinds:
        _register.kinds[kind.name] = kind


def expect(*coming: Coming) -> None:
    for kind in coming:
        _register.coming[kind.name] = kind


def of(name: str) -> Kind:
    try:
        return _register.kinds[name]
    except KeyError:
        raise UnknownKind(name) from None


def kinds() -> list[Kind]:
    """Every kind, in the order in which the story is told."""
    return list(_register.kinds.values())


def coming() -> list[Coming]:
    """What is still to come: a kind that has been registered since is no longer in it."""
    return [kind for kind in _register.coming.values() if kind.name not in _register.kinds]


def goes_to_recipient(name: str) -> bool:
    """Whether a kind goes to its recipient, and not to an address that they named."""
    kind = _register.kinds.get(name)
    return kind is None or kind.is_to_reader


def title_of(name: str) -> str:
    """A kind's title; of one that this release does not know, its name in words."""
    kind = _register.kinds.get(name)
    return kind.title if kind else name.replace("_", " ").capitalize()


@cache
def standing_text(name: str) -> tuple[str, str]:
    """The subject and body that hold where staff have set no others."""
    source = get_template(f"email/{name}.txt").template.source  # type: ignore[attr-defined]
    subject, _, body = source.partition("\n")
    return subject.strip(), body.strip() + "\n"
