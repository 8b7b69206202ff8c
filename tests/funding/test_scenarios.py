"""Scenarios: made from a frozen sheet, worked out again from plain values, proposed as they are."""

import copy
import json
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from accounts.roles import Role
from applications.assessment import ranking
from applications.models import Competition
from funding import allocation, deciding, duties, ledger, line, line_decisions, sheet
from funding.models import CompetitionBudgets, Method, Objective, Outcome, Scenario, Verdict
from funding.portfolio.problem import Measure, Rule, Sense
from funding.scenarios import making, pack, verifying, working
from funding.scenarios.making import Definition
from tests.make import budgets, people
from tests.make.office import sign_in
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def within():
    """120,000 for four candidates: two dear and good ones, two cheap ones a little below."""
    made = budgets.funded_competition(ceiling="120000.00")
    Competition.objects.filter(pk=made.pk).update(announces_portfolio=True)
    made.refresh_from_db()
    for mark, grant in ((9, "100000.00"), (8, "60000.00"), (8, "60000.00"), (5, "20000.00")):
        budgets.assessed(made, mark, grant=grant)
    return made


def make(within, **asked) -> Scenario:
    return making.make([within], Definition("A name", **asked), by=budgets.fund_manager(), at=NOON)


def amounts(scenario) -> list[str]:
    return [one["amount"] for one in making.question_and_answer(scenario)[1]["awards"]]


def test_top_down_stops_at_the_first_that_does_not_fit(within):
    assert amounts(make(within)) == ["100000.00"]


def test_a_portfolio_takes_the_most_score(within):
    _, found = making.question_and_answer(make(within, method=Method.PORTFOLIO))

    assert [one["amount"] for one in found["awards"]] == ["60000.00", "60000.00"]
    assert (found["value"], found["gap"], found["left"][within.budgets.pot.code]) == (1600, 0, "0.00")
    assert found["proof"] in ("arithmetic", "search")


def test_score_weighted_grant_counts_each_pound(within):
    scenario = make(within, method=Method.PORTFOLIO, objective=Objective.SCORE_WEIGHTED_GRANT)

    assert amounts(scenario) == ["60000.00", "60000.00"]  # 96,000 weighted pounds for 90,000


@pytest.mark.parametrize("seed", range(20))
def test_from_the_top_it_says_what_the_line_of_the_sheet_says(seed, random_round):
    standings = ranking.panel_sheet([random_round(seed)])
    drawn = sheet.drawn_on_by(Competition.objects.all())
    planned = line.plan(standings, drawn)

    scenario = make(Competition.objects.get())

    _, found = making.question_and_answer(scenario)
    assert found["order"] == [one.standing.reference for one in planned.lines]
    assert found["outcomes"] == {one.standing.reference: one.outcome.value for one in planned.lines}


@pytest.fixture
def random_round():
    def made(seed: int) -> Competition:
        dice = Random(seed)
        within = budgets.funded_competition(ceiling=f"{dice.randint(60, 260)}000.00")
        for _ in range(6):
            votes = tuple(dice.random() < 0.8 for _ in range(3))
            budgets.assessed(within, dice.randint(6, 9), grant=f"{dice.randint(20, 90)}000.00", fund=votes)
        return within

    return made


def test_a_reserve_is_kept_back(within):
    pot = within.budgets.pot.code
    scenario = make(within, method=Method.PORTFOLIO, reserve={pot: Decimal("30000.00")})

    _, found = making.question_and_answer(scenario)
    assert [one["amount"] for one in found["awards"]] == ["60000.00"]
    assert found["left"][pot] == "60000.00"


def test_one_that_is_forced_in_or_out_says_why(within):
    first, second, *_ = making.question_and_answer(make(within))[1]["order"]

    kept = make(within, method=Method.PORTFOLIO, forced={first: (True, "It anchors the cluster.")})
    out = make(within, method=Method.PORTFOLIO, forced={second: (False, "The company is being wound up.")})

    assert amounts(kept) == ["100000.00"]
    answer = making.question_and_answer(out)[1]
    assert answer["outcomes"][second] == Outcome.LEFT_OUT
    with pytest.raises(making.ScenarioRefused, match="Give the reason"):
        make(within, forced={first: (True, " ")})


@pytest.mark.parametrize("method", [Method.TOP_DOWN, Method.PORTFOLIO])
def test_one_that_marks_or_votes_stop_is_not_forced_in(within, method):
    below = within.applications.get(grant_sought=Decimal("20000.00"))
    unwanted = budgets.assessed(within, 9, grant="10000.00", fund=(False, False, True))

    for one, why in ((below, "below the quality threshold"), (unwanted, "no majority said fund")):
        with pytest.raises(making.NotFundable, match=f"{one.reference} cannot be funded .*: {why}"):
            make(within, method=method, forced={one.reference: (True, "It anchors the cluster.")})
    assert make(within, method=method, forced={below.reference: (False, "It was bought.")})


