"""What a report's spreadsheets hold, leaf by leaf: about itself, its figures at a glance, and each table.

A leaf is a sheet of the XLSX and a file of the CSV zip.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.exports.cells import Cell
from accounts.exports.columns import Kind
from funding.exports import report_about
from funding.models import ProgrammeReport
from funding.reports import contents, headline
from funding.reports.contents import Table
from funding.reports.suppression import Hidden

KINDS = {
    contents.Kind.TEXT: Kind.TEXT,
    contents.Kind.LINK: Kind.TEXT,
    contents.Kind.COUNT: Kind.COUNT,
    contents.Kind.MONEY: Kind.MONEY,
    contents.Kind.PERCENT: Kind.PERCENT,
    contents.Kind.SCORE: Kind.NUMBER,
    contents.Kind.DAY: Kind.DAY,
}
#: What a number is one of, where each line is of another kind.
UNITS = {contents.Kind.MONEY: "pounds", contents.Kind.PERCENT: "percent"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """``name`` of the file, ``title`` of the sheet; ``totals`` rows at its end add others up."""

    name: str
    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    totals: int = 0


def of(report: ProgrammeReport) -> Iterator[Leaf]:
    """All of them: what the report is comes first."""
    kept = contents.kept(report.contents)
    tables = [table for section in kept.sections for table in section.tables]
    yield _about(report, kept.version, tables)
    if report.figures:
        yield _figures(report.figures)
    yield from map(of_table, tables)


def of_table(table: Table) -> Leaf:
    return Leaf(
        name=table.name,
        title=table.title,
        headings=[column.heading for column in table.columns],
        rows=[
            [
                (KINDS[column.kind], _value(cell, column.kind))
                for column, cell in zip(table.columns, row, strict=True)
            ]
            for row in table.rows
        ],
        totals=table.totals,
    )


def _about(report: ProgrammeReport, version: str, tables: Sequence[Table]) -> Leaf:
    said = [
        *report_about.of(report, version),
        *((f"{table.title} ({table.name}.csv)", table.note) for table in tables),
    ]
    return Leaf(
        name="about",
        title="About",
        headings=["About this report", "What it is"],
        rows=[[(Kind.TEXT, label), (Kind.TEXT, text)] for label, text in said],
    )


def _figures(figures: dict[str, Any]) -> Leaf:
    return Leaf(
        name="figures",
        title="At a glance",
        headings=["Figure", "Value", "In", "How it is counted"],
        rows=[
            [
                (Kind.TEXT, one.label),
                (KINDS[one.kind], _value(one.value, one.kind)),
                (Kind.TEXT, UNITS.get(one.kind, "number")),
                (Kind.TEXT, one.how),
            ]
            for one in headline.of(figures)
        ],
    )


def _value(cell: contents.Cell, kind: contents.Kind) -> str | Decimal | date | None:
    if cell is None or isinstance(cell, Hidden):
        return cell
    if KINDS[kind] is Kind.TEXT:
        return str(cell)
    return date.fromisoformat(str(cell)) if kind is contents.Kind.DAY else Decimal(cell)
