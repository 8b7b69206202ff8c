"""Sending a failed notification once more: decided by a person, who says why."""

import logging
from collections.abc import Iterable
from datetime import datetime

from accounts import audit, outbox
from accounts.models import Notification, User
from accounts.refusals import Refusal
from accounts.roles import Role

logger = logging.getLogger(__name__)

#: Who may have a failed notification sent again: that of a region's cases, for their regions, or any.
SENDERS = frozenset({Role.MANAGER, Role.FUNDS})

#: With those who may what is about nobody's cases: who has all managers for regions has nobody else.
SOME_SENDERS = SENDERS | {Role.ADMINISTRATOR}


class SendingAgainRefused(Refusal):
    """Nothing is sent again; the message says why."""


class NotASender(SendingAgainRefused):
    """Only those who answer for a competition or its money send again; administrators, what is about none."""


class ReasonMissing(SendingAgainRefused):
    """Nobody sends again without saying why."""


class HasNotFailed(SendingAgainRefused):
    """It was sent, is still to be sent, or is no longer true."""


class SentAgainAlready(SendingAgainRefused):
    """Somebody was first; ``follower`` is the row they made."""

    def __init__(self, follower: Notification):
        super().__init__(f"This was sent again already, as number {follower.pk}.")
        self.follower = follower


def may_be_sent_by(person: User):
    """The notifications that this person may have sent again once they have failed."""
    rows = Notification.objects.handled_by(person, SENDERS)
    return rows | Notification.objects.of_no_region() if Role.ADMINISTRATOR in person.roles else rows


@audit.action("send notification again")
def send_again(notification: Notification, *, reason: str, by: User, at: datetime) -> Notification:
    """Owe the same person the same once more, as a new row that names the failed one.

    The failed row stays as it ended. What the email says is looked up anew, and whether it is still
    true is asked again. Locks the failed row, so that two who press at once make one.

    Raises a kind of SendingAgainRefused and writes nothing.
    """
    [outcome] = _again([notification.pk], reason, by, at)
    if isinstance(outcome, SendingAgainRefused):
        raise outcome
    audit.note(after={"again of": notification.pk}, reason=outcome.again_reason)
    return outcome


@audit.action("send notifications again")
def send_all_again(
    notifications: Iterable[Notification], *, reason: str, by: User, at: datetime
) -> list[tuple[int, Notification | SendingAgainRefused]]:
    """The same for many, in as many statements as for one.

    Returns each one's id with its new row, or with why there is none.

    Raises ReasonMissing, and writes nothing.
    """
    ids = sorted(notification.pk for notification in notifications)
    outcomes = _again(ids, reason, by, at)
    done = {
        str(pk): outcome.pk
        for pk, outcome in zip(ids, outcomes, strict=True)
        if isinstance(outcome, Notification)
    }
    audit.note(after={"again of": done}, reason=" ".join(reason.split()))
    return list(zip(ids, outcomes, strict=True))


def _again(ids: list[int], reason: str, by: User, at: datetime) -> list[Notification | SendingAgainRefused]:
    """For each id the row that follows it, or the refusal."""
    if not (reason := " ".join(reason.split())):
        raise ReasonMissing("Say why it is sent again.")
    handled = set(may_be_sent_by(by).filter(pk__in=ids).values_list("pk", flat=True))
    locked = {
        row.pk: row for row in Notification.objects.filter(pk__in=ids).order_by("pk").select_for_update()
    }
    followed = {row.again_of_id: row for row in Notification.objects.filter(again_of__in=ids)}
    outcomes = [_outcome(locked.get(pk), pk in handled, followed.get(pk), reason, by, at) for pk in ids]
    new = [outcome for outcome in outcomes if isinstance(outcome, Notification)]
    for row in Notification.objects.bulk_create(new):
        logger.info("notification was sent again", extra={"notification": row.again_of_id, "again": row.pk})
    return outcomes


def _outcome(
    failed: Notification | None,
    is_handled: bool,
    follower: Notification | None,
    reason: str,
    by: User,
    at: datetime,
) -> Notification | SendingAgainRefused:
    if failed is None or not is_handled:
        return NotASender(
            "Only a competition manager or a fund manager may send this again, or an administrator where "
            "it is about no application, competition or money."
        )
    if follower is not None:
        return SentAgainAlready(follower)
    if not failed.has_failed:
        return HasNotFailed("Only what has failed can be sent again.")
    return Notification(
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
