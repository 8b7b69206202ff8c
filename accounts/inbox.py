"""A person's notifications in their own pages: what each is about, what it says, read and unread."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from accounts import composing, wording
from accounts.composing import Letter
from accounts.models import Notification, User

logger = logging.getLogger(__name__)

#: What rows that notifications are about are called, by the word they name them with. Filled by the apps
#: above: of some ids, those that a person may see, each with its name.
names: dict[str, Callable[[User, Iterable[int]], dict[int, str]]] = {}


def mark_read(notification: Notification, *, at: datetime) -> None:
    Notification.objects.unread().filter(pk=notification.pk).update(read_at=at)


def settle(kind: str, subject_id: int, *, at: datetime) -> None:
    """Mark as read what asked for something that is done now."""
    Notification.objects.unread().filter(kind=kind, subject_id=subject_id).update(read_at=at)


def mark_all_read(person: User, *, at: datetime) -> int:
    return Notification.objects.in_pages_of(person).unread().update(read_at=at)


def named(notifications: Iterable[Notification], person: User) -> dict[int, str]:
    """What each of them is about, by its id, in one query for each kind of row."""
    by_word: dict[str, dict[int, list[int]]] = {}
    for one in notifications:
        by_word.setdefault(one.subject_word, {}).setdefault(one.subject_id, []).append(one.pk)
    return {
        pk: name
        for word, subjects in by_word.items()
        if word in names
        for subject_id, name in names[word](person, subjects).items()
        for pk in subjects[subject_id]
    }


def read(notification: Notification) -> Letter | None:
    """What it says now, without secrets; None where its reader may not see that any more, or it is gone."""
    try:
        if not wording.of(notification.kind).may_read(notification):
            return None
        return composing.compose(notification)
    except Exception:
        # Whatever the row it was about has become since: the reader is told that it is gone.
        logger.info("notification cannot be shown any more", extra={"notification": notification.pk})
        return None
