"""Several notifications that one worker sends one after the other."""

from datetime import timedelta

import pytest

from accounts import delivery
from accounts.models import Notification, OwedState
from tests.make.notifications import leased
from tests.make.times import NOON

pytestmark = pytest.mark.django_db


def test_several_are_looked_up_together_and_claimed_one_by_one(sink, django_assert_num_queries):
    ids = [leased(email=f"reader{number}@example.com").pk for number in range(5)]

    # Readers with their roles, the rows and the wording; then claim and done for each.
    with django_assert_num_queries(4 + 5 * 2):
        delivery.deliver(ids, at=NOON)

    assert [message["To"] for message in sink.received] == [
        f"reader{number}@example.com" for number in range(5)
    ]


def test_of_several_the_one_that_another_worker_has_is_passed_over(sink):
    first, second, third = leased(), leased(), leased()
    Notification.objects.claim(second.pk, at=NOON)

    delivery.deliver([first.pk, second.pk, third.pk], at=NOON)

    assert [message["Message-ID"] for message in sink.received] == [first.message_id, third.message_id]


def test_what_a_slow_server_leaves_no_time_for_is_given_back_and_counts_against_nobody(sink, monkeypatch):
    ids = [leased().pk for _ in range(3)]
    monkeypatch.setattr(delivery, "LONGEST_ROUND", timedelta(seconds=0.2))
    sink.wait(0.3)

    delivery.deliver(ids, at=NOON)

    rows = Notification.objects.filter(pk__in=ids).order_by("pk")
    assert [(row.state, row.tries, row.workers_lost) for row in rows] == [
        (OwedState.DONE, 1, 0),
        (OwedState.WAITING, 0, 0),
        (OwedState.WAITING, 0, 0),
    ]
    assert {row.due_at for row in rows} == {NOON}
