"""The programme report's figures, counted again by hand."""

from decimal import Decimal

from funding.reports import figures
from funding.reports.figures import Entry


def entry(score: str | None, amount: str = "0.00", **fields) -> Entry:
    money = Decimal(amount)
    mark = Decimal(score) if score else None
    return Entry(is_assessed=mark is not None, score=mark, is_funded=money > 0, amount=money, **fields)


def unsuccessful(score: str | None) -> Entry:
    return entry(score, is_unsuccessful=True)


def test_the_figures_of_a_round_with_ties_and_lapses():
    entries = [
        entry("95.1", "100000.00"),
        entry("80.0", "50000.00"),
        entry("80.0", "50000.01"),
        unsuccessful("70.0"),
        unsuccessful("69.9"),
        entry("75.1", has_lapsed=True),
        unsuccessful(None),
    ]

    found = figures.of(entries)

    assert found["F01"] == {"received": 7}
    assert found["F02"] == {"assessed": 6}
    assert found["F03"] == {"funded": 3, "lapsed": 1}
    assert found["F04"] == {"of_received": "42.9", "of_assessed": "50.0"}
    assert found["F05"] == {"lowest_funded": "80.0"}
    assert found["F06"] == {"highest_funded": "95.1"}
    assert found["F07"] == {"mean_of_unfunded": "70.0"}
    assert found["F08"] == {"mean_grant": "66666.67"}
    assert found["F09"] == {"mean_of_funded": "85.0"}
    assert found["F10"] == {"allocated": "200000.01"}
    assert [band["number"] for band in found["F11"]["bands"]] == [1, 1, 3, 0, 0, 0, 1]
    assert found["F11"]["bands"][2] == {"band": "75.1-80.0", "number": 3, "percent": "50.0"}


def test_the_mean_of_the_unfunded_leaves_out_all_that_is_not_decided_unsuccessful():
    lapsed_or_waiting = [entry("90.0", has_lapsed=True), entry("90.0")]

    found = figures.of([unsuccessful("60.0"), unsuccessful("61.1"), *lapsed_or_waiting])

    assert found["F07"] == {"mean_of_unfunded": "60.6"}


def test_exactly_seventy_has_a_band_with_number_and_share():
    found = figures.of([entry("70.0"), entry("69.9"), entry("75.0"), entry("75.1")])

    assert found["F11"]["bands"][:3] == [
        {"band": "<70.0", "number": 1, "percent": "25.0"},
        {"band": "70.0-75.0", "number": 2, "percent": "50.0"},
        {"band": "75.1-80.0", "number": 1, "percent": "25.0"},
    ]


def test_nothing_to_divide_by_is_not_available():
    found = figures.of([])

    assert found["F04"] == {"of_received": None, "of_assessed": None}
    assert found["F08"] == {"mean_grant": None}
    assert found["F10"] == {"allocated": "0.00"}


def test_every_score_has_exactly_one_band():
    scores = [Decimal(tenths) / 10 for tenths in range(1001)]

    counts = [sum(least <= score <= most for _, least, most in figures.BANDS) for score in scores]

    assert set(counts) == {1}
