"""A worker killed while it compiles a report or writes a file: the next does it, once and whole."""

import csv
import hashlib
import io
from contextlib import closing, contextmanager

import psycopg2
import pytest

from accounts import clock
from accounts.models import AuditEntry, Notification, OwedState
from accounts.roles import Role
from funding.exports import file_blocks
from funding.models import FileKind
from funding.reports import funding_files, programme
from launchpad.postgres import OWNER
from tests import databases
from tests.make import budgets, people
from tests.post_office import PostOffice, wait_until


@contextmanager
def held_up(database: str):
    """No figure can be read meanwhile, so that whoever compiles is in the middle of it."""
    with closing(psycopg2.connect(databases.url(database, OWNER))) as owner:
        owner.cursor().execute("LOCK TABLE applications_competition IN ACCESS EXCLUSIVE MODE")
        yield


@pytest.mark.slow
def test_a_report_whose_worker_is_killed_is_compiled_by_the_next(committed_database, tmp_path):
    post_office = PostOffice(tmp_path, committed_database.environment)
    report = programme.request(None, by=people.user(Role.FUNDS), at=clock.now())

    def is_in_hand() -> bool:
        report.refresh_from_db()
        return report.claimed_at is not None

    def is_done() -> bool:
        report.refresh_from_db()
        return report.state == OwedState.DONE

    try:
        post_office.start_redis()
        worker = post_office.start_worker()
        with held_up(committed_database.name):
            post_office.start_relay(lease=1)
            assert wait_until(is_in_hand)
            worker.process.kill()
            worker.end()
        unfinished = (report.state, report.figures)
        post_office.start_worker()

        assert unfinished == (OwedState.LEASED, None)
        assert wait_until(is_done, within=30)
    finally:
        post_office.close()

    assert (report.tries, report.workers_lost) == (2, 1)
    assert report.figures["F01"] == {"received": 0}
    assert Notification.objects.filter(kind="report_ready", subject_id=report.pk).count() == 1


@pytest.mark.slow
def test_a_file_whose_worker_is_killed_in_the_middle_is_written_by_the_next(
    committed_database, tmp_path, monkeypatch
):
    here = budgets.funded_competition(code="HERE")
    grants = ["40000.00", "56000.10", "30000.00"]
    for grant in grants:
        budgets.award(here, grant)
    hangs = tmp_path / "hangs"
    hangs.touch()
    post_office = PostOffice(tmp_path, {**committed_database.environment, "FILE_HANGS": str(hangs)})
    file = funding_files.ask("", FileKind.CSV, by=people.user(Role.FUNDS), at=clock.now())

    def is_begun() -> bool:
        return file.blocks.exists()

    def is_done() -> bool:
        file.refresh_from_db()
        return file.state == OwedState.DONE

    try:
        post_office.start_redis()
        worker = post_office.start_worker("tests.slow_files")
        post_office.start_relay(lease=1)
        assert wait_until(is_begun)
        worker.process.kill()
        worker.end()
        hangs.unlink()
        is_done()
        unfinished = (file.state, file.blocks.count())
        post_office.start_worker("tests.slow_files")

        assert unfinished == (OwedState.LEASED, 1)
        assert wait_until(is_done, within=60)
    finally:
        post_office.close()

    monkeypatch.setattr(file_blocks, "BLOCK", 64)
    content = b"".join(file_blocks.read(file, 0, file.size - 1))
    assert (file.tries, file.workers_lost, file.rows_done) == (2, 1, 3)
    assert file.blocks.count() == -(-file.size // 64) > 5
    assert file.fingerprint == hashlib.sha256(content).hexdigest()
    lines = list(csv.DictReader(io.StringIO(content.decode())))
    assert sorted(line["Grant offered"] for line in lines) == sorted(grants)
    assert AuditEntry.objects.filter(action="finish funding file").count() == 1
