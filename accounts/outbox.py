"""Where every notification begins: as a row, in the transaction of what it tells about."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import islice
from urllib.parse import urlsplit

from django.conf import settings

from accounts import audit, wording
from accounts.models import Notification, User
from accounts.schedules import Daily

#: When the daily summaries are made. What none has taken so long afterwards goes by itself.
SUMMARIES, GOES_ALONE_AFTER = Daily(time(8)), timedelta(hours=2)

#: Rows a statement takes.
BATCH = 500


@dataclass(frozen=True, slots=True)
class Post:
    """One person to be told, where many are told the same; the fields are those of ``post``."""

    to: User
    subject_id: int
    cause: str
    facts: dict = field(default_factory=dict)


def post(
    kind: str,
    *,
    to: User,
    subject_word: str,
    subject_id: int,
    cause: str,
    at: datetime,
    facts: dict | None = None,
) -> Notification | None:
    """Owe ``to`` a notification; the relay sees to the rest once the caller's transaction commits.

    cause  names the one event that it tells this person of, such as "application 17 submitted:
           person 4". Posting the same cause again changes nothing and returns None.
    facts  ids and references only. Names, links and secrets are looked up when it is sent.

    Raises UnknownKind for a kind that no app has registered.
    """
    wording.of(kind)
    notification = _owed(kind, subject_word, Post(to, subject_id, cause, facts or {}), at)
    # ON CONFLICT DO NOTHING, since an error would spoil the caller's transaction. It does not
    # say whether the row went in; the message id, which is new each time, does.
    Notification.objects.bulk_create([notification], ignore_conflicts=True)
    return Notification.objects.filter(message_id=notification.message_id).first()


def post_all(kind: str, posts: Iterable[Post], *, subject_word: str, at: datetime) -> int:
    """Owe many people a notification of one kind, in few statements; return how many were new."""
    return sum(
        Notification.objects.filter(message_id__in=[row.message_id for row in batch]).count()
        for batch in _owed_in_batches(kind, subject_word, posts, at)
    )


def owe_all(kind: str, posts: Iterable[Post], *, subject_word: str, at: datetime) -> int:
    """As ``post_all``, without asking the database how many were new: return how many are owed."""
    return sum(len(batch) for batch in _owed_in_batches(kind, subject_word, posts, at))


def _owed_in_batches(
    kind: str, subject_word: str, posts: Iterable[Post], at: datetime
) -> Iterator[list[Notification]]:
    wording.of(kind)
    remaining = iter(posts)
    while batch := [_owed(kind, subject_word, post, at) for post in islice(remaining, BATCH)]:
        Notification.objects.bulk_create(batch, ignore_conflicts=True)
        yield batch


def _owed(kind: str, subject_word: str, post: Post, at: datetime) -> Notification:
    waits = wording.of(kind).may_wait and post.to.wants_summary
    return Notification(
        kind=kind,
        recipient=post.to,
        subject_word=subject_word,
        subject_id=post.subject_id,
        cause=post.cause,
        facts=post.facts,
        message_id=new_message_id(),
        created_at=at,
        # What somebody has done themself is no news to them; the email goes all the same.
        read_at=at if post.to == audit.doer() else None,
        waits=waits,
        due_at=SUMMARIES.following(at) + GOES_ALONE_AFTER if waits else at,
    )


def new_message_id() -> str:
    """The Message-ID that an email keeps on every try, so that a second copy is known for one."""
    return f"<{uuid.uuid4()}@{urlsplit(settings.SITE_URL).hostname}>"
