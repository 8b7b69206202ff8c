"""Small counts of a table that goes into an answer: hidden, with all that would give them away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funding.register import few
from funding.reports import suppression
from funding.reports.contents import Column, Kind, Table
from funding.reports.suppression import Hidden

OUT = Hidden.WITHHELD


def table(*rows, kinds=(Kind.COUNT, Kind.COUNT, Kind.COUNT, Kind.MONEY)) -> Table:
    columns = [
        Column("Competition"),
        *(Column(f"Column {number}", kind) for number, kind in enumerate(kinds)),
    ]
    return Table(name="received", title="Received", columns=columns, rows=[list(row) for row in rows])


@pytest.mark.parametrize(
    ("rows", "shown"),
    [
        # Of 40 less 38 the 2 would follow.
        ([("A", 40, 38, 2, "9.00")], [["A", 40, OUT, OUT, OUT]]),
        ([("A", 40, 30, 10, "9.00")], [["A", 40, 30, 10, "9.00"]]),
        # The second is hidden with the first, since the total of the column is known.
        (
            [("A", 40, 36, 4, "9.00"), ("B", 60, 50, 10, "8.00"), ("C", 70, 55, 15, "7.00")],
            [["A", 40, OUT, OUT, OUT], ["B", 60, OUT, OUT, OUT], ["C", 70, 55, 15, "7.00"]],
        ),
        # The row of the total is no part of it.
        (
            [("A", 40, 36, 4, "9.00"), ("B", 60, 50, 10, "8.00"), ("Together", 100, 86, 14, "17.00")],
            [["A", 40, OUT, OUT, OUT], ["B", 60, OUT, OUT, OUT], ["Together", 100, 86, 14, "17.00"]],
        ),
        ([("A", 3, 3, 0, None)], [["A", OUT, OUT, OUT, None]]),
        ([], []),
    ],
)
def test_a_row_with_a_small_count_keeps_its_largest_alone(rows, shown):
    assert few.hidden(table(*rows)).rows == shown


ROWS = st.lists(st.tuples(*[st.integers(0, 12)] * 3), min_size=1, max_size=6)


@given(ROWS)
def test_nothing_small_is_shown_and_no_row_or_column_gives_it_away(rows):
    whole = table(*(("A", *counts, "1.00") for counts in rows))

    found = few.hidden(whole)

    for before, after in zip(whole.rows, found.rows, strict=True):
        counts = [cell for cell in after[1:4] if isinstance(cell, int)]
        assert not any(map(suppression.is_small, counts))
        is_touched = list(before) != list(after)
        assert not is_touched or (len(counts) <= 1 and OUT in after)
        assert not counts or not is_touched or counts == [max(before[1:4])]
    for place in (1, 2, 3):
        asked = suppression.column([row[place] for row in whole.rows])
        for must, cell in zip(asked, (row[place] for row in found.rows), strict=True):
            assert not isinstance(must, Hidden) or cell == OUT


@pytest.mark.parametrize(
    ("heads", "rows", "shown"),
    [
        # One of the six was refused; of the other rows one more is hidden, since the totals may be known.
        (
            ("Organisations that applied", "Funded"),
            [("Wirral", 6, 5), ("Sefton", 20, 10), ("Halton", 40, 20)],
            [["Wirral", 6, OUT], ["Sefton", 20, OUT], ["Halton", 40, 20]],
        ),
        (("Received", "Funded"), [("A", 20, 20)], [["A", 20, 20]]),
        (("Received", "Assessed", "Funded"), [("A", 40, 30, 27)], [["A", 40, OUT, OUT]]),
        (("Asked", "Answered"), [("A", 40, 37)], [["A", 40, OUT]]),
        (("Leads", "First-time"), [("A", 40, 37)], [["A", 40, OUT]]),
        # Neither is a part of the other.
        (("Funded", "Not funded"), [("90.1-95.0", 20, 18)], [["90.1-95.0", 20, 18]]),
    ],
)
def test_what_is_left_of_a_whole_is_a_count_too(heads, rows, shown):
    columns = [Column(""), *(Column(heading, Kind.COUNT) for heading in heads)]
    whole = Table(name="by-area", title="By area", columns=columns, rows=[list(row) for row in rows])

    assert few.hidden(whole).rows == shown


@given(st.lists(st.integers(0, 12).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))), min_size=1))
def test_no_row_and_no_total_gives_away_who_is_left(rows):
    columns = [Column(""), Column("Received", Kind.COUNT), Column("Funded", Kind.COUNT)]
    whole = Table(name="by-area", title="By area", columns=columns, rows=[["A", *counts] for counts in rows])

    found = few.hidden(whole).rows

    left = suppression.column([received - funded for received, funded in rows])
    for (_, *cells), (received, funded), must in zip(found, rows, left, strict=True):
        assert cells != [received, funded] or not isinstance(must, Hidden)
