"""JSON Lines from the same columns: an object for each row, named by its headings; sums as text."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from accounts.exports import csv_file, workbook
from accounts.exports.columns import Column


def copy(rows: QuerySet[Any], columns: Sequence[Column], file: csv_file.Written) -> None:
    """Write the rows to ``file``, each on its line, in constant memory.

    A sum is ``"40000.00"`` and a day ``"2026-06-01"``, as in the API; what is not known is null.
    """
    headings = [column.heading for column in columns]
    for row in workbook.values(rows, columns):
        found = dict(zip(headings, map(_plain, row), strict=True))
        file.write(json.dumps(found, ensure_ascii=False).encode() + b"\n")


def stream(rows: QuerySet[Any], columns: Sequence[Column]) -> Iterator[bytes]:
    """Yield the same in blocks of 64 KiB."""
    return csv_file.streamed(lambda file: copy(rows, columns, file))


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value