def test_a_rule_of_so_many_is_kept(within):
    tag = f"region:{within.region.code}"
    rule = Rule(tag, Sense.AT_MOST, Measure.PROJECTS, Decimal(1))

    assert amounts(make(within, method=Method.PORTFOLIO, rules=[rule])) == ["100000.00"]


def test_rules_that_cannot_be_kept_together_are_named(within):
    tag = f"region:{within.region.code}"
    rules = [
        Rule(tag, Sense.AT_LEAST, Measure.PROJECTS, Decimal(3)),
        Rule(tag, Sense.AT_LEAST, Measure.POUNDS, Decimal(1)),
    ]

    with pytest.raises(making.Impossible, match="at least 3 projects") as refusal:
        make(within, method=Method.PORTFOLIO, rules=rules)

    assert "at least £1" not in str(refusal.value)


def test_from_the_top_only_what_takes_from_the_short_budget_is_named(within):
    """Two forced in take 160,000 of the pot's 120,000; one forced out takes nothing of it."""
    first, second, third, _ = making.question_and_answer(make(within))[1]["order"]
    why = "It anchors the cluster."

    with pytest.raises(making.Impossible) as refusal:
        make(within, forced={first: (True, why), second: (True, why), third: (False, why)})

    pot = within.budgets.pot.code
    taking = "; ".join(f"{reference} in" for reference in sorted([first, second]))
    assert str(refusal.value) == f"These cannot be kept together: {taking}; the budget {pot}."


def test_from_the_top_a_reserve_that_leaves_too_little_is_named(within):
    first, *_ = making.question_and_answer(make(within))[1]["order"]
    pot = within.budgets.pot.code

    with pytest.raises(making.Impossible) as refusal:
        make(within, forced={first: (True, "Why.")}, reserve={pot: Decimal("30000.00")})

    assert str(refusal.value) == (
        f"These cannot be kept together: the reserve of {pot}; {first} in; the budget {pot}."
    )


def test_one_forced_in_that_draws_on_another_budget_is_not_named():
    short, other = budgets.pots_of_one_region("50000.00", "500000.00")
    within = [CompetitionBudgets.objects.get(pot=pot).competition for pot in (short, other)]
    dear, cheap = (budgets.assessed(one, 9, grant="60000.00").reference for one in within)
    forced = {dear: (True, "Why."), cheap: (True, "Why.")}

    with pytest.raises(making.Impossible) as refusal:
        making.make(within, Definition("A name", forced=forced), by=budgets.fund_manager(), at=NOON)

    assert str(refusal.value) == (f"These cannot be kept together: {dear} in; the budget {short.code}.")


def test_a_portfolio_is_made_only_where_it_was_announced(within):
    Competition.objects.filter(pk=within.pk).update(announces_portfolio=False)

    with pytest.raises(making.NotAnnounced, match=within.code):
        make(within, method=Method.PORTFOLIO)


@pytest.mark.parametrize("role", sorted(set(Role) - making.MAKERS))
def test_only_who_ranks_or_manages_makes_one(within, role):
    with pytest.raises(duties.RoleMissing):
        making.make([within], Definition("A name"), by=people.user(role), at=NOON)


def test_the_database_keeps_a_scenario_as_it_was_made(within):
    scenario = make(within)

    with pytest.raises(IntegrityError, match="of_its_content"), transaction.atomic():
        Scenario.objects.create(
            sheet=scenario.sheet,
            name="Another",
            method=Method.TOP_DOWN,
            question=scenario.question,
            answer=scenario.answer.replace("100000.00", "100000.01"),
            fingerprint=scenario.fingerprint,
            made_by=scenario.made_by,
            made_at=NOON,
        )


def test_a_scenario_is_proposed_as_it_is_and_approved(within):
    scenario = make(within, method=Method.PORTFOLIO)
    made = allocation.propose([within], scenario, by=budgets.fund_manager(), at=NOON)

    outcomes = list(made.lines.order_by("position").values_list("outcome", flat=True))
    assert outcomes == [Outcome.NOT_IN_PORTFOLIO, Outcome.FUND, Outcome.FUND, Outcome.BELOW_THRESHOLD]
    approved = deciding.approve(made, by=budgets.approver(), at=NOON + DAY)
    assert sum(one.amount for one in made.lines.filter(outcome=Outcome.FUND)) == 120_000
    assert approved.is_approved
    assert ledger.recount() == []


def test_one_made_from_other_money_is_not_proposed(within):
    scenario = make(within)
    budgets.with_ceiling(within.budgets.pot, "90000.00")

    with pytest.raises(allocation.ScenarioStale):
        allocation.propose([within], scenario, by=budgets.fund_manager(), at=NOON)


def test_what_is_proposed_without_one_has_its_own(within):
    made = allocation.propose([within], by=budgets.fund_manager(), at=NOON)

    assert made.scenario.method == Method.TOP_DOWN


