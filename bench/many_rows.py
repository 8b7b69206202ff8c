"""Figures of very many rows: by the clock, and by processors' time, which is surer on a busy machine."""

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from accounts import clock
from accounts.models import User
from bench import volume
from bench.load import Outcome
from bench.table import Figure, Yardstick
from bench.volume import Took
from bench.web import signed_in
from funding.exports.funding_view import View

if TYPE_CHECKING:
    from bench.measures import Bench

PATH = "/admin/funding/programmereport/funding-report.csv?of=all"
COPY, INERT, WRITER = "COPY", "COPY with the inert-text rule", "XlsxWriter alone"
MEGABYTE = 1024 * 1024


def figures(bench: "Bench", by: User) -> list[Figure]:
    volume.lay_in(bench.superuser_url, bench.rows)
    rows = View(chosen={"of": "all"}).rows(by)
    began = time.perf_counter()
    number = rows.count()
    counted = time.perf_counter() - began
    bench.say(f"  {number:,} rows laid in, counted in {counted * 1000:.0f} ms; load {os.getloadavg()[0]:.1f}")
    visitor = signed_in(by)
    # Once for what a server keeps from its first request on.
    csv = volume.streamed(bench.site.port, visitor, PATH, _servers)
    bench.say(
        f"  CSV: {csv.size / MEGABYTE:.0f} MB, first byte after {csv.first * 1000:.0f} ms,"
        f" at most {csv.peak / MEGABYTE:.0f} MB of memory in a process of the server"
    )
    copies = {name: volume.copied(rows, _servers, is_inert=name == INERT) for name in (COPY, INERT)}
    at, several = clock.now(), min(bench.sheet_rows, number)
    # A sheet's rows are looked for and sorted alone, as for a report that has no others.
    last = rows.order_by("-pk").values_list("pk", flat=True)[several - 1]
    rows = rows.filter(pk__gte=last)
    sheet, alone = volume.written(rows, at), volume.written_by_the_writer_alone(rows)
    bench.say(f"  XLSX: {sheet.size / MEGABYTE:.1f} MB, {alone.size / MEGABYTE:.1f} MB by the writer alone")
    return [
        *_both_ways(f"CSV, {number:,} rows", number, csv, copies),
        Figure("CSV, its first byte", _outcome(1, csv.first), 1),
        *_both_ways(f"XLSX, {several:,} rows", several, sheet, {WRITER: alone}),
    ]


def _both_ways(name: str, rows: int, took: Took, beside: dict[str, Took]) -> list[Figure]:
    """Rows a second by the clock, and of one processor's second."""
    return [
        Figure(
            f"{name}{way}",
            _outcome(rows, of(took)),
            1,
            [Yardstick(n, _outcome(rows, of(t))) for n, t in beside.items()],
        )
        for way, of in (("", lambda one: one.wall), (", processors", lambda one: one.processors))
    ]


def _outcome(count: int, seconds: float) -> Outcome:
    return Outcome(count, seconds, seconds * 1000, seconds * 1000)


def _servers() -> list[int]:
    """The web server that the bench has started, and its workers."""
    web = [
        pid
        for pid in volume.children_of(os.getpid())
        if b"gunicorn" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    return [*web, *(worker for pid in web for worker in volume.children_of(pid))]
