"""What a notification is called, and what became of it, in words."""

from django import template

from accounts import mail_answers, summaries, wording
from accounts.models import Notification, OwedState
from accounts.models.notification import DELIVERED
from accounts.templatetags.launchpad_format import local_day, local_time

register = template.Library()


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
    """What became of it: ``Sent at 2:02pm on 1 June 2026 (BST)``, ``Refused: mailbox does not exist``."""
    state = notification.state
    if state == OwedState.DONE:
        if notification.channel == summaries.CHANNEL:
            return f"In the daily summary of {local_day(notification.finished_at)}"
        sent = f"Sent at {local_time(notification.finished_at)}"
        if notification.has_failed:
            return f"{sent}, then returned: {mail_answers.in_words(notification.receipt)}"
        return f"{sent}, and delivered" if notification.receipt == DELIVERED else sent
    if state == OwedState.FAILED:
        return f"Refused: {mail_answers.in_words(notification.last_error)}"
    if state == OwedState.VOID:
        return "Not sent: no longer true when its turn came"
    if notification.last_error:
        reason = mail_answers.in_words(notification.last_error)
        return f"Not sent yet: {reason}. Next try at {local_time(notification.due_at)}"
    return "Waits for the daily summary" if notification.waits else "Being sent"
