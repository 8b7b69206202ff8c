"""Two sign-ups with one address at the same moment."""

import time
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest
from django.db import connection, connections
from django.test import Client

from accounts.models import Notification, User

pytestmark = pytest.mark.slow

ADA = {"name": "Ada Byron", "email": "ada@example.com", "password1": "three unrelated words"}
WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def sign_up():
    try:
        return Client().post("/account/signup/", ADA)
    finally:
        connections.close_all()


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return cursor.fetchone()[0] > 0


def test_sign_up_that_comes_second_gives_the_same_answer_and_makes_nothing(committed_database):
    rival = psycopg2.connect(committed_database.url)
    rival.cursor().execute(
        "INSERT INTO accounts_user (email, name, password, is_active, is_superuser, wants_summary, joined_at)"
        " VALUES ('ada@example.com', 'The first', 'x', true, false, false, now())"
    )

    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(sign_up)
        give_up_at = time.monotonic() + 120
        while not somebody_waits() and time.monotonic() < give_up_at:
            time.sleep(0.02)
        has_waited = somebody_waits()
        rival.commit()
        rival.close()
        second = answer.result(timeout=120)

    assert has_waited
    assert (second.status_code, second["Location"]) == (302, "/account/confirm-email/")
    assert [person.name for person in User.objects.all()] == ["The first"]
    assert not Notification.objects.exists()
