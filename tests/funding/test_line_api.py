"""Lines of an allocation decided by other systems."""

import pytest

from accounts.roles import Role
from applications.workflow import Status
from funding import ledger, line_decisions
from funding.models import Award, LineDecision, Verdict
from tests import decision_presses
from tests.make import applications, budgets, people
from tests.make.api import Asking
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    within = budgets.funded_competition(ceiling="100000.00")
    for mark in (9, 8, 5):
        budgets.assessed(within, mark)
    return budgets.proposed(within)


@pytest.fixture
def asking():
    return Asking(budgets.approver())


def decide(asking, line, verb="decide", key=None, **sent):
    return asking.post(f"allocations/{line.allocation_id}/lines/{line.pk}/{verb}/", sent, key=key)


def line(made, position=1):
    return made.lines.get(position=position)


def errors(answer) -> list[tuple]:
    return [(error["code"], error["field"]) for error in answer.json()["errors"]]


def test_a_line_is_decided_once_and_answered_as_it_stands(made, asking):
    answers = [decide(asking, line(made), key="k", verdict="fund") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    said = answers[0].json()
    assert (said["id"], said["state"], said["verdict"]) == (line(made).pk, "successful", "fund")
    assert (said["reason"], said["decided_at"] is not None) == ("", True)
    assert Award.objects.count() == 1


def test_the_allocation_shows_the_state_of_each_line(made, asking):
    decide(asking, line(made), verdict="hold", reason="A question is open.")

    lines = asking.get(f"allocations/{made.pk}/").json()["lines"]

    assert [one["state"] for one in lines] == ["on hold", "in assessment", "in assessment"]
    assert [one["verdict"] for one in lines] == ["hold", None, None]
    assert lines[0]["reason"] == "A question is open."


@pytest.mark.parametrize(
    ("sent", "status", "field"),
    [
        ({}, 400, "verdict"),
        ({"verdict": "eat"}, 400, "verdict"),
        ({"verdict": "taken back", "reason": "A reason."}, 400, "verdict"),
        ({"verdict": "hold"}, 422, "reason"),
        ({"verdict": "reject", "reason": " "}, 422, "reason"),
        ({"verdict": "hold", "reason": "a" * 2001}, 400, "reason"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(made, asking, sent, status, field):
    answer = decide(asking, line(made), **sent)

    assert answer.status_code == status
    assert [name for _, name in errors(answer)] == [field]
    assert not LineDecision.objects.exists()


def test_what_did_not_pass_is_refused_at_the_verdict(made, asking):
    answer = decide(asking, line(made, 3), verdict="fund", reason="We like it.")

    assert (answer.status_code, errors(answer)[0][1]) == (422, "verdict")


def test_money_and_earlier_decisions_are_conflicts(made, asking):
    decide(asking, line(made), verdict="fund")

    again = decide(asking, line(made), verdict="fund")
    dear = decide(asking, line(made, 2), verdict="fund", reason="The next.")

    assert (again.status_code, errors(again)) == (409, [("already_decided", None)])
    assert (dear.status_code, errors(dear)) == (409, [("not_enough", None)])


def test_who_proposed_does_not_decide(asking):
    both = people.user(Role.FUNDS, Role.APPROVER)
    within = budgets.funded_competition()
    budgets.assessed(within)
    own = budgets.proposed(within, by=both)

    answer = decide(Asking(both), line(own), verdict="fund")

    assert (answer.status_code, errors(answer)) == (409, [("same_person", None)])


def test_a_decision_is_taken_back_with_its_money(made, asking):
    decide(asking, line(made), verdict="fund")

    bare = decide(asking, line(made), "take-back")
    answer = decide(asking, line(made), "take-back", reason="By mistake.")
    again = decide(asking, line(made), "take-back", reason="By mistake.")

    assert (bare.status_code, errors(bare)[0][1]) == (400, "reason")
    assert (answer.status_code, answer.json()["state"]) == (200, "in assessment")
    assert answer.json()["verdict"] == "taken back"
    assert (again.status_code, errors(again)[0][1]) == (422, "verdict")
    assert not Award.objects.live().exists()
    assert ledger.recount() == []


def test_an_allocation_is_concluded_once_nothing_is_undecided(made, asking):
    early = asking.post(f"allocations/{made.pk}/conclude/")
    for one in made.lines.order_by("position"):
        line_decisions.decide(one, Verdict.REJECT, "Not now.", by=budgets.approver(), at=NOON + DAY)

    answer = asking.post(f"allocations/{made.pk}/conclude/")

    assert (early.status_code, errors(early)) == (409, [("undecided", None)])
    assert (answer.status_code, answer.json()["state"]) == (200, "approved")
    assert {one["state"] for one in answer.json()["lines"]} == {"unsuccessful"}


@pytest.mark.parametrize("role", [Role.FUNDS, Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR, Role.APPLICANT])
def test_only_an_approver_decides(made, role):
    person = applications.stranger() if role == Role.APPLICANT else people.user(role)

    assert decide(Asking(person), line(made), verdict="fund").status_code == 403
    assert line(made).application.status == Status.IN_ASSESSMENT


def test_a_line_is_found_in_its_own_allocation_alone(made, asking):
    other = decision_presses.undecided().lines.first()

    theirs = asking.post(f"allocations/{made.pk}/lines/{other.pk}/decide/", {"verdict": "fund"})
    nothing = asking.post(f"allocations/{made.pk}/lines/999999999/decide/", {"verdict": "fund"})

    assert (theirs.status_code, theirs.content) == (404, nothing.content)
