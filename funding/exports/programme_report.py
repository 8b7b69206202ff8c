"""A report as files: JSON, CSV, XLSX and PDF, each made from what the report keeps and from nothing else.

The same report gives the same bytes, whenever and wherever it is asked for: the dates in a file are
the moment that its figures hold for.
"""

import io
import json
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from accounts.exports import cells, document, workbook
from accounts.exports.cells import Cell
from accounts.exports.columns import Kind
from accounts.formats import local_time
from accounts.london import LONDON
from funding.exports import report_about, report_leaves
from funding.exports.report_leaves import Leaf
from funding.models import ProgrammeReport
from funding.reports import contents, headline, shown
from funding.reports.contents import Column, Table
from funding.reports.shown import ShownTable
from funding.reports.tile_map import TileMap

TEMPLATE = "programme_report.typ"

#: The longest name that a spreadsheet lets a sheet have.
SHEET_NAME = 31
#: How wide a column of a sheet is, in characters: at the least, at the most, and where texts are of several
#: lines.
NARROW, WIDE, BROAD = 11, 34, 70
#: In the document an address breaks within its words, and a long text wraps.
LONGEST_WORD, LONGEST_LINE = 22, 60
#: Rows of a list of single cases that the document has; the files have all.
PRINTED = 500


def as_json(report: ProgrammeReport) -> bytes:
    """All that the report holds, in one object with what it is about; sums as text, to the penny."""
    found = json.loads(report.contents)
    about = {
        "report": report.pk,
        "covers": report.covers,
        "as_of": _as_of(report).astimezone(UTC).isoformat(),
        "fingerprint": report.fingerprint,
        "about": dict(report_about.of(report, found.get("version", ""))),
        "figures": report.figures,
    }
    whole = {**about, **found}
    return json.dumps(whole, sort_keys=True, indent=1, ensure_ascii=False).encode() + b"\n"


def as_csv(report: ProgrammeReport) -> bytes:
    """A zip with a CSV for each table; in text cells an apostrophe keeps formulas from being run."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for leaf in report_leaves.of(report):
            # A zip says local time, without a zone, and nothing before 1980.
            moment = _as_of(report).astimezone(LONDON).timetuple()[:6]
            entry = zipfile.ZipInfo(f"{leaf.name}.csv", moment)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, _csv(leaf))
    return file.getvalue()


def table_as_csv(table: Table) -> bytes:
    """One table as it is in the zip."""
    return _csv(report_leaves.of_table(table))


def as_xlsx(report: ProgrammeReport, path: str) -> None:
    """Write a sheet about the report and one for each table to ``path``; numbers as numbers."""
    sheets = (
        workbook.SetSheet(
            name=_sheet_name(leaf.title),
            title=f"Programme report {report.pk}: {leaf.title}",
            headings=[
                (heading, _width(heading, [row[place] for row in leaf.rows]))
                for place, heading in enumerate(leaf.headings)
            ],
            rows=leaf.rows,
            totals=leaf.totals,
        )
        for leaf in report_leaves.of(report)
    )
    workbook.write_set(path, sheets, as_of=_as_of(report), title=f"Programme report {report.pk}")


def as_pdf(report: ProgrammeReport) -> bytes:
    """The report to be read on paper and by a screen reader (PDF/UA-1), its charts with their tables."""
    return document.pdf(TEMPLATE, content(report), made_at=_as_of(report))


def content(report: ProgrammeReport) -> dict[str, Any]:
    """What the document says, in words."""
    kept = contents.kept(report.contents)
    sections = kept.sections
    return {
        "title": f"Programme report {report.pk}",
        "covers": f"{report.covers[:1].upper()}{report.covers[1:]}",
        "reality": report.reality,
        "is_invented": report.is_invented,
        "as_of": local_time(_as_of(report)),
        "fingerprint": report.fingerprint,
        "facts": [(one.label, one.text, one.how) for one in headline.of(report.figures or {})],
        "sections": [
            {
                "title": one.section.title,
                "about": one.section.about,
                "tables": [_printed(table) for table in one.tables],
            }
            for one in shown.body(sections)
        ],
        "annexes": [
            {**_printed(table), "left_out": left_out} for table, left_out in shown.annexes(sections, PRINTED)
        ],
        "about": report_about.of(report, kept.version),
    }


def _printed(one: ShownTable) -> dict[str, Any]:
    return {
        "title": one.table.title,
        "note": one.table.note,
        "columns": [
            [
                column.heading,
                column.kind,
                column.kind.is_number,
                *_room(column, [row[place].text for row in one.rows]),
            ]
            for place, column in enumerate(one.table.columns)
        ],
        "rows": [[cell.text for cell in row] for row in one.rows],
        "totals": one.table.totals,
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


def _room(column: Column, texts: Sequence[str]) -> tuple[int, int]:
    """How many letters a column of the document needs at the least, and would have with room enough."""
    every = [column.heading, *texts]
    word = max(len(word) for text in every for word in (text.split() or [""]))
    if column.kind is contents.Kind.DAY:
        # A day stays on one line.
        word = max([word, *map(len, texts)])
    return min(word, LONGEST_WORD), min(max(map(len, every)), LONGEST_LINE)


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


def _csv(leaf: Leaf) -> bytes:
    return b"".join(cells.as_csv(leaf.headings, leaf.rows))


def _sheet_name(title: str) -> str:
    """The title, without what a spreadsheet does not let a name have."""
    kept = "".join(letter for letter in title if letter not in "[]:*?/\\")
    # Cut between words, where it is too long.
    return kept if len(kept) <= SHEET_NAME else kept[: SHEET_NAME + 1].rpartition(" ")[0] or kept[:SHEET_NAME]


def _width(heading: str, column: Sequence[Cell]) -> int:
    """As wide as its longest cell, within limits; a heading wraps between its words, and breaks none."""
    words = max(map(len, heading.split()), default=0) + 4
    longest = max((_length(*cell) for cell in column), default=0) + 3
    most = BROAD if longest > 2 * WIDE else WIDE
    return max(NARROW, words, min(longest, most))


def _length(kind: Kind, value: object) -> int:
    if value is None:
        return 0
    # With its pound sign and commas; a day in words is as long as 28 Sep 2026.
    return len(f"£{value:,}") if kind is Kind.MONEY and not isinstance(value, str) else len(str(value)) + 2


def _as_of(report: ProgrammeReport) -> datetime:
    if report.as_of is None:
        raise ValueError("a report that is not compiled has no files")
    return report.as_of
