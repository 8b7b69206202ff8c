"""Told to stop, each program ends what it has begun: a request, an email."""

import signal
import sys
import threading
import urllib.request

import pytest
from django.conf import settings
from django.db import connection, transaction

from accounts import clock, outbox
from accounts.models import Notification, OwedState
from launchpad import processes
from launchpad.children import Child
from tests.applications.test_submission import most_waiters
from tests.make import people
from tests.make.competitions import open_now
from tests.post_office import PostOffice, wait_until
from tests.starting import free_port

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("start")]


def test_a_web_server_answers_the_request_it_has_begun_and_ends(committed_database, tmp_path):
    port = free_port()
    told = {"PORT": str(port), "WEB_CONCURRENCY": "1", "PGOPTIONS": "-c lock_timeout=30s"}
    open_now()
    server = Child(
        "web",
        [sys.executable, *processes.WEB.arguments],
        environment={**committed_database.environment, **told},
        folder=settings.BASE_DIR,
        log=tmp_path / "web.log",
    )
    try:
        assert wait_until(lambda: status_of(f"http://127.0.0.1:{port}/health/live") == 200, within=60)
        answers: list[int] = []
        asking = threading.Thread(
            target=lambda: answers.append(status_of(f"http://127.0.0.1:{port}/api/v1/competitions/"))
        )
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT as_owner('LOCK TABLE applications_competition')")
            asking.start()
            assert most_waiters(wanted=1) == 1
            server.process.send_signal(signal.SIGTERM)
            # Given time to be wrong: it must still be there, since the request is.
            assert not wait_until(lambda: not server.is_running, within=1.5)
        asking.join(30)

        assert answers == [200]
        assert server.process.wait(25) == 0
    finally:
        server.end()


def status_of(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return answer.status
    except OSError:
        return 0


def test_a_worker_ends_the_job_it_has_begun(committed_database, tmp_path):
    office = PostOffice(tmp_path, committed_database.environment)
    try:
        office.start_redis()
        office.sink.wait(4)
        office.start_relay()
        worker = office.start_worker()
        outbox.post(
            "account_exists",
            to=people.user(),
            subject_word="person",
            subject_id=1,
            cause="stop",
            at=clock.now(),
        )
        assert office.sink.wait_for(1)

        worker.process.send_signal(signal.SIGTERM)

        assert worker.process.wait(25) == 0
        row = Notification.objects.get()
        assert (row.state, row.tries, row.workers_lost) == (OwedState.DONE, 1, 0)
    finally:
        office.close()
