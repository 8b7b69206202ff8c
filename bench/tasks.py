"""The yardstick of notifications: a Celery task that sends an email of the same size and does no more."""

from celery import shared_task
from django.core.mail import EmailMultiAlternatives, get_connection

#: As long as a notification of one paragraph, in its two parts.
TEXT = "A line of sixty letters that stands for the words of a letter.\n" * 9
HTML = '<p style="margin: 0 0 16px">A line that stands for words.</p>' * 42

_kept: dict = {}


@shared_task
def send_only(number: int) -> None:
    """Send it over one connection for each worker, opened with the first."""
    if "line" not in _kept:
        _kept["line"] = get_connection()
        _kept["line"].open()
    message = EmailMultiAlternatives(
        f"Notification {number}", TEXT, to=[f"reader{number}@example.com"], connection=_kept["line"]
    )
    message.attach_alternative(HTML, "text/html")
    message.send()
