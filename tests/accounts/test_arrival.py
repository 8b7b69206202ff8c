"""The moment of a request is read once, before anything is waited for."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, transaction
from django.test import RequestFactory

from accounts import clock, intents
from accounts.views import one_effect
from accounts.views.arrival import arrived_at
from applications.models import Competition
from applications.views.pages import ApplicationPage
from applications.workflow import Status
from launchpad.middleware import Arrival
from tests.make import applications, competitions, office


@pytest.mark.django_db
def test_a_request_has_one_moment_however_often_it_is_asked():
    request = RequestFactory().post("/")

    first = arrived_at(request)

    assert arrived_at(request) == first < clock.now()


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "is_noted"), [("post", True), ("delete", True), ("get", False)])
def test_what_is_sent_is_noted_before_anything_else(method, is_noted):
    request, noted = getattr(RequestFactory(), method)("/"), []

    Arrival(lambda passed_on: noted.append(hasattr(passed_on, "arrived_at")))(request)

    assert noted == [is_noted]


def test_a_lost_database_is_left_to_the_page_to_tell(monkeypatch):
    def lost():
        raise OperationalError

    monkeypatch.setattr(clock, "now", lost)

    assert Arrival(lambda request: "the page")(RequestFactory().post("/")) == "the page"


@pytest.mark.django_db
def test_the_middleware_stands_before_the_session(settings):
    names = settings.MIDDLEWARE

    assert names.index("launchpad.middleware.Arrival") < names.index(
        "django.contrib.sessions.middleware.SessionMiddleware"
    )


def submitted_while_its_key_is_held(monkeypatch) -> str:
    """Press before the close, wait for the key beyond it, and return what became of the draft."""
    monkeypatch.setattr(one_effect, "PATIENCE", 10)
    competition = competitions.open_now()
    draft = applications.complete_draft(competition, at=competition.opens_at)
    browser, key = office.sign_in(draft.started_by), str(uuid.uuid4())
    held, closed = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            assert intents._is_ours(f"{draft.started_by.pk}\nsubmit application\n{key}")
            held.set()
            closed.wait(20)
        connection.close()

    def close() -> None:
        held.wait(10)
        pressed.wait(10)
        Competition.objects.filter(pk=competition.pk).update(closes_at=clock.now() + timedelta(seconds=1))
        connection.close()
        threading.Event().wait(2)
        closed.set()

    pressed = threading.Event()
    carried_out = one_effect._carried_out

    def noting(*arguments):
        pressed.set()
        return carried_out(*arguments)

    monkeypatch.setattr(one_effect, "_carried_out", noting)
    waiting = [threading.Thread(target=one) for one in (hold, close)]
    for one in waiting:
        one.start()
    held.wait(10)
    browser.post(f"/applications/{draft.reference}/check/", {"is_true": "on", "intent": key})
    for one in waiting:
        one.join()
    draft.refresh_from_db()
    return draft.status


@pytest.mark.slow
def test_who_pressed_before_the_close_and_had_to_wait_is_in_time(committed_database, monkeypatch):
    assert submitted_while_its_key_is_held(monkeypatch) == Status.SUBMITTED


@pytest.mark.slow
def test_read_after_the_wait_the_clock_would_shut_them_out(committed_database, monkeypatch):
    """The negative control: the moment is asked for anew each time."""
    anew = property(lambda page: clock.now(), lambda page, at: None)
    monkeypatch.setattr(ApplicationPage, "at", anew, raising=False)

    assert submitted_while_its_key_is_held(monkeypatch) == Status.DRAFT
