"""How a worker writes a kept file: from one snapshot, its progress seen, ended or taken up again."""

import csv
import hashlib
import io
import json
import time
from contextlib import closing
from datetime import timedelta
from decimal import Decimal

import openpyxl
import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError, connection

from accounts import clock
from accounts.models import AuditEntry, Holding, OwedState
from accounts.roles import Role
from funding import tasks
from funding.exports import file_blocks
from funding.exports import funding_file as writing
from funding.models import FileKind, FundingFile, FundingFileBlock
from funding.reports import funding_files
from tests.make import budgets, people
from tests.make.funding_files import asked

pytestmark = pytest.mark.slow

LEASE = timedelta(minutes=3)


@pytest.fixture
def awards(committed_database):
    here = budgets.funded_competition(code="HERE")
    return [budgets.award(here, one) for one in ("40000.00", "56000.10", "30000.00")]


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(file_blocks, "BLOCK", 64)
    monkeypatch.setattr(writing, "BLOCK", 64)


def leased(query: str = "", kind: FileKind = FileKind.CSV, person=None, length=LEASE) -> FundingFile:
    file = asked(person or people.user(Role.FUNDS), query, kind, at=clock.now())
    assert FundingFile.objects.lease(clock.now(), length) == [file.pk]
    return file


def written(*arguments, **named) -> FundingFile:
    file = leased(*arguments, **named)
    tasks.write_files([file.pk])
    file.refresh_from_db()
    return file


def content(file: FundingFile) -> bytes:
    return b"".join(file_blocks.read(file, 0, file.size - 1))


def grants(file: FundingFile) -> list[Decimal]:
    found = content(file)
    if file.kind == FileKind.CSV:
        rows = list(csv.DictReader(io.StringIO(found.decode())))
    elif file.kind == FileKind.JSONL:
        rows = [json.loads(line) for line in found.splitlines()]
    else:
        headings, *lines = openpyxl.load_workbook(io.BytesIO(found))["Awards"].iter_rows(values_only=True)
        rows = [dict(zip(headings, line, strict=True)) for line in lines]
    return [Decimal(str(row["Grant offered"])) for row in rows]


