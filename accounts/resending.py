"""Sending a failed notification once more: decided by a person, who says why."""

import logging
from datetime import datetime

from accounts import audit, outbox
from accounts.models import Notification, User
from accounts.refusals import Refusal
from accounts.roles import Role

logger = logging.getLogger(__name__)

#: Who may have a failed notification sent again.
SENDERS = frozenset({Role.MANAGER, Role.FUNDS})


class SendingAgainRefused(Refusal):
    """Nothing is sent again; the message says why."""


class NotASender(SendingAgainRefused):
    """Only those who answer for a competition or its money send again."""


class ReasonMissing(SendingAgainRefused):
    """Nobody sends again without saying why."""


class HasNotFailed(SendingAgainRefused):
    """It was sent, is still to be sent, or is no longer true."""


class SentAgainAlready(SendingAgainRefused):
    """Somebody was first; ``follower`` is the row they made."""

    def __init__(self, follower: Notification):
        super().__init__(f"This was sent again already, as number {follower.pk}.")
        self.follower = follower


@audit.action("send notification again")
def send_again(notification: Notification, *, reason: str, by: User, at: datetime) -> Notification:
    """Owe the same person the same once more, as a new row that names the failed one.

    The failed row stays as it ended. What the email says is looked up anew, and whether it is still
    true is asked again. Locks the failed row, so that two who press at once make one.

    Raises a kind of SendingAgainRefused and writes nothing.
    """
    if not Notification.objects.handled_by(by, SENDERS).filter(pk=notification.pk).exists():
        raise NotASender("Only a competition manager or a fund manager may send this again.")
    if not (reason := " ".join(reason.split())):
        raise ReasonMissing("Say why it is sent again.")
    failed = Notification.objects.select_for_update().get(pk=notification.pk)
    if follower := Notification.objects.filter(again_of=failed).first():
        raise SentAgainAlready(follower)
    if not failed.has_failed:
        raise HasNotFailed("Only what has failed can be sent again.")
    again = Notification.objects.create(
        kind=failed.kind,
        recipient_id=failed.recipient_id,
        subject_word=failed.subject_word,
        subject_id=failed.subject_id,
        facts=failed.facts,
        cause=f"notification {failed.pk} sent again",
        message_id=outbox.new_message_id(),
        created_at=at,
        due_at=at,
        again_of=failed,
        again_by=by,
        again_reason=reason[:2000],
    )
    audit.note(after={"again of": failed.pk}, reason=reason)
    logger.info("notification was sent again", extra={"notification": failed.pk, "again": again.pk})
    return again
