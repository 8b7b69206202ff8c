"""What somebody finds under "Your applications": what is in hand, what is left, and by when."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts import clock, inbox
from accounts.formats import time_left
from accounts.models import Notification
from applications import drafting, submission
from applications.models import Application, Competition
from applications.workflow import Status
from tests.make import applications, competitions, organisations, people
from tests.make.times import NOON

pytestmark = pytest.mark.django_db

ADDRESS = "/applications/"


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=32, hours=5), "32 days"),
        (timedelta(days=3, hours=4, minutes=59), "3 days and 4 hours"),
        (timedelta(days=1), "1 day"),
        (timedelta(hours=23, minutes=59, seconds=59), "23 hours and 59 minutes"),
        (timedelta(hours=1, minutes=1), "1 hour and 1 minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(0), "less than a minute"),
    ],
)
def test_time_left_never_says_more_than_there_is(left, words):
    assert time_left(NOON + left, NOON) == words


def test_time_left_counts_the_hour_that_the_clocks_take():
    """From 11am on Saturday to 11am on the Sunday on which they go forward: 23 hours."""
    saturday, sunday = datetime(2027, 3, 27, 11, tzinfo=UTC), datetime(2027, 3, 28, 10, tzinfo=UTC)

    assert time_left(sunday, saturday) == "23 hours"


@pytest.fixture
def organisation():
    return organisations.organisation()


@pytest.fixture
def person(client, organisation):
    person = people.member(organisation)
    client.force_login(person)
    return person


def test_a_draft_says_how_far_it_is_and_what_is_left(client, organisation, person):
    within = competitions.open_now()
    draft = applications.complete_draft(within, organisation, by=person, at=clock.now())
    drafting.reopen_section(draft, "risks", by=person, at=clock.now())
    drafting.reopen_section(draft, "costs", by=person, at=clock.now())

    text = client.get(ADDRESS).text

    assert "16 of 18 sections complete (88%)" in text
    assert "2 sections left to do" in text
    assert f'href="/applications/{draft.reference}/answers/risks/"' in text
    assert f'href="/applications/{draft.reference}/costs/"' in text
    assert f'href="/applications/{draft.reference}/details/"' not in text


def test_a_draft_with_nothing_left_leads_to_its_submission(client, organisation, person):
    draft = applications.complete_draft(competitions.open_now(), organisation, by=person, at=clock.now())

    text = client.get(ADDRESS).text

    assert "18 of 18 sections complete (100%)" in text
    assert f'href="/applications/{draft.reference}/check/"' in text


def test_the_next_close_is_told_with_the_time_that_is_left(client, organisation, person):
    now = clock.now()
    for days in (9, 2):
        within = competitions.open_now(title=f"In {days}", closes_at=now + timedelta(days=days, minutes=5))
        applications.draft(within, organisation, by=person, at=now)
    past = competitions.open_now(title="Past")
    applications.draft(past, organisation, by=person, at=now)
    Competition.objects.filter(pk=past.pk).update(closes_at=now)

    text = client.get(ADDRESS).text

    assert "Next to close: <strong>In 2</strong>" in text
    assert "By our clock that leaves you <strong>2 days</strong>." in text
    assert "Not submitted in time" in text


def test_what_is_not_read_yet_is_named_until_it_is_read(client, organisation, person):
    colleague = people.member(organisation)
    entry = applications.complete_draft(competitions.open_now(), organisation, by=colleague, at=clock.now())
    submission.submit(entry, by=colleague, at=clock.now())
    [told] = Notification.objects.in_pages_of(person)
    before = client.get(ADDRESS).text

    inbox.mark_read(told, at=clock.now())

    assert "Not read yet" in before and f'href="/account/notifications/{told.pk}/"' in before
    assert "Not read yet" not in client.get(ADDRESS).text


def test_what_somebody_did_themself_is_no_news_to_them(client, organisation, person):
    applications.draft(competitions.open_now(), organisation, by=person, at=clock.now())

    [told] = Notification.objects.in_pages_of(person)

    assert told.read_at is not None and told.state == "waiting"
    assert "Not read yet" not in client.get(ADDRESS).text


def test_feedback_is_offered_once_it_is_released(client, organisation, person):
    made = applications.application(Status.UNSUCCESSFUL, organisation=organisation, by=person)
    before = client.get(ADDRESS).text
    Application.objects.filter(pk=made.pk).update(released_at=made.submitted_at)

    after = client.get(ADDRESS).text

    assert "what the assessors wrote" not in before and "Decided" not in before
    assert "Read the decision and what the assessors wrote" in after


def test_as_many_queries_whatever_is_in_hand(client, organisation, person, django_assert_num_queries):
    now = clock.now()

    def more():
        within = competitions.open_now()
        applications.complete_draft(within, organisation, by=person, at=now)
        applications.draft(within, organisation, by=person, at=now)
        for status in (Status.SUBMITTED, Status.UNSUCCESSFUL, Status.WITHDRAWN):
            applications.application(status, organisation=organisation, by=person)

    more()
    client.get(ADDRESS)
    with django_assert_num_queries(11):
        client.get(ADDRESS)
    for _ in range(3):
        more()
    with django_assert_num_queries(11):
        client.get(ADDRESS)
