"""XLSX from the same columns: numbers as numbers, text as text, the document's dates those of its figures."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
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
    Kind.PERCENT: '0.0"%"',
}
#: Of sheets that are read as they are, or printed.
SET_FORMATS = {
    **FORMATS, Kind.TEXT: "@", Kind.MONEY: "£#,##0.00", Kind.NUMBER: "0.0", Kind.COUNT: "#,##0",
    Kind.DAY: "d mmm yyyy",
}  # fmt: skip
A4 = 9
#: Points that a line of a row takes.
LINE = 15
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: What a sheet can hold below its headings.
MOST_LINES = 1_048_575
WIDTH = 20
#: More than a cell can hold; the database's own limits are far below.
LONGEST_TEXT = 32_767


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSheet:
    """A sheet to be read and printed as it is: its text wraps, its headings repeat on each page.

    title     stands above each printed page
    headings  each with the width of its column, in characters
    totals    how many rows at its end add others up
    """

    name: str
    title: str
    headings: Sequence[tuple[str, int]]
    rows: Sequence[Sequence[Cell]]
    totals: int = 0


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


def write_set(path: str, sheets: Iterable[SetSheet], *, as_of: datetime, title: str) -> None:
    """Write sheets to be read and printed as they are."""
    with _book(path, as_of, title) as book:
        formats = {
            (kind, is_total): book.add_format(
                {
                    "num_format": pattern,
                    "valign": "top",
                    "text_wrap": kind is Kind.TEXT,
                    "indent": int(kind is Kind.TEXT),
                    **({"bold": True, "top": 1} if is_total else {}),
                    **({} if kind is Kind.TEXT else {"align": "right"}),
                }
            )
            for kind, pattern in SET_FORMATS.items()
            for is_total in (False, True)
        }
        heads = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"}
        of_text, of_numbers = (
            book.add_format({**heads, "indent": 1}),
            book.add_format({**heads, "align": "right"}),
        )
        for one in sheets:
            _set(book, one, formats, of_text, of_numbers)


def _set(
    book: xlsxwriter.Workbook,
    one: SetSheet,
    formats: dict[tuple[Kind, bool], Format],
    of_text: Format,
    of_numbers: Format,
) -> None:
    sheet = book.add_worksheet(one.name)
    sheet.freeze_panes(1, 1 if len(one.headings) > 2 else 0)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_header(f"&L&B{one.title.replace('&', '&&')}")
    sheet.set_footer("&RPage &P of &N")
    widths = [width for _, width in one.headings]
    # Said here, since not every spreadsheet makes room for what wraps.
    sheet.set_row(0, LINE * _lines([heading for heading, _ in one.headings], widths))
    for place, (heading, width) in enumerate(one.headings):
        is_text = not one.rows or one.rows[0][place][0] is Kind.TEXT
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, heading, of_text if is_text else of_numbers)
    for line, row in enumerate(one.rows, start=1):
        is_total = line > len(one.rows) - one.totals
        if (lines := _lines([value for _, value in row], widths)) > 1:
            sheet.set_row(line, LINE * lines)
        of_row = {kind: found for (kind, total), found in formats.items() if total == is_total}
        for place, (kind, value) in enumerate(row):
            _write(sheet, line, place, kind, value, of_row)


def _lines(texts: Sequence[object], widths: Sequence[int]) -> int:
    """How many lines a row has whose texts wrap, with some room for wide letters."""
    wrapped = (
        len(textwrap.wrap(text, max(width - 1, 1)))
        for text, width in zip(texts, widths, strict=True)
        if isinstance(text, str) and len(text) >= width
    )
    return max(wrapped, default=1) or 1


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
        sheet.write_string(line, place, str(value)[:LONGEST_TEXT], formats.get(kind))
    elif kind is Kind.DAY or kind is Kind.MOMENT:
        sheet.write_datetime(line, place, value, formats[kind])
    else:
        # A spreadsheet's numbers are binary; up to 15 digits come back as they went in.
        sheet.write_number(line, place, Decimal(value), formats[kind])


def values(rows: QuerySet[Any], columns: Sequence[Column]) -> Iterator[tuple[Value, ...]]:
    named = {column.name: column.value for column in columns}
    return rows.annotate(**named).values_list(*named).iterator(chunk_size=CHUNK)
