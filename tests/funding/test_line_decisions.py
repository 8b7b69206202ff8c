from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry, Membership
from accounts.roles import Role
from applications import withdrawal
from applications.assessment import independence
from applications.models import Application, Stage
from applications.workflow import Status
from funding import allocation, deciding, duties, ledger, line_decisions
from funding.models import Award, LineDecision, Verdict
from funding.verdicts import AlreadyDecided, SheetChanged, VerdictRefused
from tests.databases import disarmed
from tests.make import assessments, budgets, people
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

LATER = NOON + DAY


@pytest.fixture
def within():
    return budgets.funded_competition(ceiling="120000.00")


@pytest.fixture
def made(within):
    """Two that fit, one below the line, one below the threshold."""
    for mark in (9, 8, 7, 5):
        budgets.assessed(within, mark)
    return budgets.proposed(within)


def lines(made):
    return list(made.lines.order_by("position"))


def decide(line, verdict, reason="", by=None):
    return line_decisions.decide(line, verdict, reason, by=by or budgets.approver(), at=LATER)


def status(line) -> str:
    return Application.objects.get(pk=line.application_id).status


def test_each_line_has_a_verdict_of_its_own(made):
    first, second, third, fourth = lines(made)

    decide(first, Verdict.FUND)
    decide(second, Verdict.HOLD, "The panel wants to see the letter of its partner.")
    decide(third, Verdict.RESERVE, "Next if money comes back.")
    decide(fourth, Verdict.REJECT)

    assert [status(line) for line in (first, second, third, fourth)] == [
        Status.SUCCESSFUL,
        Status.ON_HOLD,
        Status.RESERVE,
        Status.UNSUCCESSFUL,
    ]
    assert Award.objects.get().application == first.application
    assert ledger.recount() == []


def test_one_on_hold_holds_no_money_and_can_be_funded_later(made):
    first, *_ = lines(made)

    decide(first, Verdict.HOLD, "A question is open.")
    assert not Award.objects.exists()
    decide(first, Verdict.FUND)

    assert status(first) == Status.SUCCESSFUL
    assert [one.verdict for one in first.decisions.order_by("pk")] == [Verdict.HOLD, Verdict.FUND]


def test_one_below_the_line_takes_the_place_of_one_that_is_not_funded(made):
    first, _, third, _ = lines(made)
    decide(first, Verdict.REJECT, "The company is being wound up.")

    decide(third, Verdict.FUND, "It is the next on the list.")

    assert Award.objects.get().application == third.application


@pytest.mark.parametrize("verdict", [Verdict.HOLD, Verdict.RESERVE, Verdict.REJECT])
def test_what_was_not_recommended_needs_its_reason(made, verdict):
    with pytest.raises(VerdictRefused, match="Give the reason"):
        decide(lines(made)[0], verdict, "  ")


def test_what_did_not_pass_is_not_funded(made):
    with pytest.raises(VerdictRefused, match="both majorities"):
        decide(lines(made)[3], Verdict.FUND, "We like it.")


def test_the_one_who_proposed_decides_no_line(within):
    both = people.user(Role.FUNDS, Role.APPROVER)
    budgets.assessed(within)
    made = budgets.proposed(within, by=both)

    with pytest.raises(duties.SamePerson):
        decide(lines(made)[0], Verdict.FUND, by=both)
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        entry(lines(made)[0], proposed_by=both, decided_by=both)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.APPROVER}))
def test_only_an_approver_decides_a_line(made, role):
    with pytest.raises(duties.RoleMissing):
        decide(lines(made)[0], Verdict.FUND, by=people.user(role))


def entry(line, *, proposed_by=None, decided_by=None):
    return LineDecision.objects.create(
        line=line,
        verdict=Verdict.REJECT,
        proposed_by=proposed_by or line.allocation.proposed_by,
        decided_by=decided_by or budgets.approver(),
        decided_at=LATER,
    )


def test_neither_the_action_nor_the_database_lets_a_member_decide(made):
    line, approver = lines(made)[0], budgets.approver()
    organisation = line.application.participants.get().organisation
    Membership.objects.create(organisation=organisation, person=approver, joined_at=NOON)

    with pytest.raises(independence.OwnOrganisation):
        decide(line, Verdict.FUND, by=approver)
    with pytest.raises(IntegrityError, match="belongs to an organisation"), transaction.atomic():
        entry(line, decided_by=approver)
    with disarmed("funding_linedecision"):
        # The negative control: nothing else stands in the way.
        entry(line, decided_by=approver)


def test_the_database_refuses_a_decision_in_the_name_of_another_proposer(made):
    with pytest.raises(IntegrityError, match="stands in no such proposal"), transaction.atomic():
        entry(lines(made)[0], proposed_by=budgets.fund_manager())


def test_the_database_refuses_a_decision_in_a_refused_allocation(made):
    deciding.refuse(made, "Too dear.", by=budgets.approver(), at=LATER)

    with pytest.raises(IntegrityError, match="stands in no such proposal"), transaction.atomic():
        entry(lines(made)[0])
    with pytest.raises(AlreadyDecided):
        decide(lines(made)[0], Verdict.FUND)


