"""The funding report of very many rows: CSV over HTTP beside the database's own COPY, XLSX beside its writer.

Both sides of a figure are measured twice: by the clock, and by the processors' time of every process that has
a part in it (server, database, client), which does not depend on who else uses the machine.
"""

import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from http.client import HTTPConnection
from pathlib import Path
from tempfile import NamedTemporaryFile

import psycopg2
import xlsxwriter
from django.db import connection, connections, models
from django.db.models import QuerySet

from accounts.exports import csv_file, workbook
from accounts.exports.columns import Column, Kind
from accounts.models import Organisation
from applications.models import Application, Participant
from bench.exports import plain
from bench.load import Failed
from bench.web import Visitor
from funding.exports import funding_report
from funding.models import Award, AwardShare

#: Organisations of each award that is laid in.
PARTNERS = 10
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds by the clock and of the processors, until the first byte; the most memory that a server had."""

    wall: float
    processors: float
    first: float = 0.0
    peak: int = 0
    size: int = 0


# -- Rows


def lay_in(url: str, several: int) -> None:
    """Copy one award of the programme until there are ``several`` rows more.

    As the database's superuser and without its triggers: what is measured reads the rows and asks nothing of
    how they came there, and a million of them through every check would take longer than the measurement.
    """
    share = AwardShare.objects.select_related("award").order_by("pk").first()
    assert share is not None
    awards = -(-several // PARTNERS)
    connections.close_all()
    with psycopg2.connect(url) as own, own.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET statement_timeout = 0")
        first = {model: _next(cursor, model) for model in (Application, Participant, Award, AwardShare)}
        one = "generate_series(0, %(awards)s - 1) AS one"
        each = f"{one} CROSS JOIN generate_series(0, %(partners)s - 1) AS partner"
        at = "one * %(partners)s + partner"
        _copies(
            cursor, Application, share.award.application_id, one, awards,
            id=f"{first[Application]} + one", reference="'B' || lpad(one::text, 11, '0')",
        )  # fmt: skip
        _copies(
            cursor, Participant, share.participant_id, each, awards,
            id=f"{first[Participant]} + {at}", application_id=f"{first[Application]} + one",
            organisation_id="(%(organisations)s::bigint[])[partner + 1]", is_lead="partner = 0",
        )  # fmt: skip
        _copies(
            cursor, Award, share.award_id, one, awards,
            id=f"{first[Award]} + one", application_id=f"{first[Application]} + one",
        )  # fmt: skip
        _copies(
            cursor, AwardShare, share.pk, each, awards,
            id=f"{first[AwardShare]} + {at}", award_id=f"{first[Award]} + one",
            participant_id=f"{first[Participant]} + {at}",
        )  # fmt: skip
        for model in first:
            cursor.execute(f"ANALYZE {model._meta.db_table}")


def _next(cursor, model: type[models.Model]) -> int:
    cursor.execute(f"SELECT max(id) + 1 FROM {model._meta.db_table}")
    return cursor.fetchone()[0]


def _copies(
    cursor, model: type[models.Model], original: int, given: str, awards: int, **instead: str
) -> None:
    names = [field.column for field in model._meta.concrete_fields]
    values = ", ".join(instead.get(name, f'original."{name}"') for name in names)
    listed = ", ".join(f'"{name}"' for name in names)
    organisations = list(Organisation.objects.order_by("pk").values_list("pk", flat=True)[:PARTNERS])
    told = {"awards": awards, "partners": PARTNERS, "original": original, "organisations": organisations}
    table = model._meta.db_table
    cursor.execute(
        f"INSERT INTO {table} ({listed}) SELECT {values} FROM {table} AS original CROSS JOIN {given}"
        " WHERE original.id = %(original)s",
        told,
    )


# -- CSV


def streamed(port: int, visitor: Visitor, path: str, servers: Callable[[], list[int]]) -> Took:
    """Ask for the file over HTTP and let its bytes go."""
    for pid in servers():
        # From here on the kernel counts the most memory anew.
        Path(f"/proc/{pid}/clear_refs").write_text("5")
    before, began = _processors(servers()), time.perf_counter()
    asking = HTTPConnection("127.0.0.1", port, timeout=600)
    asking.request("GET", path, headers={"Cookie": visitor.cookies, "Accept-Encoding": "identity"})
    answer = asking.getresponse()
    if answer.status != 200:
        raise Failed(f"{path} answered {answer.status}, not 200")
    size, first = len(answer.read(1)), time.perf_counter() - began
    buffer = memoryview(bytearray(256 * 1024))
    while more := answer.readinto(buffer):
        size += more
    wall = time.perf_counter() - began
    asking.close()
    peak = max(_most_memory(pid) for pid in servers())
    return Took(wall, _processors(servers()) - before, first, peak, size)


def copied(rows: QuerySet, servers: Callable[[], list[int]], *, is_inert: bool) -> Took:
    """The same rows by COPY alone, through the database's driver and into nothing."""
    statement = csv_file.query_of(rows, funding_report.COLUMNS) if is_inert else plain(rows)
    with connection.cursor() as cursor, open(os.devnull, "wb") as nowhere:
        cursor.execute("SET statement_timeout = 0")
        before, began = _processors(servers()), time.perf_counter()
        cursor.cursor.copy_expert(f"COPY ({statement}) TO STDOUT WITH (FORMAT csv)", nowhere)
        wall = time.perf_counter() - began
    connection.close()
    return Took(wall, _processors(servers()) - before)


