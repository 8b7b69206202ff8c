"""Rows that were read in Python, cell by cell: for lists whose columns are not the database's."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from accounts.exports.columns import LINE_END, Kind, inert_text
from accounts.exports.csv_file import BLOCK

#: How a spreadsheet reads it, and the value.
Cell = tuple[Kind, str | Decimal | int | date | None]


def as_csv(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Yield the file in blocks of 64 KiB at the least, the last one apart."""
    gathered = io.StringIO(newline="")
    writer = csv.writer(gathered, lineterminator=LINE_END)
    writer.writerow(map(inert_text, headings))
    for row in rows:
        writer.writerow([_plain(*cell) for cell in row])
        if gathered.tell() >= BLOCK:
            yield gathered.getvalue().encode()
            gathered.seek(0)
            gathered.truncate()
    yield gathered.getvalue().encode()


def _plain(kind: Kind, value: str | Decimal | int | date | None) -> str:
    if value is None:
        return ""
    if kind is Kind.TEXT:
        return inert_text(str(value))
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