def test_a_second_verdict_says_who_decided_and_when(made):
    line, approver = lines(made)[0], budgets.approver()
    decide(line, Verdict.FUND, by=approver)

    with pytest.raises(AlreadyDecided) as refusal:
        decide(line, Verdict.FUND)

    assert (refusal.value.by, refusal.value.at, refusal.value.word) == (approver, LATER, "decided: fund")
    assert Award.objects.count() == 1


def test_marks_that_changed_stop_the_line_and_no_other(made):
    first, second, *_ = lines(made)
    assessments.submitted(first.application, mark=1)

    with pytest.raises(SheetChanged) as refusal:
        decide(first, Verdict.FUND)

    assert refusal.value.references == [first.application.reference]
    decide(second, Verdict.FUND)


def test_a_sum_that_changed_stops_the_line(made):
    line = lines(made)[0]
    Application.objects.filter(pk=line.application_id).update(grant_sought=Decimal("55999.99"))

    with pytest.raises(SheetChanged):
        decide(line, Verdict.FUND)


def test_a_budget_with_less_left_refuses_the_line(within, made):
    first, second, *_ = lines(made)
    pot = within.budgets.pot
    budgets.with_ceiling(pot, "60000.00")
    decide(first, Verdict.FUND)

    with pytest.raises(ledger.NotEnough):
        decide(second, Verdict.FUND)

    assert status(second) == Status.IN_ASSESSMENT
    assert second.decisions.count() == 0


def test_a_decision_taken_back_returns_the_money_and_stays_in_the_record(within, made):
    line = lines(made)[0]
    decide(line, Verdict.FUND)
    pot = within.budgets.pot

    line_decisions.take_back(line, "It was decided by mistake.", by=budgets.approver(), at=LATER)

    pot.refresh_from_db()
    assert (pot.available, status(line)) == (pot.ceiling, Status.IN_ASSESSMENT)
    assert [one.verdict for one in line.decisions.order_by("pk")] == [Verdict.FUND, Verdict.TAKEN_BACK]
    assert ledger.recount() == []
    decide(line, Verdict.FUND)
    assert Award.objects.live().count() == 1


def test_nothing_is_taken_back_without_a_reason_twice_or_once_it_is_released(made):
    line, approver = lines(made)[0], budgets.approver()
    with pytest.raises(VerdictRefused, match="no decision"):
        line_decisions.take_back(line, "A reason.", by=approver, at=LATER)
    decide(line, Verdict.FUND)
    with pytest.raises(VerdictRefused, match="Give the reason"):
        line_decisions.take_back(line, " ", by=approver, at=LATER)

    Application.objects.filter(pk=line.application_id).update(released_at=LATER)

    with pytest.raises(AlreadyDecided):
        line_decisions.take_back(line, "A reason.", by=approver, at=LATER)


def test_an_allocation_is_concluded_once_every_line_has_its_verdict(within, made):
    first, second, third, fourth = lines(made)
    decide(first, Verdict.FUND)
    decide(second, Verdict.HOLD, "Open question.")
    decide(third, Verdict.REJECT)

    with pytest.raises(deciding.Undecided) as refusal:
        deciding.conclude(made, by=budgets.approver(), at=LATER)
    assert refusal.value.references == [fourth.application.reference]
    decide(fourth, Verdict.REJECT)
    concluded = deciding.conclude(made, by=budgets.approver(), at=LATER)

    within.refresh_from_db()
    assert concluded.is_approved
    assert within.stage == Stage.DECIDED


def test_approving_the_whole_leaves_what_the_panel_decided_already(made):
    first, second, *_ = lines(made)
    decide(first, Verdict.HOLD, "Open question.")

    deciding.approve(made, by=budgets.approver(), at=LATER)

    assert status(first) == Status.ON_HOLD
    assert Award.objects.get().application == second.application


def test_an_allocation_with_a_decided_line_is_not_refused(made):
    decide(lines(made)[0], Verdict.FUND)

    with pytest.raises(deciding.LinesDecided):
        deciding.refuse(made, "Too dear.", by=budgets.approver(), at=LATER)


def test_a_withdrawn_line_needs_no_verdict(made):
    first, *rest = lines(made)
    withdrawal.withdraw(first.application, by=first.application.started_by, at=NOON)

    for line in rest:
        decide(line, Verdict.REJECT, "Not this time.")

    assert deciding.conclude(made, by=budgets.approver(), at=LATER).is_approved


def test_the_trail_has_each_decision_with_its_award(made):
    line = lines(made)[0]
    decided = decide(line, Verdict.FUND)

    row = AuditEntry.objects.get(action="decide line")
    assert (row.subject_word, row.subject_id) == ("allocation", made.pk)
    assert row.after == {
        line.application.reference: Status.SUCCESSFUL,
        f"award {decided.award_id}": str(line.amount),
    }


def test_proposing_keeps_the_stamp_of_the_marks(made):
    assert all(len(line.marks) == 32 for line in lines(made))
    assert len({line.marks for line in lines(made)}) == 4
    assert allocation.effect(made).funded == 2
