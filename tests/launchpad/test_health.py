import pytest
from django.db import connection

from launchpad import health
from tests.databases import as_owner


@pytest.mark.django_db
def test_a_process_with_a_migrated_database_is_ready(client):
    answer = client.get("/health/ready")

    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_a_database_behind_this_release_is_not_ready(client):
    as_owner("DELETE FROM django_migrations WHERE app = 'accounts' AND name LIKE '0001_squashed%'")

    answer = client.get("/health/ready")

    assert answer.status_code == 503
    assert answer.json() == {"status": "not ready", "reason": "1 migrations are still to be applied"}
    assert answer["Retry-After"] == "5"


def test_a_database_that_does_not_answer_is_not_ready_and_the_process_lives(client, committed_database):
    standing = connection.settings_dict["HOST"]
    connection.close()
    connection.settings_dict["HOST"] = "/nonexistent"

    try:
        ready, live = client.get("/health/ready"), client.get("/health/live")
    finally:
        connection.close()
        connection.settings_dict["HOST"] = standing

    assert (ready.status_code, ready.json()["reason"]) == (503, "the database does not answer")
    assert (live.status_code, live.json()) == (200, {"status": "live"})


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_health_is_only_read(client, path, db):
    assert client.post(path).status_code == 405


def test_the_needed_migrations_include_every_app_of_ours():
    assert {"accounts", "applications", "funding"} <= {app for app, _ in health.needed_migrations()}
