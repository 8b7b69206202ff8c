"""Where every notification begins: as a row, in the transaction of what it tells about."""

import uuid
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings

from accounts import wording
from accounts.models import Notification, User


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
    message_id = new_message_id()
    notification = Notification(
        kind=kind,
        recipient=to,
        subject_word=subject_word,
        subject_id=subject_id,
        cause=cause,
        facts=facts or {},
        message_id=message_id,
        created_at=at,
        due_at=at,
    )
    # ON CONFLICT DO NOTHING, since an error would spoil the caller's transaction. It does not
    # say whether the row went in; the message id, which is new each time, does.
    Notification.objects.bulk_create([notification], ignore_conflicts=True)
    return Notification.objects.filter(message_id=message_id).first()


def new_message_id() -> str:
    """The Message-ID that an e-mail keeps on every try, so that a second copy is known for one."""
    return f"<{uuid.uuid4()}@{urlsplit(settings.SITE_URL).hostname}>"
