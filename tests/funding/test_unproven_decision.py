"""A decision whose portfolio was not proven in its time: held to what can be checked, and told as it is."""

import json

import pytest
from django.core.management import CommandError, call_command

from applications.models import Competition
from funding import allocation
from funding.models import Method, Scenario
from funding.portfolio.solve import OutOfTime
from funding.scenarios import making, pack, unproven, verifying, working
from funding.scenarios.making import Definition
from tests.make import budgets
from tests.make.times import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_found_here_before():
    unproven._here.cache_clear()


@pytest.fixture
def packed():
    """As kept by a machine that ran out of time: the dearest of three alone, worth 900 of 1,600 tenths."""
    within = budgets.funded_competition(ceiling="120000.00")
    Competition.objects.filter(pk=within.pk).update(announces_portfolio=True)
    within.refresh_from_db()
    for mark, grant in ((9, "100000.00"), (8, "60000.00"), (8, "60000.00")):
        budgets.assessed(within, mark, grant=grant)
    made = making.make(
        [within], Definition("A name", method=Method.PORTFOLIO), by=budgets.fund_manager(), at=NOON
    )
    question, found = making.question_and_answer(made)
    first = found["order"][0]
    said = {"value": 900, "bound": found["bound"], "gap": found["bound"] - 900, "prices": found["prices"]}
    kept = working.of_chosen(question, {first}, {**said, "proof": "none", "tie": "none"})
    texts = made.question, working.as_text(kept)
    other = Scenario.objects.create(
        sheet=made.sheet, name="Late", method=made.method, question=texts[0], answer=texts[1],
        fingerprint=making.fingerprint_of(*texts), made_by=made.made_by, made_at=NOON,
    )  # fmt: skip
    proposed = allocation.propose([within], other, by=budgets.fund_manager(), at=NOON)
    return json.loads(json.dumps(pack.of(proposed)))


def with_fingerprint(packed: dict) -> dict:
    texts = working.as_text(packed["question"]), working.as_text(packed["answer"])
    return {**packed, "fingerprint": making.fingerprint_of(*texts)}


def test_it_is_told_that_another_comes_out_here_and_not_called_a_failure(packed, tmp_path, capsys):
    file = tmp_path / "pack.json"
    file.write_text(json.dumps(packed))

    call_command("verify_decision", str(file))

    said = capsys.readouterr().out
    assert "What is recommended keeps every condition and is worth what the file says." in said
    assert "It is not proven that nothing is better" in said
    assert "another portfolio comes out: it is worth 1600, which is more than 900." in said
    assert "byte for byte" not in said


@pytest.mark.parametrize(
    ("altered", "said"),
    [
        ({"value": 1000}, "The portfolio is worth 900, the file says 1000."),
        ({"bound": 1000, "gap": 100}, "Nothing shows the bound of 1000"),
        ({"prices": [["the budget NONE", "1/1"]]}, "The prices of the file are none of this question."),
        ({"proof": "search"}, "A gap of"),
        ({"gap": 9000}, "A gap of 9000 is more than the bound"),
        ({"outcomes": {}}, "outcomes: the file says {}"),
    ],
)
def test_what_it_says_of_itself_is_checked(packed, altered, said):
    packed["answer"] |= altered

    found = verifying.differences(with_fingerprint(packed))

    assert any(one.startswith(said) for one in found), found


@pytest.mark.parametrize("said", ["solver", "search", "arithmetic", "none"])
def test_a_worse_one_is_no_best_by_leaving_its_tie_open(packed, said, tmp_path):
    """Its fingerprint is made anew: nothing but the portfolio itself gives it away."""
    packed["answer"] |= {"proof": said, "gap": 0}
    file = tmp_path / "pack.json"
    file.write_text(json.dumps(with_fingerprint(packed)))

    with pytest.raises(CommandError, match="a portfolio is worth 1600: the file allows 900 at most"):
        call_command("verify_decision", str(file))


def test_prices_that_do_not_add_up_are_no_proof_where_nothing_is_found_here(packed, monkeypatch):
    monkeypatch.setattr(working, "answer", late)
    packed["answer"] |= {"proof": "arithmetic", "gap": 0}

    found = verifying.differences(with_fingerprint(packed))

    assert found == ["The prices of the file do not prove that nothing is worth more than 900."]


def test_the_best_whose_tie_is_open_is_one_where_that_is_found_here_too(packed, monkeypatch):
    answer = working.answer(packed["question"])
    packed["answer"] = {**answer, "proof": "search", "tie": "none"}
    packed["decisions"] = []
    packed["fingerprint_of_decisions"] = pack.fingerprint([])
    found = verifying.differences(with_fingerprint(packed))
    weak = {**answer, "proof": "none", "tie": "none"}
    unproven._here.cache_clear()
    monkeypatch.setattr(working, "answer", lambda question: weak)
    on_a_slow_machine = verifying.differences(with_fingerprint(packed))
    unproven._here.cache_clear()
    monkeypatch.setattr(working, "answer", late)

    assert found == []
    assert on_a_slow_machine[0] == unproven.NOT_PROVEN_HERE
    assert verifying.differences(with_fingerprint(packed))[0].startswith("No answer was found here")


def test_one_that_is_looked_for_in_vain_here_is_not_called_a_failure(packed, monkeypatch):
    monkeypatch.setattr(working, "answer", late)

    assert verifying.differences(packed) == []
    assert "Worked out again here, nothing was found in the same time." in verifying.in_words(packed)


def test_a_list_from_the_top_is_worked_out_again_whatever_is_said_of_its_proof(packed):
    packed["question"]["method"] = working.TOP_DOWN
    chosen = {packed["answer"]["order"][2]}
    said = {name: packed["answer"][name] for name in unproven.SAID}
    packed["answer"] = working.of_chosen(packed["question"], chosen, said | {"value": 800})

    found = verifying.differences(with_fingerprint(packed))

    assert any(one.startswith("awards: the file says") for one in found), found


def test_one_that_does_not_keep_a_budget_is_seen(packed):
    names = [one["reference"] for one in packed["question"]["lines"]]
    said = {name: packed["answer"][name] for name in ("bound", "gap", "proof", "tie", "prices")}
    packed["answer"] = working.of_chosen(packed["question"], set(names), {**said, "value": 2500})

    assert "The portfolio does not keep every condition." in verifying.differences(with_fingerprint(packed))


def test_a_machine_that_finds_nothing_in_time_says_so(packed, tmp_path, monkeypatch):
    packed["answer"] |= {"proof": "search", "tie": "search"}
    file = tmp_path / "pack.json"
    file.write_text(json.dumps(with_fingerprint(packed)))
    monkeypatch.setattr(working, "answer", late)

    with pytest.raises(CommandError, match="No answer was found here in the time that a scenario has"):
        call_command("verify_decision", str(file))


def late(question):
    raise OutOfTime
