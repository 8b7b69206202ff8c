"""Reads a filled workbook: what it holds, and what is wrong in which cell. It is never trusted."""

import io
import zipfile
from dataclasses import dataclass, field

import openpyxl

from applications.exports import sheet_layout as layout
from applications.forms.scoring import MOST_LETTERS
from applications.models import Question

#: Bounds of a file: as it is sent, unpacked, its parts, and what is looked at in it.
MOST_BYTES, MOST_UNPACKED, MOST_PARTS = 2_000_000, 30_000_000, 300
MOST_SHEETS, MOST_ROWS = 100, 80

NOT_A_WORKBOOK = (
    "The file is not a workbook (.xlsx) that can be read. Download the sheet again and fill that in."
)
TOO_LARGE = "The file is too large to be one of our sheets."


class Unreadable(Exception):
    """The whole file cannot be taken; the message says why."""


@dataclass(slots=True)
class Filled:
    """One sheet: of which assessment and version, the cells by name, and where each stands."""

    assessment_id: int
    version: int
    title: str
    cells: dict[str, tuple[object, object]] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Given:
    """What a sheet gives: marks and texts by question, the verdict, and what is wrong at which cell."""

    scores: dict[int, tuple[int | None, str]] = field(default_factory=dict)
    verdict: dict = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def read(file: bytes) -> list[Filled]:
    """Return the sheets that are ours. Raises Unreadable."""
    _check(file)
    try:
        book = openpyxl.load_workbook(io.BytesIO(file), read_only=True, keep_links=False)
        sheets = [_sheet(sheet) for sheet in book.worksheets[:MOST_SHEETS]]
    except Exception as fault:
        # A file that somebody else made breaks the reader in more ways than can be named.
        raise Unreadable(NOT_A_WORKBOOK) from fault
    found = {one.assessment_id: one for one in sheets if one is not None}
    if not found:
        raise Unreadable(
            "No sheet of yours was found in the file. Download the sheet again and fill that in."
        )
    return list(found.values())


def _check(file: bytes) -> None:
    """Unpack it once within bounds: what a file says of its own size need not be so."""
    if len(file) > MOST_BYTES:
        raise Unreadable(TOO_LARGE)
    try:
        with zipfile.ZipFile(io.BytesIO(file)) as parts:
            names = parts.infolist()
            if len(names) > MOST_PARTS:
                raise Unreadable(TOO_LARGE)
            left = MOST_UNPACKED
            for name in names:
                with parts.open(name) as part:
                    text = part.read(left + 1)
                left -= len(text)
                if left < 0:
                    raise Unreadable(TOO_LARGE)
                if b"<!DOCTYPE" in text or b"<!ENTITY" in text or text[:2] in (b"\xff\xfe", b"\xfe\xff"):
                    raise Unreadable(NOT_A_WORKBOOK)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as fault:
        raise Unreadable(NOT_A_WORKBOOK) from fault


def _sheet(sheet) -> Filled | None:
    rows = list(sheet.iter_rows(max_row=MOST_ROWS, max_col=layout.NAME))
    if len(rows) < layout.FIRST_ROW:
        return None
    mark = layout.read_mark(_text(_value(rows[layout.MARK_ROW - 1], layout.LIMIT)))
    if mark is None:
        return None
    filled = Filled(*mark, sheet.title)
    for number, row in enumerate(rows[layout.FIRST_ROW - 1 :], start=layout.FIRST_ROW):
        name = _text(_value(row, layout.NAME))
        if name:
            filled.cells[name] = _value(row, layout.CHOICE), _value(row, layout.TEXT)
            filled.rows[name] = number
    return filled


class Formula:
    """Stands for a cell with a formula: none is worked out."""


def _value(row, column: int):
    if len(row) < column:
        return None
    cell = row[column - 1]
    return Formula() if getattr(cell, "data_type", "") == "f" else cell.value


def given(filled: Filled, questions: list[Question]) -> Given:
    """What the sheet gives for these questions. What cannot be read is named and left as it is kept."""
    found = Given()
    for question in questions:
        name = str(question.pk)
        if name not in filled.cells:
            continue
        choice, text = filled.cells[name]
        row = filled.rows[name]
        try:
            mark = _mark(choice, question, f"{filled.title}, C{row}")
            found.scores[question.pk] = mark, _words(text, f"{filled.title}, D{row}")
        except ValueError as fault:
            found.problems.append(str(fault))
    for choice_name, text_name, _asked in layout.VERDICT:
        name = choice_name or text_name
        if name not in filled.cells:
            continue
        choice, text = filled.cells[name]
        row = filled.rows[name]
        try:
            if choice_name:
                found.verdict[choice_name] = _yes_or_no(choice, f"{filled.title}, C{row}")
            if text_name:
                found.verdict[text_name] = _words(text, f"{filled.title}, D{row}")
        except ValueError as fault:
            found.problems.append(str(fault))
    return found


def _mark(value, question: Question, cell: str) -> int | None:
    text = _text(value).strip()
    if isinstance(value, Formula):
        raise ValueError(f"{cell}: type the mark; a formula is not taken")
    if text == "":
        return None
    if text.endswith(".0"):
        text = text[:-2]
    if not (text.isascii() and text.isdecimal() and len(text) < 4 and int(text) <= (question.max_marks or 0)):
        raise ValueError(f"{cell}: the mark must be a whole number from 0 to {question.max_marks}")
    return int(text)


def _yes_or_no(value, cell: str) -> bool | None:
    text = _text(value).strip().lower()
    if isinstance(value, Formula) or text not in ("", "yes", "no", "y", "n", "true", "false"):
        raise ValueError(f"{cell}: enter yes or no")
    return None if text == "" else text in ("yes", "y", "true")


def _words(value, cell: str) -> str:
    if isinstance(value, Formula):
        raise ValueError(f"{cell}: type the text; a formula is not taken")
    text = _text(value).replace("\r\n", "\n").replace("_x000D_", "")
    if len(text) > MOST_LETTERS:
        raise ValueError(f"{cell}: the text must be {MOST_LETTERS:,} characters or fewer")
    return text.strip()


def _text(value) -> str:
    return "" if value is None else str(value).replace("\x00", "")
