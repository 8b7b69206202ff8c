"""Small counts of a report's table, hidden with all that they could be worked out from. Plain values.

A report shows a row's parts beside their whole and the rows above their total, and does not say which is
which. So of a row that has a count from 1 to 4, or is hidden to keep another's from being subtracted, only
its largest count stays: all other figures of it, its rates and sums too, read "not shown".

Worked: of 40 received 38 were assessed and 2 ineligible. The 40 stays; 38 and 2 read "not shown".

What is left of a whole is a count as well: of 6 that applied 5 were funded, so that one was refused.
"""

from collections.abc import Sequence
from dataclasses import replace

from funding.reports import suppression
from funding.reports.contents import Cell, Kind, Table
from funding.reports.suppression import Hidden

#: What heads the row in which the others are added up.
TOGETHER = "Together"
#: The headings of counts of which every count to their right is a part.
WHOLES = frozenset({"Received", "Assessed", "Organisations that applied", "Leads", "Asked"})


def hidden(table: Table) -> Table:
    counts = [place for place, column in enumerate(table.columns) if column.kind is Kind.COUNT]
    of_each = {place: _hidden_in(table.rows, [_number(row[place]) for row in table.rows]) for place in counts}
    left = [
        _hidden_in(table.rows, [_number(row[whole]) - _number(row[part]) for row in table.rows])
        for whole, part in _parts_of_wholes(table, counts)
    ]
    rows = set().union(*of_each.values(), *left)
    if not rows:
        return table
    return replace(
        table,
        rows=[
            _without(row, table, _largest(row, of_each)) if number in rows else row
            for number, row in enumerate(table.rows)
        ],
    )


def _parts_of_wholes(table: Table, counts: Sequence[int]) -> list[tuple[int, int]]:
    """The places of each whole and of each of its parts."""
    return [
        (whole, part)
        for whole in counts
        for part in counts
        if table.columns[whole].heading in WHOLES and whole < part
    ]


def _hidden_in(rows: Sequence[Sequence[Cell]], numbers: Sequence[int]) -> set[int]:
    """The rows whose number is hidden: the total's row by itself, the others by their sum."""
    parts = [place for place, row in enumerate(rows) if row[0] != TOGETHER]
    shown = suppression.column([numbers[place] for place in parts])
    found = {place for place, cell in zip(parts, shown, strict=True) if isinstance(cell, Hidden)}
    totals = set(range(len(rows))) - set(parts)
    return found | {place for place in totals if suppression.is_small(numbers[place])}


def _largest(row: Sequence[Cell], of_each: dict[int, set[int]]) -> int | None:
    """The column of the row's largest count, where nothing of that column is hidden for its own sake."""
    place = max(of_each, key=lambda one: _number(row[one]))
    return None if of_each[place] else place


def _without(row: Sequence[Cell], table: Table, kept: int | None) -> list[Cell]:
    return [
        Hidden.WITHHELD if column.kind.is_number and cell is not None and place != kept else cell
        for place, (cell, column) in enumerate(zip(row, table.columns, strict=True))
    ]


def _number(cell: Cell) -> int:
    return cell if isinstance(cell, int) else 0
