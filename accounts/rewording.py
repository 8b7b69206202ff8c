"""Setting what a kind of notification says, for all or for one competition. Every version is kept."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from accounts import audit, letters, wording
from accounts.models import User, WordingVersion
from accounts.refusals import Refusal, RoleMissing
from accounts.roles import Role
from accounts.wording import Kind

logger = logging.getLogger(__name__)

EDITORS = frozenset({Role.MANAGER})

#: For all competitions.
ALL = ""

LONGEST_BODY = 10_000

#: Filled by the apps above: what a person may set a wording for, as (code, name).
scopes: list[Callable[[User], Iterable[tuple[str, str]]]] = []


class RewordingRefused(Refusal):
    """The wording stays as it is; the message says why."""


class NotAnEditor(RewordingRefused, RoleMissing):
    """Only a competition manager sets what is written, and only for what they see."""


class FaultyWording(RewordingRefused):
    """``found`` has the field and a sentence for each thing that is wrong."""

    def __init__(self, found: list[tuple[str, str]]):
        super().__init__(" ".join(sentence for _, sentence in found))
        self.found = found


class ChangedMeanwhile(RewordingRefused):
    """Somebody set another version after this one was read; ``current`` is theirs."""

    def __init__(self, current: WordingVersion):
        super().__init__("Somebody set another wording after you opened this page.")
        self.current = current


@dataclass(frozen=True, slots=True)
class Wording:
    """What holds now. ``version`` is None for the standing text; ``number`` is the last one of the scope."""

    subject: str
    body: str
    version: WordingVersion | None = None
    number: int = 0


def current(kind: Kind, scope: str = ALL) -> Wording:
    """What holds for a scope: its own wording, else that for all, else the standing text."""
    found = {version.scope: version for version in WordingVersion.objects.current(kind.name, scope, ALL)}
    number = found[scope].number if scope in found else 0
    for version in (found.get(scope), found.get(ALL)):
        if version is None or version.is_taken_back:
            continue
        if not any(letters.faults(version.subject, version.body, kind.known)):
            return Wording(version.subject, version.body, version, number)
        # Set under a release that knew other placeholders.
        logger.error("wording does not fit its kind", extra={"kind": kind.name, "version": version.pk})
    return Wording(*wording.standing_text(kind.name), number=number)


class Wordings:
    """What holds, asked for once however many are put in it: for a run of notifications sent together."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Wording] = {}

    def current(self, kind: Kind, scope: str = ALL) -> Wording:
        key = kind.name, scope
        if key not in self._found:
            self._found[key] = current(kind, scope)
        return self._found[key]


@audit.action("set wording")
def save(
    kind: Kind, subject: str, body: str, *, scope: str = ALL, seen: int, by: User, at: datetime
) -> WordingVersion:
    """Make this what the kind says, from the next email on.

    seen  the scope's number when the text was read: 0 where it had none

    Raises NotAnEditor, FaultyWording or ChangedMeanwhile and writes nothing.
    """
    subject, body = checked(kind, subject, body, scope=scope, by=by)
    return _next(kind, scope, subject, body, seen=seen, by=by, at=at)


@audit.action("put wording back")
def put_back(version: WordingVersion, *, seen: int, by: User, at: datetime) -> WordingVersion:
    """Make an older version hold again, as a new one. Raises what ``save`` does."""
    kind = wording.of(version.kind)
    audit.note(after={"put back": version.number})
    if version.is_taken_back:
        return take_back(kind, scope=version.scope, seen=seen, by=by, at=at)
    return save(kind, version.subject, version.body, scope=version.scope, seen=seen, by=by, at=at)


def checked(kind: Kind, subject: str, body: str, *, scope: str, by: User) -> tuple[str, str]:
    """The wording as it is kept. Raises NotAnEditor or FaultyWording."""
    _check_editor(by, scope)
    subject, body = tidied(subject, body)
    if found := faults(kind, subject, body, scope):
        raise FaultyWording(found)
    return subject, body


def tidied(subject: str, body: str) -> tuple[str, str]:
    return " ".join(subject.split()), body.replace("\r\n", "\n").strip() + "\n"


def may_edit(person: User, scope: str) -> bool:
    try:
        _check_editor(person, scope)
    except NotAnEditor:
        return False
    return True


@audit.action("take wording back")
def take_back(kind: Kind, *, scope: str = ALL, seen: int, by: User, at: datetime) -> WordingVersion:
    """Let the wording before hold again: that for all, or the standing text."""
    _check_editor(by, scope)
    return _next(kind, scope, "", "", seen=seen, by=by, at=at)


def scopes_for(person: User) -> dict[str, str]:
    """What this person may set a wording for: code and name, without the one for all."""
    return {code: name for offer in scopes for code, name in offer(person)}


def _check_editor(by: User, scope: str) -> None:
    held = by.roles if scope else by.roles_in(None)
    if not held & EDITORS:
        raise NotAnEditor(f"Only a {Role.MANAGER} may change what is written.")
    if scope and scope not in scopes_for(by):
        raise NotAnEditor("There is no such competition among yours.")


def faults(kind: Kind, subject: str, body: str, scope: str) -> list[tuple[str, str]]:
    found = list(letters.faults(subject, body, kind.known))
    if not subject:
        found.append(("subject", "Enter the subject."))
    if len(subject) > letters.LONGEST_SUBJECT:
        found.append(("subject", f"The subject may have up to {letters.LONGEST_SUBJECT} characters."))
    if not body.strip():
        found.append(("body", "Enter the text."))
    if len(body) > LONGEST_BODY:
        found.append(("body", f"The text may have up to {LONGEST_BODY:,} characters."))
    if scope and not kind.is_of_competition:
        found.append(("body", "This is not about one competition, so it is worded for all alike."))
    return found


def _next(kind: Kind, scope: str, subject: str, body: str, *, seen: int, by: User, at: datetime):
    last = WordingVersion.objects.filter(kind=kind.name, scope=scope).order_by("-number").first()
    number = last.number if last else 0
    if number != seen:
        raise ChangedMeanwhile(last)
    made, is_new = WordingVersion.objects.get_or_create(
        kind=kind.name,
        scope=scope,
        number=number + 1,
        defaults={"subject": subject, "body": body, "made_by": by, "made_at": at},
    )
    if not is_new:
        raise ChangedMeanwhile(made)
    audit.note(after={"kind": kind.name, "scope": scope, "number": made.number})
    logger.info("wording was set", extra={"kind": kind.name, "scope": scope, "number": made.number})
    return made
