"""A report's tables as people read them: the same words and bars for a page and for a document."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.core.paginator import Page, Paginator

from accounts.formats import percent, pounds
from funding import charts
from funding.charts import Key, Part
from funding.reports import tile_map
from funding.reports.contents import Cell, Column, Kind, Section, Table
from funding.reports.suppression import Hidden
from funding.reports.tile_map import TileMap

#: What stands where there is nothing to say.
NOTHING = "–"
#: Letters that have room beside another cell on a phone.
SHORT = 24
#: Rows of a long list on one page.
LINES = 20


@dataclass(frozen=True, slots=True)
class ShownCell:
    heading: str
    text: str
    is_number: bool
    is_link: bool = False
    is_day: bool = False

    @property
    def is_wide(self) -> bool:
        """Whether a phone gives it a line of its own."""
        return self.is_link or (len(self.text) > SHORT and not self.is_number)


@dataclass(frozen=True, slots=True)
class ShownBar:
    label: str
    says: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table with its cells in words, and the bars or the map of what there is to draw.

    page  of a long list, whose rows are those of this page alone
    """

    table: Table
    rows: list[list[ShownCell]]
    keys: tuple[Key, ...]
    bars: list[ShownBar]
    map: TileMap | None
    page: Page[Sequence[Cell]] | None = None

    @property
    def lines(self) -> list[tuple[list[ShownCell], bool]]:
        """Each row, and whether it adds others up."""
        first_total = len(self.rows) - self.table.totals
        return [(row, place >= first_total) for place, row in enumerate(self.rows)]


@dataclass(frozen=True, slots=True)
class ShownSection:
    section: Section
    tables: list[ShownTable]


def shown(sections: list[Section], page: int | str = 1) -> list[ShownSection]:
    """Leaves out what is in the files alone, and sections of which nothing is left.

    page  which of a long list is shown: what stands in the address
    """
    found = [
        ShownSection(
            section,
            [_paged(one, page) if one.is_annex else _table(one) for one in section.tables if not one.is_long],
        )
        for section in sections
    ]
    return [one for one in found if one.tables]


def body(sections: list[Section]) -> list[ShownSection]:
    """As ``shown``, without the lists of single cases."""
    kept = [replace(one, tables=[table for table in one.tables if not table.is_annex]) for one in sections]
    return shown(kept)


def annexes(sections: list[Section], at_most: int) -> list[tuple[ShownTable, int]]:
    """The lists of single cases, each with how many of its rows are left out."""
    return [
        (_table(replace(table, rows=table.rows[:at_most])), max(len(table.rows) - at_most, 0))
        for section in sections
        for table in section.tables
        if table.is_annex
    ]


def in_words(cell: Cell, kind: Kind) -> str:
    """Worked: "1250.00" as money is "£1,250"; "33.3" as percent "33.3%"; 1204 as a count "1,204".

    A day has its month cut short, as there is room for in a table: "2026-09-13" is "13 Sep 2026".
    """
    if cell is None or cell == "":
        return NOTHING
    if isinstance(cell, Hidden):
        return str(cell)
    if kind is Kind.MONEY:
        return pounds(cell)
    if kind is Kind.PERCENT:
        return percent(Decimal(cell))
    if kind is Kind.DAY:
        return f"{(day := date.fromisoformat(str(cell))).day} {day:%b %Y}"
    if kind is Kind.COUNT:
        return f"{int(cell):,}"
    return str(cell)


def _paged(table: Table, page: int | str) -> ShownTable:
    found = Paginator(table.rows, LINES).get_page(page)
    return replace(_table(replace(table, rows=list(found))), page=found)


def _table(table: Table) -> ShownTable:
    rows = [
        [
            ShownCell(
                column.heading,
                in_words(cell, column.kind),
                column.kind.is_number,
                column.kind is Kind.LINK and bool(cell),
                column.kind is Kind.DAY,
            )
            for column, cell in zip(table.columns, row, strict=True)
        ]
        for row in table.rows
    ]
    drawn = [place for place, column in enumerate(table.columns) if column.heading in table.charted]
    keys = tuple(
        Key(table.columns[place].heading, charts.PATTERNS[number % len(charts.PATTERNS)])
        for number, place in enumerate(drawn)
    )
    drawn_map = tile_map.of(table, in_words)
    return ShownTable(table, rows, keys, [] if drawn_map else _bars(table, drawn, keys), drawn_map)


def _bars(table: Table, drawn: list[int], keys: tuple[Key, ...]) -> list[ShownBar]:
    """One for each row with something to draw or hidden, as long as its share of the longest.

    None for a single row of one column: it would fill the width whatever it is, and compare nothing.
    """
    rows = table.rows[: len(table.rows) - table.totals]
    amounts = [[_amount(row[place]) for place in drawn] for row in rows]
    longest = max((sum(one) for one in amounts), default=Decimal(0))
    if not longest or (len(drawn) == 1 and len(rows) == 1):
        return []
    return [
        ShownBar(
            label=str(row[0]),
            says=_says([table.columns[place] for place in drawn], [row[place] for place in drawn]),
            parts=charts.stacked(zip(keys, of_row, strict=True), Decimal(longest)),
        )
        for row, of_row in zip(rows, amounts, strict=True)
        if any(of_row) or any(isinstance(row[place], Hidden) for place in drawn)
    ]


def _amount(cell: Cell) -> Decimal:
    """What is hidden has no length: its words stand beside the bar."""
    return Decimal(0) if isinstance(cell, Hidden) else Decimal(cell or 0)


def _says(columns: list[Column], cells: list[Cell]) -> str:
    """Worked: one column of money is "£1,250"; two counts are "Funded 9, Not funded 31"."""
    if len(columns) == 1:
        return in_words(cells[0], columns[0].kind)
    said = zip(columns, cells, strict=True)
    return ", ".join(f"{column.heading} {in_words(cell, column.kind)}" for column, cell in said if cell)
