"""A worker killed while it works a scenario out, and a broker that lost the message: it is made once."""

from contextlib import closing, contextmanager
from datetime import timedelta

import psycopg2
import pytest
from django.db import connection

from accounts import clock
from accounts.models import OwedState
from funding.models import Scenario, ScenarioRequest
from funding.scenarios import solving, working
from launchpad.postgres import OWNER
from tests import databases
from tests.make import scenarios
from tests.post_office import PostOffice, wait_until

pytestmark = pytest.mark.slow


@contextmanager
def held_up(database: str):
    """No scenario can be kept meanwhile, so that whoever has found one is in the middle of it."""
    with closing(psycopg2.connect(databases.url(database, OWNER))) as owner:
        owner.cursor().execute("LOCK TABLE funding_scenario IN ACCESS EXCLUSIVE MODE")
        yield


@pytest.fixture
def post_office(tmp_path, committed_database):
    opened = PostOffice(tmp_path, committed_database.environment)
    opened.start_redis()
    yield opened
    opened.close()


def is_done(owed: ScenarioRequest) -> bool:
    owed.refresh_from_db()
    return owed.state == OwedState.DONE


def test_one_whose_worker_is_killed_is_made_once_by_the_next(committed_database, post_office):
    owed = scenarios.owed(scenarios.list_of(), at=clock.now())

    def is_found() -> bool:
        owed.refresh_from_db()
        return bool(owed.answer)

    worker = post_office.start_worker()
    with held_up(committed_database.name):
        post_office.start_relay(lease=1)
        assert wait_until(is_found)
        worker.process.kill()
        worker.end()
    unfinished = (owed.state, owed.scenario_id)
    post_office.start_worker()

    assert wait_until(lambda: is_done(owed), within=30)
    assert unfinished == (OwedState.LEASED, None)
    assert (owed.tries, owed.workers_lost) == (2, 1)
    assert Scenario.objects.get() == owed.scenario


def test_one_whose_connection_is_cut_waits_and_is_made_at_the_next_try(committed_database, monkeypatch):
    """As where the server is started anew while it is looked for."""
    owed, best = scenarios.owed(scenarios.list_of(), at=clock.now()), working.best

    def cut_off(*asked, **options):
        connection.cursor().execute("SELECT pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr(working, "best", cut_off)
    ScenarioRequest.objects.lease(clock.now(), timedelta(minutes=3))
    solving.work_out(owed.pk, at=clock.now())
    owed.refresh_from_db()
    held_up = (owed.state, owed.last_error)
    monkeypatch.setattr(working, "best", best)
    ScenarioRequest.objects.lease(owed.due_at, timedelta(minutes=3))
    solving.work_out(owed.pk, at=owed.due_at)

    owed.refresh_from_db()
    assert held_up == (OwedState.WAITING, solving.NO_DATABASE)
    assert owed.state == OwedState.DONE and Scenario.objects.get() == owed.scenario


def test_one_whose_message_is_lost_is_handed_out_again(committed_database, post_office):
    """Leased, and no worker has it: as after a broker that was emptied."""
    owed = scenarios.owed(scenarios.list_of(), at=clock.now())
    post_office.start_relay(lease=1)

    def is_handed_out() -> bool:
        owed.refresh_from_db()
        return owed.state == OwedState.LEASED

    assert wait_until(is_handed_out)
    post_office.kill_redis()
    post_office.start_redis()
    post_office.start_worker()

    assert wait_until(lambda: is_done(owed), within=30)
    assert Scenario.objects.get() == owed.scenario
