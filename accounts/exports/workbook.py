"""XLSX from the same columns: numbers as numbers, text as text, the document's dates those of its figures."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import xlsxwriter
from django.db.models import QuerySet
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from accounts.exports.cells import Cell
from accounts.exports.columns import Column, Kind

#: What a cell may hold, and a sheet: its name, its columns and its rows.
Value = str | Decimal | int | date | None
Sheet = tuple[str, Sequence[Column], Iterable[tuple[Value, ...]]]

CHUNK = 1_000
FORMATS = {
    Kind.MONEY: "#,##0.00",
    Kind.NUMBER: "0.0#",
    Kind.DAY: "dd/mm/yyyy",
    Kind.COUNT: "0",
    Kind.MOMENT: "dd/mm/yyyy hh:mm:ss",
}
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: What a sheet can hold below its headings.
MOST_LINES = 1_048_575
WIDTH = 20
#: More than a cell can hold; the database's own limits are far below.
LONGEST_TEXT = 32_767


def write(path: str, sheets: Iterable[Sheet], *, as_of: datetime, title: str = "Funding report") -> None:
    """Write ``sheets``, each a name, its columns and its rows, to ``path`` in constant memory."""
    with _book(path, as_of, title) as book:
        for name, columns, rows in sheets:
            kinds = [column.kind for column in columns]
            headings = [(column.heading, column.width) for column in columns]
            _fill(book, name, headings, (zip(kinds, row, strict=True) for row in rows))


def write_cells(
    path: str, name: str, headings: Sequence[str], rows: Iterable[Iterable[Cell]], *, as_of: datetime
) -> None:
    """Write one sheet, named as the document is, whose cells know their kinds."""
    with _book(path, as_of, name) as book:
        _fill(book, name, [(heading, max(WIDTH, len(heading) + 2)) for heading in headings], rows)


def _book(path: str, as_of: datetime, title: str) -> xlsxwriter.Workbook:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(path, options)
    book.set_properties({"title": title, "created": as_of.astimezone(UTC).replace(tzinfo=None)})
    return book


def _fill(
    book: xlsxwriter.Workbook,
    name: str,
    headings: Sequence[tuple[str, int]],
    rows: Iterable[Iterable[Cell]],
) -> None:
    """Rows that one sheet cannot hold go on on a further one, under the same headings."""
    formats = {kind: book.add_format({"num_format": pattern}) for kind, pattern in FORMATS.items()}
    bold = book.add_format({"bold": True, "bottom": 1})
    sheet, line, number = _begun(book, name, headings, bold), 0, 1
    for row in rows:
        if line == MOST_LINES:
            number, line = number + 1, 0
            sheet = _begun(book, f"{name} {number}", headings, bold)
        line += 1
        for place, (kind, value) in enumerate(row):
            _write(sheet, line, place, kind, value, formats)


def _begun(
    book: xlsxwriter.Workbook, name: str, headings: Sequence[tuple[str, int]], bold: Format
) -> Worksheet:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for place, (heading, width) in enumerate(headings):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, heading, bold)
    return sheet


def _write(
    sheet: Worksheet, line: int, place: int, kind: Kind, value: Any, formats: dict[Kind, Format]
) -> None:
    if value is None:
        return
    if kind is Kind.TEXT or isinstance(value, StrEnum):
        # In a column of numbers, words of ours that stand in the place of one.
        sheet.write_string(line, place, str(value)[:LONGEST_TEXT])
    elif kind is Kind.DAY or kind is Kind.MOMENT:
        sheet.write_datetime(line, place, value, formats[kind])
    else:
        # A spreadsheet's numbers are binary; up to 15 digits come back as they went in.
        sheet.write_number(line, place, Decimal(value), formats[kind])


def values(rows: QuerySet[Any], columns: Sequence[Column]) -> Iterator[tuple[Value, ...]]:
    named = {column.name: column.value for column in columns}
    return rows.annotate(**named).values_list(*named).iterator(chunk_size=CHUNK)
