"""Bars as geometry: parts that lie end to end, and ends that stand at one place."""

from decimal import Decimal
from random import Random

import pytest

from funding import charts
from funding.charts import HUNDRED, Bar, Chart, Key, stacked
from tests.architecture import ROOT

ONE, TWO, THREE = Key("One", "solid"), Key("Two", "stripes"), Key("Three", "dots")


def test_parts_lie_end_to_end_and_nought_is_left_out():
    parts = stacked([(ONE, Decimal(1)), (TWO, Decimal(0)), (THREE, Decimal(2))], Decimal(3))

    assert [(part.key, part.start, part.length) for part in parts] == [
        (ONE, Decimal(0), Decimal("33.33")),
        (THREE, Decimal("33.33"), Decimal("66.67")),
    ]


@pytest.mark.parametrize("seed", range(50))
def test_no_part_leaves_a_gap_or_the_drawing(seed):
    chance = Random(seed)
    amounts = [(ONE, Decimal(chance.randint(0, 10**9)) / 100) for _ in range(chance.randint(1, 6))]
    whole = sum(amount for _, amount in amounts) * Decimal(chance.choice(["0.5", "1", "1.7"]))

    parts = stacked(amounts, whole)

    assert all(part.length > 0 for part in parts)
    edges = [Decimal(0)] + [part.start + part.length for part in parts]
    assert [part.start for part in parts] == edges[:-1]
    assert edges[-1] <= HUNDRED


def test_of_a_whole_of_nothing_there_is_nothing_to_draw():
    assert stacked([(ONE, Decimal(5))], Decimal(0)) == ()


@pytest.mark.parametrize(
    ("bars", "room"),
    [
        ([], 0),
        ([(Decimal(0), Decimal(9))], 0),
        ([(Decimal(200), Decimal(50)), (Decimal(100), Decimal(0))], Decimal("0.25")),
        ([(Decimal(100), Decimal(900))], 1),
    ],
)
def test_there_is_room_beyond_the_end_for_the_longest_up_to_as_much_again(bars, room):
    assert charts.room_beyond(bars) == room


def test_a_table_has_each_figure_under_its_column():
    bar = Bar(label="North", says="", parts=(), figures=(Decimal(1), None))
    chart = Chart(name="x", title="X", heads="Place", columns=("Awarded", "Asked"), keys=(ONE,), bars=(bar,))

    assert chart.rows == [(bar, [("Awarded", Decimal(1)), ("Asked", None)])]


def test_every_pattern_is_drawn():
    drawn = (ROOT / "templates/components/chart_patterns.html").read_text()

    assert [f'id="chart-{pattern}"' in drawn for pattern in charts.PATTERNS] == [True] * len(charts.PATTERNS)
