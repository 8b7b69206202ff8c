"""A report's tables as people read them: the same words and bars for a page and for a document."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.formats import local_day, percent, pounds
from funding import charts
from funding.charts import Key, Part
from funding.reports import tile_map
from funding.reports.contents import Cell, Column, Kind, Section, Table
from funding.reports.suppression import Hidden
from funding.reports.tile_map import TileMap

#: What stands where there is nothing to say.
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class ShownCell:
    heading: str
    text: str
    is_number: bool


@dataclass(frozen=True, slots=True)
class ShownBar:
    label: str
    says: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table with its cells in words, and the bars or the map of what there is to draw."""

    table: Table
    rows: list[list[ShownCell]]
    keys: tuple[Key, ...]
    bars: list[ShownBar]
    map: TileMap | None


@dataclass(frozen=True, slots=True)
class ShownSection:
    section: Section
    tables: list[ShownTable]


def shown(sections: list[Section]) -> list[ShownSection]:
    """Leaves out what is in the files alone, and sections of which nothing is left."""
    found = [
        ShownSection(section, [_table(table) for table in section.tables if not table.is_long])
        for section in sections
    ]
    return [one for one in found if one.tables]


def in_words(cell: Cell, kind: Kind) -> str:
    """Worked: "1250.00" as money is "£1,250"; "33.3" as percent or score "33.3%"; 1204 as a count "1,204"."""
    if cell is None or cell == "":
        return NOTHING
    if isinstance(cell, Hidden):
        return str(cell)
    if kind is Kind.MONEY:
        return pounds(cell)
    if kind is Kind.PERCENT:
        return percent(Decimal(cell))
    if kind is Kind.DAY:
        return local_day(date.fromisoformat(str(cell)))
    if kind is Kind.COUNT:
        return f"{int(cell):,}"
    return str(cell)


def _table(table: Table) -> ShownTable:
    rows = [
        [
            ShownCell(column.heading, in_words(cell, column.kind), column.kind.is_number)
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
    amounts = [[_amount(row[place]) for place in drawn] for row in table.rows]
    longest = max((sum(one) for one in amounts), default=Decimal(0))
    if not longest or (len(drawn) == 1 and len(table.rows) == 1):
        return []
    return [
        ShownBar(
            label=str(row[0]),
            says=_says([table.columns[place] for place in drawn], [row[place] for place in drawn]),
            parts=charts.stacked(zip(keys, of_row, strict=True), Decimal(longest)),
        )
        for row, of_row in zip(table.rows, amounts, strict=True)
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
