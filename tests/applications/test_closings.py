from datetime import timedelta

import pytest

from accounts import composing
from accounts.models import Notification
from accounts.roles import Role
from applications import closings
from applications.models import Competition
from applications.workflow import Status
from tests.make import applications, competitions, people
from tests.make.times import NOON

pytestmark = pytest.mark.django_db


def closed(**fields):
    return competitions.closed_competition(**fields)


def tell(competition, after=closings.LONGEST_REQUEST) -> list[Notification]:
    closings.tell(at=competition.closes_at + after)
    return list(Notification.objects.filter(kind="competition_closed"))


def test_managers_and_fund_managers_of_the_region_are_told_once():
    here = closed()
    elsewhere = competitions.region("TV", "Tees Valley")
    told = {people.manager(), people.user(Role.FUNDS, region=here.region)}
    people.user(Role.MANAGER, region=elsewhere)
    people.user(Role.APPROVER)

    tell(here)
    rows = tell(here, timedelta(hours=1))

    assert {row.recipient for row in rows} == told
    assert len(rows) == 2


def test_the_numbers_are_those_of_what_came_in():
    here = closed()
    manager = people.manager()
    applications.application(Status.SUBMITTED, here)
    applications.application(Status.SUBMITTED, here)
    applications.application(Status.DRAFT, here)

    [row] = tell(here)

    text = composing.compose(row).text
    assert row.recipient == manager
    assert "Applications submitted: 2" in text
    assert "Drafts that were not submitted: 1" in text
    assert "Grant asked for: £112,000" in text


def test_nobody_is_told_while_a_request_may_still_be_under_way():
    here = closed()
    people.manager()

    assert tell(here, closings.LONGEST_REQUEST - timedelta(seconds=1)) == []


def test_an_old_close_is_no_news():
    here = closed()
    people.manager()

    assert tell(here, closings.LOOKS_BACK) == []


def test_a_close_that_was_moved_on_is_no_longer_true():
    here = closed()
    people.manager()
    [row] = tell(here)
    kind = composing.wording.of(row.kind)

    before = kind.still_true(Notification.objects.get(pk=row.pk))
    Competition.objects.filter(pk=here.pk).update(closes_at=NOON + timedelta(days=30))

    assert (before, kind.still_true(Notification.objects.get(pk=row.pk))) == (True, False)
