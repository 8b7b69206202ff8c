"""What a programme report holds besides its eleven figures: sections of tables, as plain values.

A report keeps them as JSON, and page, document and files are made from that alone: whatever is
asked of the report later, it says what it said first.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from funding.reports.suppression import Hidden

#: Of the JSON that a report keeps. Whoever changes the shape raises it.
FORM = 2
#: Those that are read. The first had no links, totals or annexes, and did not say what had compiled it.
READ = frozenset({1, FORM})


class Kind(StrEnum):
    """How a column is read. Counts are numbers; the others are text in JSON, so that nothing is rounded."""

    TEXT = "text"
    COUNT = "count"
    MONEY = "money"
    PERCENT = "percent"
    SCORE = "score"
    #: As JSON writes it: "2026-11-30".
    DAY = "day"
    #: An address of ours, such as a source's. What others wrote is text, and leads nowhere.
    LINK = "link"

    @property
    def is_number(self) -> bool:
        """Whether figures of the column stand under each other, to the right."""
        return self not in (Kind.TEXT, Kind.DAY, Kind.LINK)


HIDDEN = frozenset(one.value for one in Hidden)

#: A cell: text, a count, or a decimal as text; None where there is nothing to say.
Cell = str | int | None


@dataclass(frozen=True, slots=True)
class Column:
    heading: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under one heading.

    name     in addresses and file names: "by-area"
    note     how the figures are counted, where they come from
    charted  the headings of the columns that a chart draws, stacked, with the first column beside it
    mapped   the heading of the column that a map of the areas shows, by their ONS codes
    totals   how many rows at its end add others up: no chart draws them
    is_annex a list of single cases: by pages on the page, behind all else in the document
    is_long  too long for a page: in the files alone

    In a list, annexed or long, no cell is hidden.
    """

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    note: str = ""
    charted: Sequence[str] = ()
    mapped: str = ""
    totals: int = 0
    is_annex: bool = False
    is_long: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    name: str
    title: str
    tables: Sequence[Table]
    about: str = ""


def as_json(sections: Sequence[Section], version: str = "") -> str:
    """The same sections are the same text, to the last character: names in order, no spaces.

    version  of Launchpad, which compiled them
    """
    found = {"form": FORM, "sections": [asdict(section) for section in sections], "version": version}
    return json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Kept:
    """``version`` of Launchpad, which compiled the sections; empty where that was not kept."""

    sections: list[Section]
    version: str


def from_json(text: str) -> list[Section]:
    """The sections that ``as_json`` wrote. Raises ValueError for another form of them."""
    return kept(text).sections


def kept(text: str) -> Kept:
    """The same, with what compiled them."""
    found = json.loads(text)
    if found.get("form") not in READ:
        raise ValueError(f"a report of form {found.get('form')} is not read here")
    return Kept([_section(one) for one in found["sections"]], found.get("version", ""))


def fingerprint(text: str) -> str:
    """SHA-256 over the text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _section(found: dict[str, Any]) -> Section:
    return Section(**{**found, "tables": [_table(one) for one in found["tables"]]})


def _table(found: dict[str, Any]) -> Table:
    columns = [Column(one["heading"], Kind(one["kind"])) for one in found["columns"]]
    rows = found["rows"]
    if not (found["is_long"] or found.get("is_annex")):
        rows = [[_cell(cell, column.kind) for cell, column in zip(row, columns, strict=True)] for row in rows]
    return Table(**{**found, "columns": columns, "rows": rows})


def _cell(cell: Cell, kind: Kind) -> Cell:
    """In a column of numbers the words that stand in the place of one are told from its digits."""
    if kind is not Kind.TEXT and isinstance(cell, str) and cell in HIDDEN:
        return Hidden(cell)
    return cell
