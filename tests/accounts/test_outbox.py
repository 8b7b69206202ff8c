import pytest
from django.db import transaction

from accounts import outbox, wording
from accounts.models import Notification, OwedState
from tests.make import people
from tests.make.times import NOON

pytestmark = pytest.mark.django_db


def post(to, cause="their account was found", kind="account_exists"):
    return outbox.post(kind, to=to, subject_word="person", subject_id=to.pk, cause=cause, at=NOON)


def test_a_post_is_a_row_that_is_due_at_once():
    person = people.user()

    notification = post(person)

    notification.refresh_from_db()
    assert notification.state == OwedState.WAITING
    assert notification.due_at == NOON
    assert notification.recipient == person
    assert notification.tries == 0


def test_the_same_cause_is_told_once():
    person = people.user()

    first, second = post(person), post(person)

    assert first is not None
    assert second is None
    assert Notification.objects.count() == 1


def test_two_causes_are_two_notifications_with_message_ids_of_their_own():
    person = people.user()

    first, second = post(person), post(person, cause="their account was found again")

    assert first.message_id != second.message_id


def test_a_transaction_that_fails_owes_nothing():
    person = people.user()

    with pytest.raises(RuntimeError), transaction.atomic():
        post(person)
        raise RuntimeError

    assert not Notification.objects.exists()


def test_a_kind_that_nobody_registered_is_refused_before_anything_is_written():
    person = people.user()

    with pytest.raises(wording.UnknownKind):
        post(person, kind="no_such_kind")

    assert not Notification.objects.exists()
