"""A pack of an earlier version of the solver: other prices show the same portfolio, or they do not."""

import json

import pytest

from funding import allocation
from funding.portfolio.bound import Proof, upper_bound
from funding.portfolio.halves import TooMany
from funding.scenarios import certificate, making, pack, unproven, verifying, working
from tests.make import budgets, scenarios
from tests.make.times import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def packed():
    within = scenarios.list_of()
    asked = scenarios.one_only(within)
    made = making.make([within], asked, by=budgets.fund_manager(), at=NOON)
    proposed = allocation.propose([within], made, by=budgets.fund_manager(), at=NOON)
    return json.loads(json.dumps(pack.of(proposed)))


def said_otherwise(packed: dict, **said) -> dict:
    """With an answer that says this, and with its fingerprint made anew."""
    answer = {**packed["answer"], **said}
    texts = working.as_text(packed["question"]), working.as_text(answer)
    return {**packed, "answer": answer, "fingerprint": making.fingerprint_of(*texts)}


def without_prices(packed: dict) -> dict:
    """As weak as prices can be: all that is known then is what everything together is worth."""
    asked = working.problem(packed["question"], working.candidates(packed["question"]))
    return {"prices": [], "bound": upper_bound(asked, {}), "proof": "search"}


def test_other_prices_that_show_the_same_portfolio_are_no_difference(packed):
    other = said_otherwise(packed, **without_prices(packed))

    assert packed["answer"]["prices"] and other["answer"]["bound"] > packed["answer"]["bound"]
    assert verifying.differences(other) == []


@pytest.mark.parametrize(
    "said",
    [
        {"bound": 901},
        {"proof": "arithmetic"},
        {"proof": "solver"},
        {"prices": [["the budget NONE", "1/1"]]},
        {"prices": [["at most 1 project of region:LCR", "-1/1"]]},
        {"prices": [["at most 1 project of region:LCR", "1/0"]]},
        {"gap": 1},
        {"value": 901},
    ],
    ids=lambda said: "-".join(said),
)
def test_what_the_prices_do_not_show_is_a_difference(packed, said):
    other = said_otherwise(packed, **{**without_prices(packed), **said})

    assert verifying.differences(other)


def test_another_portfolio_is_one_whatever_is_said_of_it(packed):
    """The second of three is worth less than the first, and the file says that it is best."""
    question, second = packed["question"], packed["answer"]["order"][1]
    chosen = working.of_chosen(question, {second}, {name: packed["answer"][name] for name in unproven.SAID})
    other = said_otherwise(packed, **{**chosen, **without_prices(packed), "value": 800})

    found = verifying.differences(other)

    assert any(one.startswith("awards: the file says") for one in found)


def test_a_proven_one_holds_on_a_machine_whose_time_does_not_suffice(packed, monkeypatch):
    answer = working.answer
    weak = {"proof": Proof.NONE, "tie": Proof.NONE, "gap": 5, "awards": []}
    monkeypatch.setattr(working, "answer", lambda question: {**answer(question), **weak})

    proven = verifying.differences(packed)
    monkeypatch.setattr(certificate, "search_holds", too_many)
    unknown = verifying.differences(packed)

    assert proven == []
    assert any(one.startswith("Here the time did not suffice") for one in unknown)


def too_many(*asked):
    raise TooMany
