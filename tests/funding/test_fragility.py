"""The quick way to the fragile outcomes against the slow one, which draws the whole line again each time."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from applications.assessment import standings
from applications.assessment.standings import Entry, RanksBy
from applications.assessment.verdicts import Step, Verdict
from funding import fragility, line
from funding.models import Budget, Outcome

MOST = 10
NOTHING = fragility.Fragility({}, {})


def budget(pk: int, available: int) -> Budget:
    return Budget(pk=pk, code=f"B{pk}", ceiling=Decimal(available), available=Decimal(available))


def verdict(number: int, assessor: int, marks: list[int], *, fund=True, in_scope=True) -> Verdict:
    return Verdict(
        assessment_id=number,
        assessor_id=assessor,
        shares=sum(marks),
        scale=MOST,
        questions=len(marks),
        in_scope=in_scope,
        fund=fund,
        steps=(Step(1, up=min(marks) < MOST, down=max(marks) > 0),),
    )


def entry(number: int, code: str, grant: int) -> Entry:
    return Entry(
        application_id=number,
        reference=f"LP-{number:03}",
        title="",
        lead_name="",
        competition_code=code,
        grant_sought=Decimal(grant),
        threshold=Decimal("70.0"),
        spread_limit=Decimal("20.0"),
    )


some_marks = st.lists(st.integers(0, MOST), min_size=2, max_size=2)
some_verdicts = st.lists(
    st.tuples(
        st.lists(st.integers(6, MOST), min_size=2, max_size=2) | some_marks, st.booleans(), st.just(True)
    ),
    min_size=1,
    max_size=4,
)
some_lists = st.lists(
    st.tuples(st.sampled_from(["A", "B"]), st.integers(0, 4), some_verdicts), min_size=1, max_size=7
)


def sheet(rows, ranks_by, left, given=None):
    entries, counted = [], {}
    for number, (code, grant, marked) in enumerate(rows, start=1):
        entries.append(entry(number, code, grant))
        counted[number] = [
            verdict(number * 10 + at, at, marks, fund=fund, in_scope=scope)
            for at, (marks, fund, scope) in enumerate(marked)
        ]
    drawn_all = budget(1, left[0])
    drawn = {"A": [drawn_all, budget(2, left[1])], "B": [drawn_all, budget(3, left[2])]}
    ranked, estimate = standings.rank(entries, given or counted, ranks_by=ranks_by)
    return entries, counted, drawn, ranked, estimate


def drawn_again(entries, counted, drawn, estimate, ranks_by) -> dict:
    """Every line again, with the strictness as it was estimated."""
    made = [
        standings._standing(one, sorted(counted[one.application_id]), estimate, ranks_by) for one in entries
    ]
    return {one.standing.application_id: one.outcome for one in line.plan(standings.order(made), drawn).lines}


@settings(max_examples=60, deadline=None)
@given(some_lists, st.sampled_from(RanksBy.values), st.tuples(*[st.integers(0, 8)] * 3))
def test_it_finds_what_drawing_the_line_again_finds(rows, ranks_by, left):
    entries, counted, drawn, ranked, estimate = sheet(rows, ranks_by, left)
    base = drawn_again(entries, counted, drawn, estimate, ranks_by)
    expected: dict[int, set] = {}
    for pk, given_ in counted.items():
        for at, one in enumerate(given_):
            changes = [(fragility.ASSESSOR, [*given_[:at], *given_[at + 1 :]])]
            for step in one.steps:
                for more in ([1] if step.up else []) + ([-1] if step.down else []):
                    moved = one._replace(shares=one.shares + more)
                    changes.append((fragility.MARK, [*given_[:at], moved, *given_[at + 1 :]]))
            for kind, changed in changes:
                after = drawn_again(entries, {**counted, pk: changed}, drawn, estimate, ranks_by)
                for other, outcome in after.items():
                    if outcome != base[other]:
                        expected.setdefault(other, set()).add(kind)
    left_out = {}
    for assessor in {one.assessor_id for given_ in counted.values() for one in given_}:
        rest = {pk: [one for one in given_ if one.assessor_id != assessor] for pk, given_ in counted.items()}
        after = drawn_again(entries, rest, drawn, estimate, ranks_by)
        if others := {pk: outcome for pk, outcome in after.items() if outcome != base[pk]}:
            left_out[assessor] = others
        for pk in others:
            expected.setdefault(pk, set()).add(fragility.EVERYWHERE)

    found = fragility.of_plan(line.plan(ranked, drawn), drawn, estimate)

    assert found.kinds == expected
    assert found.left_out == left_out


def test_a_mark_that_reorders_two_across_the_line_makes_both_fragile():
    rows = [("A", 2, [(marks, True, True)]) for marks in ([8, 7], [8, 8], [9, 9])]

    *_, drawn, ranked, estimate = sheet(rows, RanksBy.MEAN, (4, 8, 8))
    plan = line.plan(ranked, drawn)
    found = fragility.of_plan(plan, drawn, estimate).kinds

    assert [one.standing.reference for one in plan.funded] == ["LP-003", "LP-002"]
    assert {pk for pk, kinds in found.items() if fragility.MARK in kinds} == {1, 2}


def test_a_list_that_the_money_carries_is_not_fragile():
    rows = [("A", 2, [([9, 9], True, True)] * 3)] * 3

    *_, drawn, ranked, estimate = sheet(rows, RanksBy.MEAN, (90, 90, 90))

    assert fragility.of_plan(line.plan(ranked, drawn), drawn, estimate) == NOTHING


def test_an_assessor_carries_many_whom_no_single_assessment_does():
    """Two of three vote to fund each project; the third does not, and one of the two is left out."""
    votes = [([9, 9], True, True), ([9, 9], True, True), ([9, 9], False, True)]

    *_, drawn, ranked, estimate = sheet([("A", 2, votes)] * 3, RanksBy.MEAN, (4, 8, 8))
    plan = line.plan(ranked, drawn)
    found = fragility.of_plan(plan, drawn, estimate)

    assert [one.standing.reference for one in plan.funded] == ["LP-001", "LP-002"]
    lost = {pk: Outcome.NOT_RECOMMENDED for pk in (1, 2, 3)}
    assert found.left_out == {0: lost, 1: lost}


@pytest.mark.parametrize("ranks_by", RanksBy.values)
def test_a_plan_of_nothing(ranks_by):
    *_, drawn, ranked, estimate = sheet([("A", 2, [])], ranks_by, (1, 1, 1))

    assert fragility.of_plan(line.plan(ranked, drawn), drawn, estimate) == NOTHING
    assert replace(ranked[0], rank=None) == ranked[0]
