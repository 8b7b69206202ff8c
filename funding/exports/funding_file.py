"""Writes a file of the funding report that somebody asked for, as a job, from one snapshot."""

import logging
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError, connection, transaction
from psycopg2.extras import Json

from accounts import clock, tracing
from accounts.exports import csv_file, json_lines, workbook
from accounts.models import User, regions_of
from accounts.patience import unhurried
from funding.exports import file_blocks, totals
from funding.exports.file_blocks import BLOCK, Blocks
from funding.exports.funding_view import ColumnWent, View
from funding.models import READERS, FileKind, FundingFile
from funding.reports import funding_files

#: After so many rows of a workbook it is said how far it is.
ROWS = 500

logger = logging.getLogger(__name__)


class NotAReader(Exception):
    """Who asked for it may not read the report any more."""


#: What whoever asked for it is told. The name of a fault of ours is in the log alone.
REASONS: dict[type[Exception], str] = {
    file_blocks.TooLarge: "It would be larger than 1 GB. Choose fewer rows or columns.",
    ColumnWent: "The view has a column that the report does not have any more. Choose the columns again.",
    NotAReader: "You may not open the funding report any more.",
    SoftTimeLimitExceeded: "It took longer than a file may. Choose fewer rows or columns.",
}


def write(file_id: int, *, at: datetime) -> None:
    """Write a leased file. Does nothing where another worker has it; a failure is noted in the row."""
    file = FundingFile.objects.claim(file_id, at=at)
    if file is None:
        return
    with tracing.within(file.request_id):
        _write(file, at=at)


def _write(file: FundingFile, *, at: datetime) -> None:
    facts = {"file": file.pk}
    try:
        with file_blocks.of(file, at) as blocks:
            noted = _written(file, blocks)
        is_done = funding_files.finish(file, facts=noted, at=blocks.now)
    except file_blocks.NotOurs:
        logger.info("file was given up", extra=facts)
        return
    except Exception as problem:
        funding_files.fail(file, _reason(problem, file), at=at)
        logger.exception("file could not be written", extra=facts)
        return
    if is_done:
        logger.info("file was written", extra={**facts, "rows": noted["rows_done"], "bytes": noted["size"]})


def _reason(problem: Exception, file: FundingFile) -> str:
    if isinstance(problem, (OperationalError, InterfaceError)):
        return "The database did not answer in time, or was started anew. Ask for another file."
    ours = (
        "The file could not be written. The fault is in this service: ask for another, and if that fails too,"
        f" tell an administrator that file {file.pk} failed."
    )
    return REASONS.get(type(problem), ours)


def _written(file: FundingFile, blocks: Blocks) -> dict[str, Any]:
    """Write all of it, and return what is known of it then."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        with unhurried():
            as_of = clock.of_transaction()
            person = User.objects.prefetch_related("holdings").get(pk=file.asked_by_id)
            regions = regions_of(person, READERS)
            if not regions or not person.is_active:
                raise NotAReader
            WRITERS[FileKind(file.kind)](View.of_query(file.query), person, as_of, blocks)
    blocks.close()
    return {
        "as_of": as_of,
        "rows_expected": blocks.expected,
        "rows_done": blocks.rows,
        "size": blocks.size,
        "fingerprint": blocks.digest.hexdigest(),
        "is_whole": None in regions,
        "regions": Json(sorted(region for region in regions if region is not None)),
    }


def _csv(view: View, person: User, as_of: datetime, blocks: Blocks) -> None:
    rows = view.rows(person)
    blocks.begin(rows.count(), headings=1)
    csv_file.copy(rows, view.shown(), blocks)


def _json_lines(view: View, person: User, as_of: datetime, blocks: Blocks) -> None:
    rows = view.rows(person)
    blocks.begin(rows.count())
    json_lines.copy(rows, view.shown(), blocks)


def _xlsx(view: View, person: User, as_of: datetime, blocks: Blocks) -> None:
    rows, columns = view.rows(person), view.shown()
    blocks.begin(rows.count())
    sheets = [
        ("Awards", columns, _counted(workbook.values(rows, columns), blocks)),
        ("Totals", totals.COLUMNS_OF_ROWS, totals.of_rows(rows, person)),
    ]
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        workbook.write(file.name, sheets, as_of=as_of)
        while block := file.read(BLOCK):
            blocks.take(block)


def _counted(
    rows: Iterable[tuple[workbook.Value, ...]], blocks: Blocks
) -> Iterator[tuple[workbook.Value, ...]]:
    number = 0
    for number, row in enumerate(rows, 1):
        yield row
        if number % ROWS == 0:
            blocks.reached(number)
    blocks.reached(number)


WRITERS: dict[FileKind, Callable[[View, User, datetime, Blocks], None]] = {
    FileKind.CSV: _csv,
    FileKind.XLSX: _xlsx,
    FileKind.JSONL: _json_lines,
}
