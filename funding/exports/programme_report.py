"""A report as files: JSON, CSV, XLSX and PDF, each made from what the report keeps and from nothing else.

The same report gives the same bytes, whenever and wherever it is asked for: the dates in a file are
the moment that its figures hold for.
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Value

from accounts.exports import columns, document, workbook
from accounts.exports.columns import LINE_END, inert_text
from accounts.formats import local_time, pounds
from accounts.london import LONDON
from funding.models import ProgrammeReport
from funding.reports import contents, shown
from funding.reports.contents import Cell, Kind, Section, Table
from funding.reports.shown import ShownTable
from funding.reports.suppression import Hidden
from funding.reports.tile_map import TileMap

TEMPLATE = "programme_report.typ"

KINDS = {
    Kind.TEXT: columns.Kind.TEXT,
    Kind.COUNT: columns.Kind.COUNT,
    Kind.MONEY: columns.Kind.MONEY,
    Kind.PERCENT: columns.Kind.NUMBER,
    Kind.SCORE: columns.Kind.NUMBER,
    Kind.DAY: columns.Kind.DAY,
}
#: The longest name that a spreadsheet lets a sheet have.
SHEET_NAME = 31


def as_json(report: ProgrammeReport) -> bytes:
    """All that the report holds, in one object with what it is about; sums as text, to the penny."""
    about = {
        "report": report.pk,
        "covers": report.covers,
        "as_of": _as_of(report).astimezone(UTC).isoformat(),
        "fingerprint": report.fingerprint,
        "figures": report.figures,
    }
    whole = {**about, **json.loads(report.contents)}
    return json.dumps(whole, sort_keys=True, indent=1, ensure_ascii=False).encode() + b"\n"


def as_csv(report: ProgrammeReport) -> bytes:
    """A zip with a CSV for each table; in text cells an apostrophe keeps formulas from being run."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in _tables(contents.from_json(report.contents)):
            # A zip says local time, without a zone, and nothing before 1980.
            moment = _as_of(report).astimezone(LONDON).timetuple()[:6]
            entry = zipfile.ZipInfo(f"{table.name}.csv", moment)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, _csv(table).encode())
    return file.getvalue()


def table_as_csv(report: ProgrammeReport, name: str) -> bytes | None:
    """One table as it is in the zip; None where the report has none of this name."""
    if not report.contents:
        return None
    found = [table for table in _tables(contents.from_json(report.contents)) if table.name == name]
    return _csv(found[0]).encode() if found else None


def as_xlsx(report: ProgrammeReport, path: str) -> None:
    """Write a sheet for each table to ``path``; numbers as numbers."""
    sheets = [
        (_sheet_name(table), _columns(table), _values(table))
        for table in _tables(contents.from_json(report.contents))
    ]
    workbook.write(path, sheets, as_of=_as_of(report), title=f"Programme report {report.pk}")


def as_pdf(report: ProgrammeReport) -> bytes:
    """The report to be read on paper and by a screen reader (PDF/UA-1), its charts with their tables."""
    return document.pdf(TEMPLATE, content(report), made_at=_as_of(report))


def content(report: ProgrammeReport) -> dict[str, Any]:
    """What the document says, in words."""
    return {
        "title": f"Programme report {report.pk}",
        "covers": f"{report.covers[:1].upper()}{report.covers[1:]}",
        "as_of": local_time(_as_of(report)),
        "fingerprint": report.fingerprint,
        "facts": _facts(report.figures or {}),
        "sections": [
            {
                "title": one.section.title,
                "about": one.section.about,
                "tables": [_printed(table) for table in one.tables],
            }
            for one in shown.shown(contents.from_json(report.contents))
        ],
    }


def _facts(figures: dict[str, Any]) -> list[tuple[str, str]]:
    """What is asked first, for the first page."""
    of_received = figures["F04"]["of_received"]
    return [
        ("Received", f"{figures['F01']['received']:,}"),
        ("Assessed", f"{figures['F02']['assessed']:,}"),
        ("Funded", f"{figures['F03']['funded']:,}"),
        ("Success rate, of received", f"{of_received}%" if of_received else shown.NOTHING),
        ("Allocated", pounds(figures["F10"]["allocated"])),
    ]


def _printed(one: ShownTable) -> dict[str, Any]:
    return {
        "title": one.table.title,
        "note": one.table.note,
        "headings": [[column.heading, column.kind.is_number] for column in one.table.columns],
        "rows": [[cell.text for cell in row] for row in one.rows],
        "keys": [[key.label, key.pattern] for key in one.keys],
        "bars": [
            {
                "label": bar.label,
                "says": bar.says,
                "parts": [[part.key.pattern, float(part.length)] for part in bar.parts],
            }
            for bar in one.bars
        ],
        "map": _mapped(one.map),
    }


def _mapped(map: TileMap | None) -> dict[str, Any] | None:
    if map is None:
        return None
    return {
        "says": map.says,
        "clusters": [
            [
                cluster.name,
                cluster.columns,
                [[tile.label, tile.says, tile.column, tile.row, tile.shade] for tile in cluster.tiles],
            ]
            for cluster in map.clusters
        ],
    }


def _tables(sections: Iterable[Section]) -> Iterator[Table]:
    for section in sections:
        yield from section.tables


def _csv(table: Table) -> str:
    text = io.StringIO()
    heads = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator=LINE_END)
    heads.writerow(column.heading for column in table.columns)
    rows = csv.writer(text, lineterminator=LINE_END)
    for row in table.rows:
        rows.writerow(
            inert_text(cell) if column.kind is Kind.TEXT and isinstance(cell, str) else cell
            for column, cell in zip(table.columns, row, strict=True)
        )
    return text.getvalue()


def _sheet_name(table: Table) -> str:
    """Its title, without what a spreadsheet does not let a name have."""
    kept = "".join(letter for letter in table.title if letter not in "[]:*?/\\")
    return kept[:SHEET_NAME].strip()


def _columns(table: Table) -> list[columns.Column]:
    return [
        columns.Column(column.heading, Value(""), KINDS[column.kind], 28 if place == 0 else 18)
        for place, column in enumerate(table.columns)
    ]


def _values(table: Table) -> Iterator[tuple[workbook.Value, ...]]:
    for row in table.rows:
        yield tuple(_value(cell, column.kind) for column, cell in zip(table.columns, row, strict=True))


def _value(cell: Cell, kind: Kind) -> workbook.Value:
    if cell is None or kind is Kind.TEXT or isinstance(cell, Hidden):
        return cell
    return date.fromisoformat(str(cell)) if kind is Kind.DAY else Decimal(cell)


def _as_of(report: ProgrammeReport) -> datetime:
    if report.as_of is None:
        raise ValueError("a report that is not compiled has no files")
    return report.as_of
