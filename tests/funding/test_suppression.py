"""Small counts of a published table: never shown, and never found from what is shown and the total."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funding.reports.suppression import LEAST, Hidden, Shown, column, count, is_small

FEW, WITHHELD = Hidden.FEW, Hidden.WITHHELD
COLUMNS = st.lists(st.integers(0, 12) | st.integers(0, 4), min_size=2, max_size=12)


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([21, 12, 4, 3], [21, 12, FEW, FEW]),
        ([21, 12, 7, 0], [21, 12, 7, 0]),
        ([21, 15, 4], [21, WITHHELD, WITHHELD]),
        # Both of the next smallest, or their order would say which is the small one.
        ([9, 9, 4, 0], [WITHHELD, WITHHELD, WITHHELD, 0]),
        # Two that come to 2 are one each, and two that come to 8 are four each.
        ([9, 1, 1], [WITHHELD, WITHHELD, WITHHELD]),
        ([9, 4, 4], [WITHHELD, WITHHELD, WITHHELD]),
        # There is nothing else to hide it among.
        ([3, 0, 0], [WITHHELD, WITHHELD, WITHHELD]),
        ([3], [FEW]),
        ([8], [8]),
        ([0, 0], [0, 0]),
        ([], []),
    ],
)
def test_a_column_hides_the_small_and_what_would_give_it_away(counts, shown):
    assert column(counts) == shown


@pytest.mark.parametrize(("number", "shown"), [(0, 0), (1, FEW), (4, FEW), (5, 5), (400, 400)])
def test_one_count_is_hidden_from_one_to_four(number, shown):
    assert count(number) == shown


@given(COLUMNS)
def test_no_small_count_is_shown_and_what_is_shown_is_true(counts):
    shown = column(counts)

    assert len(shown) == len(counts)
    for number, cell in zip(counts, shown, strict=True):
        assert isinstance(cell, Hidden) or (cell == number and not is_small(number))
        assert cell != FEW or is_small(number)


@given(COLUMNS)
def test_nothing_is_hidden_where_nothing_is_small(counts):
    assert any(isinstance(cell, Hidden) for cell in column(counts)) == any(map(is_small, counts))


@given(COLUMNS)
def test_no_hidden_count_follows_from_the_shown_ones_and_the_total(counts):
    shown = column(counts)
    hidden = [place for place, cell in enumerate(shown) if isinstance(cell, Hidden)]

    left = sum(counts) - sum(cell for cell in shown if not isinstance(cell, Hidden))
    bounds = {place: (1, LEAST - 1) if shown[place] == FEW else (0, left) for place in hidden}
    for place in hidden:
        rest = [bounds[other] for other in hidden if other != place]
        least = max(bounds[place][0], left - sum(most for _, most in rest))
        most = min(bounds[place][1], left - sum(least for least, _ in rest))
        assert least < most, (counts, shown)


@pytest.mark.parametrize(("cells", "most"), [(2, 26), (3, 20), (4, 15), (5, 11)])
def test_nor_for_whoever_tries_the_rule_on_every_column_of_that_total(cells, most):
    for total in range(most + 1):
        alike: dict[tuple[Shown, ...], list[Sequence[int]]] = defaultdict(list)
        for counts in columns_of(cells, total):
            alike[tuple(column(counts))].append(counts)
        for shown, all_counts in alike.items():
            for place, cell in enumerate(shown):
                if isinstance(cell, Hidden):
                    assert len({counts[place] for counts in all_counts}) > 1, (shown, all_counts)


def columns_of(cells: int, total: int) -> Iterator[tuple[int, ...]]:
    if cells == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in columns_of(cells - 1, total - first):
            yield (first, *rest)
