"""Where the line falls, on standings and budgets written out by hand."""

from decimal import Decimal

import pytest

from applications.assessment.standings import Standing, order
from funding.line import plan
from funding.models import Budget, Outcome

FUND, BELOW = Outcome.FUND, Outcome.BELOW_LINE


def standing(reference, score="80.0", grant="100", code="MFA", **fields):
    facts = {
        "application_id": hash(reference),
        "reference": reference,
        "title": "",
        "lead_name": "",
        "competition_code": code,
        "percentage": Decimal(score) if score else None,
        "spread": Decimal("0.0"),
        "assessments": 3,
        "scope_votes": 3,
        "fund_votes": 3,
        "has_scope_majority": True,
        "has_fund_majority": True,
        "is_vote_tied": False,
        "passes_threshold": bool(score) and Decimal(score) >= 70,
        "is_wide": False,
        "grant_sought": Decimal(grant),
    }
    return Standing(**{**facts, **fields})


def budget(pk, available):
    return Budget(pk=pk, code=f"B{pk}", ceiling=Decimal(available), available=Decimal(available))


def planned(*standings, **budgets):
    """Plan with one pot of ``pot`` pounds, or the budgets of each competition code."""
    return plan(order(standings), budgets)


def outcomes(of):
    return {line.standing.reference: line.outcome for line in of.lines}


def test_the_line_falls_where_the_money_ends():
    made = planned(standing("A", "90.0"), standing("B", "80.0"), standing("C", "75.0"), MFA=[budget(1, 200)])

    assert outcomes(made) == {"A": FUND, "B": FUND, "C": BELOW}
    assert made.total == Decimal("200")
    assert made.stopped_at.reference == "C"


def test_a_penny_short_is_below_the_line():
    made = planned(standing("A", grant="100.01"), MFA=[budget(1, 100)])

    assert outcomes(made) == {"A": BELOW}


def test_a_later_smaller_project_never_jumps_the_line():
    made = planned(
        standing("A", "90.0", "60"),
        standing("B", "80.0", "50"),
        standing("C", "75.0", "10"),
        MFA=[budget(1, 100)],
    )

    assert outcomes(made) == {"A": FUND, "B": BELOW, "C": BELOW}


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"has_scope_majority": False, "has_fund_majority": False}, Outcome.OUT_OF_SCOPE),
        ({"has_fund_majority": False, "passes_threshold": False}, Outcome.NOT_RECOMMENDED),
        ({"score": "69.9"}, Outcome.BELOW_THRESHOLD),
        ({"score": "70.0"}, FUND),
        ({"grant": "0"}, Outcome.NOTHING_SOUGHT),
        ({"score": None}, None),
    ],
)
def test_only_candidates_are_funded(fields, outcome):
    made = planned(standing("A", **fields), MFA=[budget(1, 100)])

    assert outcomes(made) == {"A": outcome}


def test_what_is_no_candidate_takes_no_money_and_does_not_stop_the_line():
    made = planned(
        standing("A", "90.0", "1000", has_fund_majority=False), standing("B", "80.0"), MFA=[budget(1, 100)]
    )

    assert outcomes(made) == {"A": Outcome.NOT_RECOMMENDED, "B": FUND}


@pytest.mark.parametrize("short", [0, 1, 2, 3])
def test_every_budget_binds(short):
    four = [budget(pk, 100 if pk == short else 500) for pk in range(4)]

    made = planned(standing("A", "90.0"), standing("B", "80.0"), MFA=four)

    assert outcomes(made) == {"A": FUND, "B": BELOW}
    assert [cut.stops_plan for cut in made.cuts] == [pk == short for pk in range(4)]
    assert [cut.alone_stops_at for cut in made.cuts] == ["B" if pk == short else None for pk in range(4)]


def test_a_merged_list_stops_for_all_its_competitions():
    shared, north, south = budget(1, 500), budget(2, 100), budget(3, 400)

    made = planned(
        standing("A", "95.0", code="NORTH"),
        standing("B", "90.0", code="SOUTH"),
        standing("C", "85.0", code="NORTH"),
        standing("D", "80.0", code="SOUTH"),
        NORTH=[shared, north],
        SOUTH=[shared, south],
    )

    assert outcomes(made) == {"A": FUND, "B": FUND, "C": BELOW, "D": BELOW}
    assert {cut.budget.code: (cut.taken, cut.left) for cut in made.cuts} == {
        "B1": (200, 300),
        "B2": (100, 0),
        "B3": (100, 300),
    }


def test_equal_scores_go_by_votes_then_spread_then_reference():
    made = planned(
        standing("D", spread=Decimal("9.0")),
        standing("C", spread=Decimal("5.0")),
        standing("B", spread=Decimal("5.0")),
        standing("A", fund_votes=2, spread=Decimal("1.0")),
        MFA=[budget(1, 400)],
    )

    assert list(outcomes(made)) == ["B", "C", "D", "A"]


def test_a_tie_across_the_line_is_flagged():
    made = planned(standing("A", "90.0"), standing("B", "80.0"), standing("C", "80.0"), MFA=[budget(1, 200)])

    assert [line.is_tied_across_line for line in made.lines] == [False, True, True]
    assert made.is_tied_across_line


def test_a_tie_on_one_side_of_the_line_is_not_flagged():
    made = planned(standing("A", "90.0"), standing("B", "90.0"), standing("C", "80.0"), MFA=[budget(1, 200)])

    assert not made.is_tied_across_line


def test_a_tie_with_what_is_no_candidate_is_not_flagged():
    made = planned(
        standing("A", "80.0"), standing("B", "80.0", has_fund_majority=False), MFA=[budget(1, 100)]
    )

    assert not made.is_tied_across_line


def test_nothing_to_plan_is_an_empty_plan():
    made = planned(MFA=[budget(1, 100)])

    assert (made.lines, made.total, made.stopped_at) == ([], Decimal("0.00"), None)