@pytest.mark.parametrize("kind", list(FileKind))
def test_it_has_the_rows_of_its_view_in_order_and_says_what_it_is(awards, small_blocks, kind):
    file = written("order=column_grant_offered&direction=falling", kind)

    assert grants(file) == [Decimal("56000.10"), Decimal("40000.00"), Decimal("30000.00")]
    assert (file.state, file.rows_expected, file.rows_done) == (OwedState.DONE, 3, 3)
    assert file.fingerprint == hashlib.sha256(content(file)).hexdigest()
    assert file.blocks.count() == -(-file.size // 64) > 5
    assert file.expires_at == file.finished_at + funding_files.KEPT
    assert (file.is_whole, file.regions) == (True, [])
    entry = AuditEntry.objects.get(action="finish funding file")
    assert (entry.subject_id, entry.after["rows"], entry.after["bytes"]) == (file.pk, 3, file.size)


def test_any_part_of_it_is_those_bytes(awards, small_blocks):
    file = written()
    whole = content(file)

    for first, last in (
        (0, 0),
        (63, 64),
        (64, 127),
        (1, file.size - 1),
        (file.size - 1, file.size - 1),
        (100, 300),
    ):
        assert b"".join(file_blocks.read(file, first, last)) == whole[first : last + 1]


def test_a_row_is_counted_once_whatever_is_in_it(awards):
    awards[0].application.__class__.objects.filter(pk=awards[0].application_id).update(
        title='Two\nlines, "quoted"'
    )

    file = written()

    assert (file.state, file.rows_done) == (OwedState.DONE, 3)


def test_a_region_s_person_gets_that_region_and_the_row_says_so(awards):
    region = awards[0].application.competition.region

    file = written(person=people.user(Role.FUNDS, region=region))

    assert (len(grants(file)), file.is_whole, file.regions) == (3, False, [region.pk])


def seen_by_another(file: FundingFile, ends: bool = False) -> tuple:
    """What another process sees of it in the middle; ``ends`` discards it as that process would."""
    with closing(connection.copy()) as other, other.cursor() as cursor:
        if ends:
            cursor.execute(
                "UPDATE funding_fundingfile SET state = 'void', finished_at = now(), leased_until = NULL"
                " WHERE id = %s",
                [file.pk],
            )
        cursor.execute(
            "SELECT rows_done, rows_expected, size > 0 FROM funding_fundingfile WHERE id = %s", [file.pk]
        )
        return cursor.fetchone()


@pytest.mark.parametrize("ends", [True, False], ids=["discarded", "left alone"])
@pytest.mark.parametrize("kind", list(FileKind))
def test_while_it_is_written_its_rows_are_seen_and_a_discarded_one_stops_there(
    awards, small_blocks, monkeypatch, kind, ends
):
    """``left alone`` is the control: the same file that nobody discards is written to its end."""
    file, seen = leased(kind=kind), []
    monkeypatch.setattr(writing, "ROWS", 1)
    say = file_blocks.Blocks._say

    def halfway(self, statement, **more):
        answer = say(self, statement, **more)
        if self.rows == 2 and not seen:
            seen.append(seen_by_another(file, ends))
        return answer

    monkeypatch.setattr(file_blocks.Blocks, "_say", halfway)

    tasks.write_files([file.pk])

    file.refresh_from_db()
    assert seen == [(2, 3, kind != FileKind.XLSX)]
    assert file.state == (OwedState.VOID if ends else OwedState.DONE)
    assert AuditEntry.objects.filter(action="finish funding file").count() == (0 if ends else 1)


def test_what_a_lost_worker_left_is_thrown_away_by_the_next_which_it_cannot_disturb(awards, small_blocks):
    file = leased()
    lost = FundingFile.objects.claim(file.pk, at=clock.now())
    with file_blocks.of(lost, clock.now()) as blocks:
        blocks.begin(3, headings=1)
        blocks.write(b"x" * 100)
        FundingFile.objects.filter(pk=file.pk).update(leased_until=clock.now())
        assert FundingFile.objects.lease(clock.now(), LEASE) == [file.pk]
        tasks.write_files([file.pk])
        file.refresh_from_db()
        whole = content(file)

        with pytest.raises(file_blocks.NotOurs):
            blocks.write(b"y" * 100)
        with pytest.raises(file_blocks.NotOurs):
            blocks.close()

    assert not funding_files.finish(
        lost, facts={"rows_done": 3, "rows_expected": 3, "size": 1, "fingerprint": "0" * 64}, at=clock.now()
    )
    assert (file.tries, grants(file), content(file)) == (2, grants(file), whole)
    assert hashlib.sha256(whole).hexdigest() == file.fingerprint
    assert AuditEntry.objects.filter(action="finish funding file").count() == 1


def test_a_worker_that_was_thought_dead_finishes_nothing_that_another_is_writing(awards):
    file = leased()
    lost = FundingFile.objects.claim(file.pk, at=clock.now())
    FundingFile.objects.filter(pk=file.pk).update(leased_until=clock.now())
    FundingFile.objects.lease(clock.now(), LEASE)
    FundingFile.objects.claim(file.pk, at=clock.now())

    facts = {"rows_done": 1, "rows_expected": 1, "size": 1, "fingerprint": "0" * 64, "as_of": clock.now()}

    assert not funding_files.finish(lost, facts=facts, at=clock.now())
    with file_blocks.of(lost, clock.now()) as blocks, pytest.raises(file_blocks.NotOurs):
        blocks.write(b"y" * file_blocks.BLOCK)
    file.refresh_from_db()
    assert (file.state, file.rows_done, file.blocks.count()) == (OwedState.LEASED, 0, 0)


def test_its_lease_goes_on_while_it_is_written(awards):
    file = leased()
    claimed = FundingFile.objects.claim(file.pk, at=clock.now())
    with file_blocks.of(claimed, claimed.claimed_at + timedelta(minutes=2)) as blocks:
        blocks.begin(1)

    file.refresh_from_db()
    assert file.leased_until > claimed.leased_until + timedelta(minutes=1)


def leases_end(file: FundingFile) -> tuple:
    """Until when its lease lasts, as the relay sees it, and what time it is."""
    with closing(connection.copy()) as other, other.cursor() as cursor:
        cursor.execute(
            "SELECT leased_until, clock_timestamp() FROM funding_fundingfile WHERE id = %s", [file.pk]
        )
        return cursor.fetchone()


@pytest.mark.parametrize("kind", list(FileKind))
def test_its_lease_goes_on_while_nothing_is_written(awards, monkeypatch, kind):
    """Rows that take long to be counted, and a workbook that takes long to be closed, outlast a lease."""
    file, seen = leased(kind=kind, length=timedelta(seconds=0.9)), []

    def slow(before):
        def slowed(*arguments, **named):
            time.sleep(1.2)
            seen.append(leases_end(file))
            return before(*arguments, **named)

        return slowed

    monkeypatch.setattr(file_blocks.Blocks, "begin", slow(file_blocks.Blocks.begin))
    monkeypatch.setattr(file_blocks.Blocks, "close", slow(file_blocks.Blocks.close))

    tasks.write_files([file.pk])

    file.refresh_from_db()
    assert len(seen) == 2
    assert all(until > moment for until, moment in seen)
    assert (file.state, file.tries) == (OwedState.DONE, 1)
    assert file.leased_until is None


def test_a_lease_that_another_has_by_now_is_not_held(awards):
    file = leased()
    lost = FundingFile.objects.claim(file.pk, at=clock.now())
    FundingFile.objects.filter(pk=file.pk).update(leased_until=clock.now())
    FundingFile.objects.lease(clock.now(), LEASE)
    FundingFile.objects.claim(file.pk, at=clock.now())

    with file_blocks.of(lost, clock.now() + timedelta(hours=1)) as blocks:
        assert not blocks.hold()
    assert leases_end(file)[0] < clock.now() + timedelta(minutes=4)


def test_all_its_rows_are_of_one_moment(awards, monkeypatch):
    """Another award is made when its rows have been counted and before they are read."""
    begin = file_blocks.Blocks.begin

    def and_then(self, *arguments, **named):
        begin(self, *arguments, **named)
        with closing(connection.copy()) as other, other.cursor() as cursor:
            cursor.execute("UPDATE applications_application SET title = 'Renamed since'")

    monkeypatch.setattr(file_blocks.Blocks, "begin", and_then)

    file = written()

    assert b"Renamed since" not in content(file)


@pytest.mark.parametrize("kind", list(FileKind))
def test_one_that_grows_too_large_fails_with_the_reason_and_its_bytes_go(
    awards, small_blocks, monkeypatch, kind
):
    monkeypatch.setattr(file_blocks, "LARGEST", 128)

    file = written(kind=kind)

    assert (file.state, file.last_error) == (
        OwedState.FAILED,
        "It would be larger than 1 GB. Choose fewer rows or columns.",
    )
    assert not FundingFileBlock.objects.exists()


def test_one_with_a_column_of_an_earlier_release_fails_with_the_reason(awards):
    file = written("columns=column_retained")

    assert (file.state, "Choose the columns again" in file.last_error) == (OwedState.FAILED, True)


def test_one_of_somebody_who_may_not_read_it_any_more_fails(awards):
    person = people.user(Role.FUNDS)
    file = leased(person=person)
    Holding.objects.filter(person=person).delete()

    tasks.write_files([file.pk])

    file.refresh_from_db()
    assert (file.state, file.last_error) == (
        OwedState.FAILED,
        "You may not open the funding report any more.",
    )


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        (SoftTimeLimitExceeded(), "It took longer than a file may."),
        (OperationalError("timeout"), "The database did not answer in time"),
        (InterfaceError("connection already closed"), "The database did not answer in time"),
        (ZeroDivisionError(), "The fault is in this service"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_one_that_fails_says_why_in_words_to_act_on(awards, monkeypatch, problem, told):
    def broken(*_):
        raise problem

    monkeypatch.setattr(writing.View, "rows", broken)

    file = written()

    assert (file.state, told in file.last_error) == (OwedState.FAILED, True)
    assert type(problem).__name__ not in file.last_error
