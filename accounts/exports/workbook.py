"""XLSX from the same columns: numbers as numbers, text as text, the document's dates those of its figures."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.db.models import QuerySet
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from accounts.exports.columns import Column, Kind

#: What a cell may hold, and a sheet: its name, its columns and its rows.
Value = str | Decimal | int | date | None
Sheet = tuple[str, Sequence[Column], Iterable[tuple[Value, ...]]]

CHUNK = 1_000
FORMATS = {Kind.MONEY: "#,##0.00", Kind.NUMBER: "0.0#", Kind.DAY: "dd/mm/yyyy"}
#: More than a cell can hold; the database's own limits are far below.
LONGEST_TEXT = 32_767


def write(path: str, sheets: Iterable[Sheet], *, as_of: datetime, title: str = "Funding report") -> None:
    """Write ``sheets``, each a name, its columns and its rows, to ``path`` in constant memory."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"title": title, "created": as_of.astimezone(UTC).replace(tzinfo=None)})
        formats = {kind: book.add_format({"num_format": pattern}) for kind, pattern in FORMATS.items()}
        bold = book.add_format({"bold": True, "bottom": 1})
        for name, columns, rows in sheets:
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for place, column in enumerate(columns):
                sheet.set_column(place, place, column.width)
                sheet.write_string(0, place, column.heading, bold)
            for line, row in enumerate(rows, 1):
                for place, (column, value) in enumerate(zip(columns, row, strict=True)):
                    _write(sheet, line, place, column.kind, value, formats)


def _write(
    sheet: Worksheet, line: int, place: int, kind: Kind, value: Any, formats: dict[Kind, Format]
) -> None:
    if value is None:
        return
    if kind is Kind.TEXT:
        sheet.write_string(line, place, str(value)[:LONGEST_TEXT])
    elif kind is Kind.DAY:
        sheet.write_datetime(line, place, value, formats[kind])
    else:
        # A spreadsheet's numbers are binary; up to 15 digits come back as they went in.
        sheet.write_number(line, place, Decimal(value), formats[kind])


def values(rows: QuerySet[Any], columns: Sequence[Column]) -> Iterator[tuple[Value, ...]]:
    named = {column.name: column.value for column in columns}
    return rows.annotate(**named).values_list(*named).iterator(chunk_size=CHUNK)
