from datetime import timedelta

import pytest

from accounts import composing
from accounts.models import Notification
from accounts.roles import Role
from applications import closing, closings
from applications.models import Application
from applications.workflow import Status
from tests.make import applications, competitions, people

pytestmark = pytest.mark.django_db


def closed(**fields):
    return competitions.closed_competition(**fields)


def tell(competition, after=closing.REQUEST_LIMIT) -> list[Notification]:
    closing.draw_due(at=competition.closes_at + closing.REQUEST_LIMIT)
    closings.tell(at=competition.closes_at + after)
    return list(Notification.objects.filter(kind="competition_closed"))


@pytest.mark.tells("competition_closed")
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


def test_who_became_its_staff_after_the_close_gets_no_old_news():
    here = closed()
    before, after = people.user(), people.user()
    people.give(before, Role.FUNDS, at=here.closes_at)
    people.give(after, Role.FUNDS, at=here.closes_at + timedelta(seconds=1))

    assert [row.recipient for row in tell(here, timedelta(days=1))] == [before]


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


def test_nobody_is_told_before_the_list_is_drawn():
    here = closed()
    people.manager()

    closings.tell(at=here.closes_at + timedelta(hours=1))

    assert not Notification.objects.exists()


def test_the_numbers_are_those_of_the_list_whatever_becomes_of_an_application():
    here = closed()
    people.manager()
    taken_back = applications.application(Status.SUBMITTED, here)
    [row] = tell(here)

    Application.objects.filter(pk=taken_back.pk).update(status=Status.WITHDRAWN)

    assert "Applications submitted: 1" in composing.compose(row).text


def test_an_old_close_is_no_news():
    here = closed()
    people.manager()

    assert tell(here, closings.LOOKS_BACK) == []
