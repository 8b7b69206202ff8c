import io
import json
import logging
import logging.config
from datetime import timedelta

import pytest
import structlog
from django.conf import settings
from django_structlog.middlewares import RequestMiddleware

from accounts import clock, delivery, outbox, tasks
from accounts.models import Notification
from launchpad import logs
from launchpad.middleware import Followed
from tests.make import office, people
from tests.make.times import NOON


@pytest.fixture
def written():
    """What is written in the form that a deployment uses; returns the lines, parsed."""
    stream = io.StringIO()
    configuration = logs.configuration("json")
    configuration["handlers"]["console"]["stream"] = stream
    logging.config.dictConfig(configuration)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.config.dictConfig(settings.LOGGING)


def test_a_line_is_one_object_with_its_facts_and_moment(written):
    logging.getLogger("funding.awards").info("award made", extra={"reference": "LP-1\nforged line"})

    (line,) = written()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "award made",
        "reference": "LP-1\nforged line",
        "level": "info",
        "logger": "funding.awards",
    }


def test_a_request_leaves_one_line_with_its_id_and_nothing_personal(written, client, db):
    client.get(
        "/no/such/page?email=ann@example.com",
        HTTP_USER_AGENT="Ann's browser",
        HTTP_X_FORWARDED_FOR="203.0.113.9",
        REMOTE_ADDR="203.0.113.8",
    )

    (line,) = [line for line in written() if line["event"].startswith("request")]
    assert line["request"] == "GET /no/such/page"
    assert line["code"] == 404
    assert len(line["request_id"]) == 36
    assert not {"ip", "user_agent"} & set(line)
    assert "Ann" not in json.dumps(line) and "203.0.113" not in json.dumps(line)


def test_a_key_from_an_email_is_not_written(written, client, db):
    client.get("/account/confirm-email/NDk1:1vNabc:s5PqLw8xkCqR3mXvTzYh2JdFgA0bN6eU/")

    assert [line["request"] for line in written() if "request" in line] == ["GET /account/confirm-email/…/"]


def test_health_is_not_written(written, client, db):
    client.get("/health/live")

    assert [line for line in written() if "request" in line] == []


def test_the_values_of_a_refused_row_are_not_written(written):
    said = "duplicate key\nDETAIL:  Key (email)=(ann@example.com) already exists.\n"

    try:
        raise ValueError(said)
    except ValueError:
        logging.getLogger("accounts").exception("row refused")

    (line,) = written()
    assert "duplicate key" in line["exception"]
    assert "ann@example.com" not in json.dumps(line)


def test_a_job_writes_the_id_of_the_request_that_asked_for_it(written, db):
    asked_in = "0b5d4b7e-3c41-4b1e-9a51-2f3d1c9e7a10"
    with structlog.contextvars.bound_contextvars(request_id=asked_in):
        posted = outbox.post(
            "account_exists", to=people.user(), subject_word="person", subject_id=1, cause="x", at=NOON
        )
    Notification.objects.lease(NOON, timedelta(minutes=3))

    delivery.deliver([posted.pk], at=NOON)
    delivery.logger.info("afterwards")

    lines = {
        line["event"]: line.get("request_id") for line in written() if line["logger"] == "accounts.delivery"
    }
    assert posted.request_id == asked_in
    assert lines.pop("afterwards") is None
    assert set(lines.values()) == {asked_in}


def test_what_no_request_asked_for_has_no_id(db):
    posted = outbox.post(
        "account_exists", to=people.user(), subject_word="person", subject_id=1, cause="x", at=NOON
    )

    assert posted.request_id == ""


def left_behind() -> dict:
    return structlog.contextvars.get_contextvars()


def test_a_request_leaves_nothing_to_the_next_one_of_its_thread(db):
    office.sign_in(people.manager()).get("/admin/")

    assert left_behind() == {}


def test_one_that_fails_leaves_nothing_either(written, client, db, monkeypatch):
    def broken(request, *_):
        raise ZeroDivisionError

    client.raise_request_exception = False
    monkeypatch.setattr("launchpad.middleware.PlainErrors.__call__", broken)
    monkeypatch.setattr("launchpad.middleware.Followed.handle_response", broken)

    assert client.get("/cookies/").status_code == 500
    assert left_behind() == {}


def test_without_our_middleware_one_that_fails_would_leave_its_id(client, db, monkeypatch):
    """The negative control: the package's own clears up only where all went well."""

    def broken(*_):
        raise ZeroDivisionError

    client.raise_request_exception = False
    monkeypatch.setattr(Followed, "__call__", RequestMiddleware.__call__)
    monkeypatch.setattr(Followed, "handle_response", broken)

    client.get("/cookies/")

    assert left_behind().keys() == {"request_id", "user_id"}
    structlog.contextvars.clear_contextvars()


def test_what_a_thread_had_left_over_is_not_the_next_requests(written, client, db):
    structlog.contextvars.bind_contextvars(request_id="of another", user_id=1, reference="LP-1")

    client.get("/no/such/page")

    (line,) = [line for line in written() if line["event"].startswith("request")]
    assert "reference" not in line
    assert line["request_id"] != "of another"
    assert line["user_id"] is None


def test_a_job_leaves_nothing_to_the_next_one_of_its_worker(db):
    with structlog.contextvars.bound_contextvars(request_id="0b5d4b7e-3c41-4b1e-9a51-2f3d1c9e7a10"):
        posted = outbox.post(
            "account_exists", to=people.user(), subject_word="person", subject_id=1, cause="x", at=NOON
        )
    Notification.objects.lease(clock.now(), timedelta(minutes=3))

    tasks.deliver_notifications.apply([[posted.pk]])

    posted.refresh_from_db()
    assert posted.tries == 1
    assert left_behind() == {}
