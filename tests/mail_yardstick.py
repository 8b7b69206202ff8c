"""A Celery application whose one task only sends an e-mail: what a notification's rate is held against.

Nothing is written down, so whatever happens to the worker loses mail. Run as
``celery --app tests.mail_yardstick worker`` with the product's own broker and mail settings.
"""

import django
from celery import Celery

django.setup()

from django.conf import settings  # noqa: E402
from django.core.mail import EmailMultiAlternatives, get_connection  # noqa: E402

app = Celery("yardstick", broker=settings.CELERY_BROKER_URL)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.task_default_queue = "yardstick"

kept = get_connection()


def message(number: int) -> EmailMultiAlternatives:
    text = f"Number {number}.\n\n" + "A line of an ordinary length, such as an e-mail is made of.\n" * 20
    made = EmailMultiAlternatives(f"Number {number}", text, to=[f"reader{number}@example.com"])
    made.attach_alternative(f"<html><body><p>{text}</p></body></html>", "text/html")
    return made


@app.task
def send_reconnecting(number: int) -> None:
    message(number).send()


@app.task
def send_kept(number: int) -> None:
    kept.open()
    kept.send_messages([message(number)])
