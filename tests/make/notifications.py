"""Notifications as the relay leaves them for a worker."""

from datetime import timedelta
from itertools import count

from accounts import outbox
from accounts.models import Notification
from tests.make import people
from tests.make.times import NOON

LEASE = timedelta(minutes=3)
_numbers = count(1)


def leased(at=NOON, **fields) -> Notification:
    person = people.user(**fields)
    notification = outbox.post(
        "account_exists",
        to=person,
        subject_word="person",
        subject_id=person.pk,
        cause=f"found {next(_numbers)}",
        at=NOON,
    )
    Notification.objects.lease(at, LEASE)
    return notification
