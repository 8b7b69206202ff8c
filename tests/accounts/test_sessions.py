"""How long somebody stays signed in, in the office and elsewhere, and by one press longer."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from accounts import clock
from accounts.roles import Role
from accounts.views import sessions
from tests.make import people
from tests.make.office import sign_in

pytestmark = pytest.mark.django_db

NOON = datetime(2037, 3, 2, 12, tzinfo=UTC)

OFFICE = (Role.MANAGER, timedelta(minutes=30), timedelta(hours=12))
APPLICANT = (Role.APPLICANT, timedelta(hours=4), timedelta(hours=24))


@pytest.fixture
def watch(monkeypatch):
    """A watch that the test sets; the framework's own clock is left alone."""

    class Watch:
        at = NOON

    monkeypatch.setattr(clock, "of_this_machine", lambda: Watch.at)
    return Watch


def begin(role: Role) -> Client:
    browser = sign_in(people.user(role))
    browser.get("/account/")
    return browser


def is_in(browser: Client) -> bool:
    return browser.get("/account/").status_code == 200


@pytest.mark.parametrize(("role", "idle", "whole"), [OFFICE, APPLICANT])
def test_session_that_nobody_uses_ends(watch, role, idle, whole):
    browser, other = begin(role), begin(role)

    watch.at = NOON + idle - timedelta(seconds=1)
    before = is_in(browser)
    watch.at = NOON + idle
    after = is_in(other)

    assert (before, after) == (True, False)


@pytest.mark.parametrize(("role", "idle", "whole"), [OFFICE, APPLICANT])
def test_session_in_use_lasts_and_ends_all_the_same(watch, role, idle, whole):
    browser = begin(role)
    kept = []

    while watch.at < NOON + whole - idle / 2:
        watch.at += idle / 2
        kept.append(is_in(browser))
    watch.at = NOON + whole

    assert (set(kept[:-1]), is_in(browser)) == ({True}, False)


def test_page_says_when_the_session_ends_and_asking_does_not_make_it_longer(watch):
    browser = begin(Role.MANAGER)

    watch.at = NOON + timedelta(minutes=28)
    asked = browser.get("/account/session/").json()
    watch.at = NOON + timedelta(minutes=29)
    again = browser.get("/account/session/").json()
    shown = browser.get("/account/").text

    assert [(said["left"], said["ends"]) for said in (asked, again)] == [(120, "12:30pm"), (60, "12:30pm")]
    assert 'data-left="1800" data-ends="12:59pm"' in shown


def test_one_press_makes_it_longer(watch):
    browser = begin(Role.MANAGER)

    watch.at = NOON + timedelta(minutes=29)
    said = browser.post("/account/session/").json()
    watch.at = NOON + timedelta(minutes=58)

    assert (said["left"], said["ends"]) == (1800, "12:59pm")
    assert is_in(browser)


def test_press_comes_too_late_for_a_session_that_has_ended(watch):
    browser = begin(Role.MANAGER)

    watch.at = NOON + timedelta(minutes=30)

    said = browser.post("/account/session/").json()

    assert (said["left"], said["person"]) == (0, None)
    assert not is_in(browser)


def test_session_of_nobody_has_ended_and_page_has_no_warning():
    browser = Client()

    assert browser.get("/account/session/").json()["left"] == 0
    assert 'id="session"' not in browser.get("/account/login/").text


def test_without_the_limits_it_would_go_on(watch, monkeypatch):
    monkeypatch.setattr(sessions, "hold", lambda request, *, at: None)
    browser = begin(Role.MANAGER)

    watch.at = NOON + timedelta(hours=11)

    assert is_in(browser)


def test_use_is_written_down_once_a_minute_at_the_most(watch):
    browser = begin(Role.APPLICANT)

    def used() -> int:
        return browser.session[sessions.USED]

    watch.at = NOON + timedelta(seconds=59)
    browser.get("/account/")
    first = used()
    watch.at = NOON + timedelta(seconds=60)
    browser.get("/account/")

    assert (first, used()) == (NOON.timestamp(), (NOON + timedelta(seconds=60)).timestamp())


def test_office_pages_have_the_warning_too():
    assert 'id="session"' in begin(Role.MANAGER).get("/admin/").text
