"""What is said of how a scenario's portfolio is proven."""

import pytest

from funding.scenarios import proof

BY_RANK = "this is the one that funds the best-ranked project"


def test_what_goes_from_the_top_has_no_proof():
    assert proof.in_words({"awards": []}) == ""


@pytest.mark.parametrize(
    ("gap", "value", "said"),
    [
        (3, 1600, "a better one may exist, worth up to 0.1875% more."),
        (1, 3, "a better one may exist, worth up to 33.3334% more."),
        (1, 10**9, "a better one may exist, worth up to 0.0001% more."),
        (5, 0, "a better one may exist."),
    ],
)
def test_where_nothing_is_proven_the_gap_is_told_and_never_less_than_it_is(gap, value, said):
    told = proof.in_words({"proof": "none", "tie": "none", "gap": gap, "value": value})

    assert told == f"It is not proven that nothing is better: {said}"


def test_only_a_settled_tie_is_said_to_be_the_first_by_rank():
    answer = {"proof": "solver", "tie": "solver", "gap": 0, "value": 1600}

    assert BY_RANK in proof.in_words(answer)
    assert BY_RANK not in proof.in_words({**answer, "tie": "none"})
    assert "was not settled" in proof.in_words({**answer, "tie": "none"})


def test_the_word_of_the_solver_is_not_called_a_proof():
    answer = {"tie": "none", "gap": 0, "value": 1600}

    assert proof.in_words({**answer, "proof": "solver"}).startswith("The solver says that nothing is better")
    assert proof.in_words({**answer, "proof": "search"}).startswith("Proven best by search: gap 0.")
