"""A scenario that a job works out: asked for, solved once, cancelled, or without an answer and why."""

import json
from datetime import timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import IntegrityError, InterfaceError, InternalError, OperationalError, transaction

from accounts import clock, relay
from accounts.models import AuditEntry, OwedState
from accounts.roles import Role
from funding import allocation, tasks
from funding.models import Method, Scenario, ScenarioRequest
from funding.portfolio.problem import Objective
from funding.portfolio.solve import OutOfTime, best
from funding.scenarios import asking, costs, making, solving, verifying, working
from funding.scenarios.pack import of as pack_of
from funding.scenarios.question import Definition
from tests.make import budgets, competitions, people, portfolios, scenarios
from tests.make.times import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def within():
    return scenarios.list_of()


def worked_out(owed: ScenarioRequest) -> ScenarioRequest:
    """As the relay and a worker do it."""
    ScenarioRequest.objects.lease(clock.now(), timedelta(minutes=3))
    tasks.work_out_scenarios([owed.pk])
    owed.refresh_from_db()
    return owed


def asked_for(within, definition: Definition | None = None):
    definition = definition or scenarios.one_only(within)
    return asking.ask([within], definition, by=budgets.fund_manager(), at=NOON)


def test_a_small_one_is_answered_at_once_and_a_larger_one_is_owed(within, monkeypatch):
    at_once = asked_for(within)
    monkeypatch.setattr(asking, "SMALL", 2)
    owed = asked_for(within)
    from_the_top = asked_for(within, Definition("From the top"))

    assert isinstance(at_once, Scenario) and isinstance(from_the_top, Scenario)
    assert isinstance(owed, ScenarioRequest) and owed.state == OwedState.WAITING
    assert AuditEntry.objects.filter(action="make scenario").count() == 3


def test_what_the_job_finds_is_what_is_found_at_once(within):
    at_once, owed = asked_for(within), worked_out(scenarios.owed(within))

    assert (owed.state, owed.scenario.made_by, owed.scenario.made_at) == (OwedState.DONE, owed.asked_by, NOON)
    for name in ("sheet_id", "question", "answer", "fingerprint", "costs", "method"):
        assert getattr(owed.scenario, name) == getattr(at_once, name)


@pytest.mark.parametrize("weak", [{"proof": "none"}, {"proof": "solver"}, {"tie": "none"}, {"tie": "solver"}])
def test_what_is_not_settled_at_once_is_left_to_the_job(within, monkeypatch, weak):
    answer = working.answer
    monkeypatch.setattr(working, "answer", lambda *asked, **options: {**answer(*asked, **options), **weak})

    assert isinstance(asked_for(within), ScenarioRequest)


def test_what_was_asked_stands_whatever_becomes_of_the_money(within):
    owed = scenarios.owed(within)
    budgets.with_ceiling(within.budgets.pot, "90000.00")

    made = worked_out(owed).scenario

    assert made.question == owed.question
    with pytest.raises(allocation.ScenarioStale):
        allocation.propose([within], made, by=budgets.fund_manager(), at=NOON)


@pytest.mark.parametrize("name", ["name", "question", "method", "fingerprint"])
def test_the_database_keeps_what_was_asked(within, name):
    owed = scenarios.owed(within)

    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        ScenarioRequest.objects.filter(pk=owed.pk).update(**{name: "top down"})


