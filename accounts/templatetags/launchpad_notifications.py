"""What a notification is called, and what became of it, in words."""

from django import template

from accounts import mail_answers
from accounts.models import Notification, OwedState
from accounts.templatetags.launchpad_format import local_time

register = template.Library()

#: What a carrier that reports back said in the end.
REPORTED = {
    "delivered": ", and delivered",
    "permanent-failure": ", then returned: mailbox does not exist",
    "temporary-failure": ", then returned: mailbox could not be reached for three days",
    "technical-failure": ", then lost between mail servers",
}


@register.filter
def title(notification: Notification) -> str:
    """The kind for people: ``assessment_given`` is "Assessment given"."""
    return notification.kind.replace("_", " ").capitalize()


@register.filter
def fate(notification: Notification) -> str:
    """What became of it: ``Sent at 2:02pm on 1 June 2026 (BST)``, ``Refused: mailbox does not exist``."""
    state = notification.state
    if state == OwedState.DONE:
        return f"Sent at {local_time(notification.finished_at)}{REPORTED.get(notification.receipt, '')}"
    if state == OwedState.FAILED:
        return f"Refused: {mail_answers.in_words(notification.last_error)}"
    if state == OwedState.VOID:
        return "Not sent: no longer true when its turn came"
    if notification.last_error:
        reason = mail_answers.in_words(notification.last_error)
        return f"Not sent yet: {reason}. Next try at {local_time(notification.due_at)}"
    return "Being sent"