def _processors(servers: list[int]) -> float:
    """Seconds of all processors that this process, the servers and the database have used so far."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    used = [_used(pid) for pid in [*servers, *_of_the_database()]]
    return own.ru_utime + own.ru_stime + sum(used)


def _of_the_database() -> list[int]:
    """Its first process, which counts those that have ended, and those that run."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    first = int(_stat(backend)[1])
    return [first, *children_of(first)]


def children_of(parent: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if int(_stat(int(folder.name))[1]) == parent:
                found.append(int(folder.name))
        except FileNotFoundError:
            continue
    return found


def _stat(pid: int) -> list[str]:
    """From the state on: a name may have spaces in it."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _used(pid: int) -> float:
    try:
        return sum(int(part) for part in _stat(pid)[11:15]) / TICK
    except FileNotFoundError:
        return 0.0


def _most_memory(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024


# -- XLSX


def written(rows: QuerySet, at: datetime) -> Took:
    """The workbook as the product writes it, the time that the database takes included by the clock."""
    columns = funding_report.COLUMNS
    with NamedTemporaryFile(suffix=".xlsx") as file:
        before, began = time.process_time(), time.perf_counter()
        sheets = [("Awards", columns, workbook.values(rows, columns))]
        workbook.write(file.name, sheets, as_of=at)
        size = os.stat(file.name).st_size
        return Took(time.perf_counter() - began, time.process_time() - before, size=size)


def written_by_the_writer_alone(rows: QuerySet) -> Took:
    """The same cells by XlsxWriter as its manual has it, from rows that are in memory already."""
    columns = funding_report.COLUMNS
    found = list(workbook.values(rows, columns))
    with NamedTemporaryFile(suffix=".xlsx") as file:
        before, began = time.process_time(), time.perf_counter()
        book = xlsxwriter.Workbook(file.name, {"constant_memory": True})
        formats = {kind: book.add_format({"num_format": one}) for kind, one in workbook.FORMATS.items()}
        sheet = book.add_worksheet("Awards")
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column.heading)
        for line, row in enumerate(found, 1):
            for place, (column, value) in enumerate(zip(columns, row, strict=True)):
                _cell(sheet, line, place, column, value, formats)
        book.close()
        size = os.stat(file.name).st_size
        return Took(time.perf_counter() - began, time.process_time() - before, size=size)


def _cell(sheet, line: int, place: int, column: Column, value, formats) -> None:
    if value is None:
        return
    if column.kind is Kind.TEXT:
        sheet.write_string(line, place, value)
    elif column.kind is Kind.DAY:
        sheet.write_datetime(line, place, value, formats[Kind.DAY])
    else:
        sheet.write_number(line, place, Decimal(value), formats[column.kind])