def test_the_database_knows_no_outcome_of_one_that_goes_on(within):
    owed = scenarios.owed(within)
    made = asked_for(within)

    for outcome in ({"scenario": made}, {"why_not": "It is."}, {"cancelled_by": owed.asked_by}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ScenarioRequest.objects.filter(pk=owed.pk).update(**outcome)


def test_done_twice_it_makes_one(within):
    owed = worked_out(scenarios.owed(within))

    tasks.work_out_scenarios([owed.pk])
    worked = making.worked(json.loads(owed.question))
    with pytest.raises(solving.Cancelled):
        solving._keep(owed, worked, at=NOON)  # by a worker that was thought dead

    assert Scenario.objects.get() == owed.scenario


def test_rules_that_cannot_be_kept_are_no_failure_and_named(within):
    owed = worked_out(scenarios.owed(within, scenarios.one_only(within, at_least=2)))

    assert (owed.state, owed.scenario) == (OwedState.DONE, None)
    assert "cannot be kept together: at least 2 projects" in owed.why_not
    assert not Scenario.objects.exists()


@pytest.mark.parametrize("problem", [OutOfTime, SoftTimeLimitExceeded])
def test_one_that_takes_too_long_says_what_can_be_done(within, monkeypatch, problem):
    def too_long(*asked, **options):
        raise problem

    monkeypatch.setattr(working, "best", too_long)

    owed = worked_out(scenarios.owed(within))

    assert owed.state == OwedState.DONE
    assert "No answer was found within 60 seconds" in owed.why_not and "SCENARIO_SECONDS" in owed.why_not


def test_where_the_time_ends_among_the_costs_the_answer_is_kept_without_them(within, monkeypatch):
    def too_long(*asked, **options):
        raise SoftTimeLimitExceeded

    monkeypatch.setattr(costs, "price_of", too_long)

    made = worked_out(scenarios.owed(within)).scenario

    assert [said for _, said in costs.of(made, [])] == [costs.NOT_IN_TIME]


def test_a_fault_of_ours_is_a_failure_and_says_so(within, monkeypatch):
    def broken(*asked, **options):
        raise ZeroDivisionError

    monkeypatch.setattr(working, "best", broken)

    owed = worked_out(scenarios.owed(within))

    assert (owed.state, owed.last_error) == (OwedState.FAILED, solving.FAULT)


@pytest.mark.parametrize("problem", [OperationalError("canceling statement"), InterfaceError("closed")])
@pytest.mark.parametrize("step", ["answer", "record"], ids=["while it is looked for", "while it is kept"])
def test_one_that_the_database_held_up_is_tried_again(within, monkeypatch, problem, step):
    owed, did = scenarios.owed(within), getattr(making, step)

    def held_up(*asked, **options):
        raise problem

    monkeypatch.setattr(making, step, held_up)
    owed, waiting = worked_out(owed), clock.now()
    monkeypatch.setattr(making, step, did)
    later = owed.due_at
    assert (owed.state, owed.last_error, owed.claimed_at) == (OwedState.WAITING, solving.NO_DATABASE, None)
    assert waiting < later <= waiting + solving.PAUSE
    ScenarioRequest.objects.lease(later, timedelta(minutes=3))
    solving.work_out(owed.pk, at=later)

    owed.refresh_from_db()
    assert (owed.state, owed.tries, owed.workers_lost, owed.last_error) == (OwedState.DONE, 2, 0, "")
    assert Scenario.objects.get() == owed.scenario


def test_a_database_that_stays_away_ends_it_after_some_tries(within, monkeypatch):
    owed = scenarios.owed(within)

    def held_up(*asked, **options):
        raise OperationalError

    monkeypatch.setattr(working, "best", held_up)
    ScenarioRequest.objects.filter(pk=owed.pk).update(tries=solving.TRIES - 1)

    owed = worked_out(owed)

    assert (owed.state, owed.last_error) == (OwedState.FAILED, solving.NO_DATABASE)


@pytest.mark.parametrize("end", ["scenario", "no answer", "failed"])
def test_the_trail_says_what_a_job_came_to(within, monkeypatch, end):
    """The scenario by its number and fingerprint, since the row of its asker names the request alone."""
    owed = scenarios.owed(within, scenarios.one_only(within, at_least=2 if end == "no answer" else 0))
    if end == "failed":
        monkeypatch.setattr(working, "best", lambda *asked, **options: 1 // 0)

    owed = worked_out(owed)

    entry = AuditEntry.objects.get(action="work scenario out")
    made = owed.scenario
    came_to = {"scenario": made.pk, "fingerprint": made.fingerprint} if made else {"outcome": end}
    assert (entry.by, entry.after) == (None, {"request": owed.pk, **came_to})


def test_what_comes_to_nothing_any_more_leaves_no_row_in_the_trail(within):
    owed = worked_out(scenarios.owed(within))

    solving._fail(owed, solving.FAULT, at=NOON)

    assert AuditEntry.objects.filter(action="work scenario out").count() == 1


def test_one_that_is_cancelled_keeps_its_place_until_its_worker_stops(within, monkeypatch):
    """Its search goes on until then: the next would stand beside it."""
    owed, following, best_of = scenarios.owed(within), scenarios.owed(within), working.best
    handed_out = []
    monkeypatch.setattr(tasks.work_out_scenarios, "apply_async", lambda *sent, **how: handed_out.append(sent))

    def hand_out() -> int:
        return relay._hand_out(ScenarioRequest, tasks.work_out_scenarios, clock.now(), timedelta(minutes=3))

    def cancelled_meanwhile(*asked, **options):
        asking.cancel(owed, by=owed.asked_by, at=NOON)
        handed_out.append(hand_out())
        return best_of(*asked, **options)

    monkeypatch.setattr(working, "best", cancelled_meanwhile)
    assert hand_out() == 1

    tasks.work_out_scenarios([owed.pk])

    owed.refresh_from_db()
    assert owed.state == OwedState.VOID and handed_out[-1] == 0
    assert hand_out() == 1 and handed_out[-1] == (([following.pk],),)


def test_one_that_is_cancelled_before_a_worker_has_it_leaves_its_place_at_once(within):
    owed = scenarios.owed(within)
    ScenarioRequest.objects.lease(clock.now(), timedelta(minutes=3))

    asking.cancel(owed, by=owed.asked_by, at=NOON)

    assert not ScenarioRequest.objects.in_hand(clock.now()).exists()


def test_one_person_has_so_many_under_way_at_most(within, monkeypatch):
    monkeypatch.setattr(asking, "SMALL", 2)
    person, asked = budgets.fund_manager(), scenarios.one_only(within)
    first, *_ = [asking.ask([within], asked, by=person, at=NOON) for _ in range(asking.WAITING_AT_MOST)]

    with pytest.raises(asking.TooManyAsked, match="You have asked for 5 scenarios"):
        asking.ask([within], asked, by=person, at=NOON)
    other = asking.ask([within], asked, by=people.manager(), at=NOON)
    at_once = asking.ask([within], Definition("From the top"), by=person, at=NOON)
    asking.cancel(first, by=person, at=NOON)
    again = asking.ask([within], asked, by=person, at=NOON)

    assert isinstance(at_once, Scenario)
    assert {type(one) for one in (other, again)} == {ScenarioRequest}


def test_how_many_parts_it_has_is_counted_once(within, monkeypatch):
    monkeypatch.setattr(asking, "SMALL", 2)

    owed = asked_for(within)

    assert owed.parts == 1 + costs.number_of(json.loads(owed.question)) == 2


def test_one_that_waits_is_cancelled_and_never_handed_to_a_worker(within):
    owed, person = scenarios.owed(within), people.user(Role.FUNDS)

    asking.cancel(owed, by=person, at=NOON)

    owed = worked_out(owed)
    assert (owed.state, owed.cancelled_by, owed.scenario) == (OwedState.VOID, person, None)
    assert AuditEntry.objects.filter(action="cancel scenario").count() == 1
    with pytest.raises(asking.HasEnded):
        asking.cancel(owed, by=person, at=NOON)


def test_others_may_not_cancel_it(within):
    owed = scenarios.owed(within)
    there = people.user(Role.FUNDS, region=competitions.region("TV", "Tees Valley"))

    for person in (people.user(Role.AUDITOR), people.user(Role.APPROVER), there):
        with pytest.raises(asking.NotTheirs):
            asking.cancel(owed, by=person, at=NOON)


@pytest.mark.parametrize("step", ["best", "price_of"], ids=["while it is looked for", "among the costs"])
@pytest.mark.parametrize("is_cancelled", [True, False], ids=["cancelled", "left alone"])
def test_one_that_is_cancelled_while_it_is_worked_out_stays_cancelled(
    within, monkeypatch, step, is_cancelled
):
    """``left alone`` is the control: the same one that nobody cancels comes to its end."""
    owed, where = scenarios.owed(within), {"best": working, "price_of": costs}[step]
    did = getattr(where, step)

    def halfway(*asked, **options):
        if is_cancelled:
            asking.cancel(owed, by=owed.asked_by, at=NOON)
        return did(*asked, **options)

    monkeypatch.setattr(where, step, halfway)

    owed = worked_out(owed)

    assert owed.state == (OwedState.VOID if is_cancelled else OwedState.DONE)
    assert Scenario.objects.count() == (0 if is_cancelled else 1)


def test_the_next_worker_goes_on_from_the_answer_that_was_found(within, monkeypatch):
    """Lost among the costs: what was found is not looked for again."""
    owed, price_of = scenarios.owed(within), costs.price_of

    def dies(*asked, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(costs, "price_of", dies)
    ScenarioRequest.objects.lease(clock.now(), timedelta(minutes=3))
    with pytest.raises(KeyboardInterrupt):
        tasks.work_out_scenarios([owed.pk])
    owed.refresh_from_db()
    left = (owed.state, bool(owed.answer), owed.parts_done)
    monkeypatch.setattr(costs, "price_of", price_of)
    monkeypatch.setattr(working, "best", lambda *asked, **options: pytest.fail("it was looked for again"))
    ScenarioRequest.objects.lease(clock.now() + timedelta(minutes=4), timedelta(minutes=3))

    solving.work_out(owed.pk, at=clock.now() + timedelta(minutes=4))

    owed.refresh_from_db()
    assert left == (OwedState.LEASED, True, 1)
    assert (owed.state, owed.tries, owed.workers_lost) == (OwedState.DONE, 2, 1)
    assert Scenario.objects.get() == owed.scenario


def test_a_decision_made_of_one_is_worked_out_again_byte_for_byte(within):
    made = worked_out(scenarios.owed(within)).scenario

    proposed = allocation.propose([within], made, by=budgets.fund_manager(), at=NOON)

    packed = json.loads(json.dumps(pack_of(proposed)))
    assert packed["question"]["seconds"] == 60
    assert verifying.differences(packed) == []


def test_a_question_of_before_goes_by_the_time_it_had():
    assert working.seconds({"method": Method.PORTFOLIO}) == working.TIME
    assert working.seconds({"seconds": 60}) == 60


def test_a_search_tells_how_far_it_is_and_stops_where_that_is_refused():
    """Worth told in the unit of the answer: tenths of points, times pence."""
    many = [
        portfolios.candidate(place, f"{60 + place % 7 * 5}.5", 10_001 + 977 * place) for place in range(1, 41)
    ]
    asked = portfolios.problem(*many, pot=300_000, objective=Objective.SCORE_WEIGHTED_GRANT)
    said = []

    found = best(asked, time_limit=5, told=lambda *step: said.append(step))

    assert said and all(most >= found.value for _, most in said)
    assert all(value is None or value <= found.value for value, _ in said)

    class Stop(Exception):
        pass

    def refuse(*step):
        raise Stop

    with pytest.raises(Stop):
        best(asked, time_limit=5, told=refuse)


def test_the_gap_so_far_is_kept_while_it_is_looked_for(within, monkeypatch):
    owed, kept = scenarios.owed(within), []

    def looks(problem, *, time_limit, told):
        for step in ((None, 2_000), (None, None), (1_600, 1_605)):
            told(*step)
            kept.append(ScenarioRequest.objects.get(pk=owed.pk).good)
        return best(problem, time_limit=time_limit)

    monkeypatch.setattr(working, "best", looks)

    worked_out(owed)

    assert kept == [None, None, [1_600, 1_605]]
