"""What counts as received: what stood submitted at the close."""

from datetime import timedelta

import pytest

from applications.models import Application, StatusChange
from applications.workflow import Status
from tests.make import applications as make
from tests.make import people
from tests.make.times import DAY

pytestmark = pytest.mark.django_db

INSTANT = timedelta(microseconds=1)


def withdrawn(*, after_close: timedelta, **fields) -> Application:
    made = make.application(Status.WITHDRAWN, **fields)
    StatusChange.objects.create(
        application=made,
        before=Status.SUBMITTED,
        after=Status.WITHDRAWN,
        made_by=people.manager(),
        made_at=made.competition.closes_at + after_close,
    )
    return made


def is_received(application: Application) -> bool:
    return Application.objects.received().filter(pk=application.pk).exists()


def test_an_application_withdrawn_before_the_close_was_not_received():
    assert not is_received(withdrawn(after_close=-INSTANT))


@pytest.mark.parametrize("after_close", [timedelta(0), INSTANT, 30 * DAY])
def test_an_application_withdrawn_at_the_close_or_later_was_received(after_close):
    assert is_received(withdrawn(after_close=after_close))


def test_a_reopened_application_is_not_received_until_it_is_submitted_again():
    assert not is_received(make.application(Status.DRAFT))

    again = withdrawn(after_close=-3 * DAY)
    again.status, again.submitted_at = Status.SUBMITTED, again.competition.closes_at - DAY
    again.save()
    assert is_received(again)


def test_a_withdrawn_draft_was_never_received():
    assert not is_received(withdrawn(after_close=DAY, submitted_at=None, submitted_by=None))


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.DRAFT, Status.WITHDRAWN}))
def test_whatever_was_decided_later_it_was_received(status):
    assert is_received(make.application(status))