# The decision pack


@pytest.fixture
def packed(within):
    scenario = make(within, method=Method.PORTFOLIO)
    made = allocation.propose([within], scenario, by=budgets.fund_manager(), at=NOON)
    return json.loads(json.dumps(pack.of(deciding.approve(made, by=budgets.approver(), at=NOON + DAY))))


def test_a_pack_is_worked_out_again_without_a_database(
    packed, tmp_path: Path, django_assert_num_queries, capsys
):
    file = tmp_path / "pack.json"
    file.write_text(json.dumps(packed))

    with django_assert_num_queries(0):
        call_command("verify_decision", str(file))

    said = capsys.readouterr().out
    assert "The same: 2 awards recommended, byte for byte.\n2 awards decided.\n" in said
    assert f"Fingerprint of the decisions: {packed['fingerprint_of_decisions']}." in said


def leaves(value, path=()):
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, (*path, name))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from leaves(inner, (*path, place))
    else:
        yield path


def altered(value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if value is None:
        return "1"
    return f"{value}1"


def test_every_input_that_is_altered_is_seen(packed):
    paths = [("question", *path) for path in leaves(packed["question"])]
    paths += [("answer", *path) for path in leaves(packed["answer"])]
    paths += [("decisions", *path) for path in leaves(packed["decisions"])]
    paths += [("sheet", "content"), ("sheet", "fingerprint"), ("fingerprint",), ("fingerprint_of_decisions",)]
    assert len(paths) > 60
    for path in paths:
        other = copy.deepcopy(packed)
        inner = other
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = altered(inner[path[-1]])

        assert verifying.differences(other), f"{path} was altered and nothing was seen"


def test_an_input_altered_with_its_fingerprints_is_seen_by_what_it_comes_to(packed):
    """Whoever counts the fingerprints anew has still to make the answer follow from the question."""
    budget = next(iter(packed["question"]["budgets"]))
    packed["question"]["budgets"] = dict.fromkeys(packed["question"]["budgets"], "60000.00")
    texts = working.as_text(packed["question"]), working.as_text(packed["answer"])
    packed["fingerprint"] = making.fingerprint_of(*texts)

    found = verifying.differences(packed)

    assert budget
    assert any(one.startswith("awards: the file says") for one in found)


@pytest.mark.parametrize("name", ["budgets", "thresholds"])
def test_a_limit_that_is_not_the_sheets_is_seen_whatever_it_comes_to(packed, name):
    """With question, answer and fingerprint made anew for it: only the frozen sheet says otherwise."""
    code = next(iter(packed["question"][name]))
    packed["question"][name][code] = {"budgets": "99000000.00", "thresholds": "60.0"}[name]
    packed["answer"] = json.loads(json.dumps(working.answer(packed["question"])))
    texts = working.as_text(packed["question"]), working.as_text(packed["answer"])
    packed["fingerprint"] = making.fingerprint_of(*texts)

    found = verifying.differences(packed)

    assert [one for one in found if code in one and "the sheet says" in one]


def test_a_decision_that_is_left_out_is_seen_and_another_version_named(packed):
    packed["decisions"].pop()
    packed["versions"]["highspy"] = "0.1"

    found = verifying.differences(packed)

    assert found[0] == "The decisions are not those of their fingerprint."
    assert found[-1].startswith("highspy was 0.1 and is ")


def test_the_version_of_launchpad_is_in_it_and_a_pack_of_before_is_read_without(packed):
    own = packed["versions"].pop("Launchpad")
    of_before = verifying.differences(packed)
    packed["versions"]["Launchpad"] = "0.0.1"
    same = verifying.differences(packed)
    packed["decisions"].pop()

    found = verifying.differences(packed)

    assert own == settings.VERSION
    assert of_before == same == []
    assert f"Launchpad was 0.0.1 and is {own}: the answer may hang on it." in found


def test_what_the_panel_decided_otherwise_is_told_and_the_page_shows_the_fingerprint(within):
    made = allocation.propose([within], make(within), by=budgets.fund_manager(), at=NOON)
    approver = budgets.approver()
    first = made.lines.filter(outcome="fund").order_by("position")[0]
    line_decisions.decide(first, Verdict.REJECT, "It was withdrawn by word.", by=approver, at=NOON + DAY)
    deciding.approve(made, by=approver, at=NOON + DAY)

    read = json.loads(json.dumps(pack.of(made)))

    assert verifying.differences(read) == []
    said = verifying.in_words(read)
    assert f"{first.application.reference} was recommended and has: reject." in said
    page = sign_in(approver).get(f"/admin/funding/allocation/{made.pk}/change/").text
    assert read["fingerprint_of_decisions"] in page


def test_a_file_that_is_no_pack_is_named(tmp_path):
    file = tmp_path / "pack.json"
    file.write_text("[]")

    with pytest.raises(CommandError, match="no decision pack"):
        call_command("verify_decision", str(file))
