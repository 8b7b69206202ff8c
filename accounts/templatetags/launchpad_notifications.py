"""What a notification is called, and what became of it, in words."""

from collections.abc import Iterable

from django import template

from accounts import mail_answers, summaries, wording
from accounts.models import Notification, OwedState
from accounts.models.notification import DELIVERED
from accounts.templatetags.launchpad_format import local_day, local_time

register = template.Library()


#: Added to the fate of a summary where it is that of what it carried.
IN_SUMMARY = " in the daily summary"

#: Of more than this it says that there are more.
COUNTED = 99


@register.simple_tag(takes_context=True)
def unread(context) -> str:
    """How many notifications the person has not opened, in one query; nothing for none."""
    user = context.get("user")
    if user is None or not user.is_authenticated:
        return ""
    some = Notification.objects.in_pages_of(user).unread()[: COUNTED + 1]
    number = some.count()
    return f"{COUNTED}+" if number > COUNTED else str(number or "")


@register.filter
def title(notification: Notification) -> str:
    """The kind, as people call it."""
    return wording.title_of(notification.kind)


@register.filter
def fate(notification: Notification) -> str:
    """What became of it: ``Sent at 2:02pm on 1 June 2026 (BST)``, ``Refused: mailbox does not exist``.

    What went into a daily summary shares the summary's fate; lists ask for that once, by ``fates``.
    """
    return fates([notification])[notification.pk]


def fates(notifications: Iterable[Notification]) -> dict[int, str]:
    """What became of each, by its id, in the same number of queries however many there are."""
    rows = list(notifications)
    summary = summaries.carriers(rows)
    return {
        row.pk: _became(summary[row.pk], IN_SUMMARY) if row.pk in summary else _became(row) for row in rows
    }


@register.filter
def with_fates(notifications: Iterable[Notification]) -> list[tuple[Notification, str]]:
    """Each with what became of it, for a list."""
    rows = list(notifications)
    became = fates(rows)
    return [(row, became[row.pk]) for row in rows]


def _became(notification: Notification, within: str = "") -> str:
    state, last_error = notification.state, notification.last_error
    if state == OwedState.DONE:
        if notification.channel == summaries.CHANNEL:
            return f"In the daily summary of {local_day(notification.finished_at)}"
        sent = f"Sent at {local_time(notification.finished_at)}{within}"
        if notification.has_failed:
            return f"{sent}, then returned: {mail_answers.in_words(notification.receipt)}"
        return f"{sent}, and delivered" if notification.receipt == DELIVERED else sent
    if state == OwedState.FAILED:
        ended, reason = mail_answers.ended_in_words(last_error)
        return f"{ended}{within}: {reason}"
    if state == OwedState.VOID:
        return "Not sent: no longer true when its turn came"
    if last_error:
        reason = mail_answers.in_words(last_error)
        return f"Not sent yet{within}: {reason}. Next try at {local_time(notification.due_at)}"
    return "Waits for the daily summary" if notification.waits else f"Being sent{within}"
