from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.roles import Role
from applications.models import Stage
from applications.workflow import Status
from funding import allocation, deciding, duties, ledger
from funding.models import Allocation, Award, Budget, Outcome
from tests.make import applications, assessments, budgets, competitions, people
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db


def approve(proposed, by=None):
    return deciding.approve(proposed, by=by or budgets.approver(), at=NOON + DAY)


def statuses(*of):
    for application in of:
        application.refresh_from_db()
    return [application.status for application in of]


def test_a_proposal_keeps_every_figure_in_the_order_of_the_sheet():
    within = budgets.funded_competition(ceiling="60000.00")
    second = budgets.assessed(within, 8)
    first = budgets.assessed(within, 9)
    poor = budgets.assessed(within, 5)

    made = budgets.proposed(within)

    lines = made.lines.order_by("position")
    assert [(line.application, line.outcome, line.score) for line in lines] == [
        (first, Outcome.FUND, Decimal("90.0")),
        (second, Outcome.BELOW_LINE, Decimal("80.0")),
        (poor, Outcome.BELOW_THRESHOLD, Decimal("50.0")),
    ]
    within.refresh_from_db()
    assert within.stage == Stage.PANEL


def test_a_proposal_moves_no_money_and_no_status():
    within = budgets.funded_competition()
    application = budgets.assessed(within)

    budgets.proposed(within)

    assert statuses(application) == [Status.IN_ASSESSMENT]
    assert not Award.objects.exists()


def test_approval_awards_above_the_line_and_rejects_the_rest():
    within = budgets.funded_competition(ceiling="60000.00")
    first, second = budgets.assessed(within, 9), budgets.assessed(within, 8)

    approve(budgets.proposed(within))

    within.refresh_from_db()
    assert statuses(first, second) == [Status.SUCCESSFUL, Status.UNSUCCESSFUL]
    assert Award.objects.get().application == first
    assert within.stage == Stage.DECIDED
    assert ledger.recount() == []


def test_approval_names_who_recommended_and_who_approved():
    within = budgets.funded_competition()
    budgets.assessed(within)
    proposer, approver = budgets.fund_manager(), budgets.approver()

    approve(budgets.proposed(within, by=proposer), by=approver)

    award = Award.objects.get()
    assert (award.recommended_by, award.approved_by) == (proposer, approver)


def test_the_one_who_proposed_may_not_decide():
    both = people.user(Role.FUNDS, Role.APPROVER)
    within = budgets.funded_competition()
    budgets.assessed(within)
    made = budgets.proposed(within, by=both)

    with pytest.raises(duties.SamePerson):
        approve(made, by=both)
    with pytest.raises(duties.SamePerson):
        deciding.refuse(made, "No.", by=both, at=NOON)


def test_the_database_refuses_a_decision_by_who_proposed():
    within = budgets.funded_competition()
    budgets.assessed(within)
    made = budgets.proposed(within)

    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        Allocation.objects.filter(pk=made.pk).update(
            decided_by=made.proposed_by, decided_at=NOON, state="approved"
        )


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.APPROVER}))
def test_only_an_approver_decides(role):
    within = budgets.funded_competition()
    budgets.assessed(within)
    made = budgets.proposed(within)

    with pytest.raises(duties.RoleMissing):
        approve(made, by=people.user(role))


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.FUNDS}))
def test_only_a_fund_manager_proposes(role):
    within = budgets.funded_competition()
    budgets.assessed(within)

    with pytest.raises(duties.RoleMissing):
        budgets.proposed(within, by=people.user(role))


def test_a_second_approval_says_who_approved_and_when():
    within = budgets.funded_competition()
    budgets.assessed(within)
    made, approver = budgets.proposed(within), budgets.approver()
    approve(made, by=approver)

    with pytest.raises(deciding.AlreadyDecided) as refusal:
        approve(made)

    assert (refusal.value.by, refusal.value.at) == (approver, NOON + DAY)
    assert Award.objects.count() == 1


def test_a_refused_allocation_makes_room_for_another():
    within = budgets.funded_competition()
    application = budgets.assessed(within)

    refused = deciding.refuse(budgets.proposed(within), " Too dear. ", by=budgets.approver(), at=NOON)
    again = budgets.proposed(within)

    assert (refused.state, refused.reason) == ("refused", "Too dear.")
    assert statuses(application) == [Status.IN_ASSESSMENT]
    assert again.is_proposed


def test_a_second_proposal_waits_for_the_first():
    within = budgets.funded_competition()
    budgets.assessed(within)
    budgets.proposed(within)

    with pytest.raises(allocation.NotReady, match="waits for a decision"):
        budgets.proposed(within)


def test_money_that_went_elsewhere_in_between_stops_the_approval_whole():
    pot = budgets.budget(ceiling="100000.00")
    one, other = (competitions.closed_competition(pot_sharing="alone") for _ in range(2))
    for within in (one, other):
        budgets.drawn(within, pot=pot)
    first, late = budgets.assessed(one, grant="60000.00"), budgets.assessed(other, grant="60000.00")
    poor = budgets.assessed(other, 3)
    waiting = budgets.proposed(other)
    approve(budgets.proposed(one))

    with pytest.raises(ledger.NotEnough) as refusal:
        approve(waiting)

    waiting.refresh_from_db()
    assert (refusal.value.budget, refusal.value.left) == (pot, Decimal("40000.00"))
    assert statuses(first, late, poor) == [Status.SUCCESSFUL, Status.IN_ASSESSMENT, Status.IN_ASSESSMENT]
    assert waiting.is_proposed


def test_a_sheet_that_changed_is_not_approved():
    within = budgets.funded_competition()
    application = budgets.assessed(within)
    made = budgets.proposed(within)
    assessments.submitted(application, mark=4)

    with pytest.raises(deciding.SheetChanged) as refusal:
        approve(made)

    assert refusal.value.references == [application.reference]


def test_an_assessment_given_and_not_submitted_is_named():
    within = budgets.funded_competition()
    application = budgets.assessed(within)
    assessments.assessment(application)

    with pytest.raises(allocation.NotReady) as refusal:
        budgets.proposed(within)

    assert refusal.value.lacks == [f"{application.reference}: 1 assessment given and not submitted."]


@pytest.mark.parametrize("status", ["withdrawn", "rejected"])
def test_an_assessment_withdrawn_or_declined_is_not_waited_for(status):
    within = budgets.funded_competition()
    assessments.assessment(budgets.assessed(within), status=status)

    assert budgets.proposed(within).lines.count() == 1


def test_an_application_that_nobody_assessed_is_named():
    within = budgets.funded_competition()
    unread = applications.application(Status.SUBMITTED, within)

    with pytest.raises(allocation.NotReady) as refusal:
        budgets.proposed(within)

    assert refusal.value.lacks == [f"{unread.reference}: no assessment has been submitted."]


def test_drafts_and_what_is_ineligible_or_withdrawn_are_left_alone():
    within = budgets.funded_competition()
    kept = budgets.assessed(within)
    for status in (Status.DRAFT, Status.INELIGIBLE, Status.WITHDRAWN):
        applications.application(status, within)

    made = budgets.proposed(within)

    assert [line.application for line in made.lines.all()] == [kept]


def test_an_open_competition_is_not_ready():
    within = competitions.competition(closes_at=NOON + timedelta(seconds=1))
    budgets.drawn(within)
    budgets.assessed(within)

    with pytest.raises(allocation.NotReady, match=r"closes at 1pm on 1 June 2026"):
        budgets.proposed(within)


def test_a_competition_without_budgets_is_not_ready():
    within = competitions.closed_competition(pot_sharing="alone")
    budgets.assessed(within)

    with pytest.raises(allocation.NotReady, match="draws on no budget"):
        budgets.proposed(within)


def test_a_competition_without_applications_is_not_ready():
    with pytest.raises(allocation.NotReady, match="no application"):
        budgets.proposed(budgets.funded_competition())


def merged_pair(ceiling):
    pot = budgets.budget(ceiling=ceiling)
    pair = [competitions.closed_competition(pot_sharing="merged") for _ in range(2)]
    for within in pair:
        budgets.drawn(within, pot=pot)
    return pair


def test_a_merged_pot_is_one_list_by_score():
    one, other = merged_pair("120000.00")
    top, middle, bottom = (
        budgets.assessed(one, 9),
        budgets.assessed(other, 8),
        budgets.assessed(one, 7),
    )

    approve(budgets.proposed(one, other))

    expected = [Status.SUCCESSFUL, Status.SUCCESSFUL, Status.UNSUCCESSFUL]
    assert statuses(top, middle, bottom) == expected


def test_a_merged_pot_needs_all_its_competitions():
    one, other = merged_pair("120000.00")
    budgets.assessed(one)

    with pytest.raises(allocation.NotReady, match=f"in one list: {one.code}, {other.code}"):
        budgets.proposed(one)


def test_competitions_with_pots_of_their_own_are_not_put_in_one_list():
    one, other = (
        budgets.funded_competition(pot_sharing="alone"),
        budgets.funded_competition(pot_sharing="alone"),
    )
    budgets.assessed(one)
    budgets.assessed(other)

    with pytest.raises(allocation.NotReady, match=f"in one list: {one.code}\\."):
        budgets.proposed(one, other)


def test_each_part_of_a_pot_has_its_own_line():
    pot = budgets.budget(ceiling="6000000.00")
    within = competitions.closed_competition(pot_sharing="parts", pot_part=Decimal("60000"))
    budgets.drawn(within, pot=pot, part=budgets.budget("part", "60000.00"))
    first, second = budgets.assessed(within, 9), budgets.assessed(within, 8)

    approve(budgets.proposed(within))

    assert statuses(first, second) == [Status.SUCCESSFUL, Status.UNSUCCESSFUL]


def test_an_application_with_fewer_assessments_than_promised_waits():
    within = budgets.funded_competition()
    few = budgets.assessed(within, fund=(True, True), in_scope=(True, True))

    with pytest.raises(allocation.NotReady) as refusal:
        budgets.proposed(within)

    assert refusal.value.lacks == [f"{few.reference}: 2 of the 3 assessments that the competition promises."]


def test_the_effect_of_an_allocation_is_what_approving_it_takes():
    within = budgets.funded_competition(ceiling="100000.00")
    budgets.assessed(within, 9, grant="56000.00")
    budgets.assessed(within, 8, grant="50000.00")
    proposed = budgets.proposed(within)

    effect = allocation.effect(proposed)
    approve(proposed)

    assert (effect.funded, effect.total) == (1, Decimal("56000.00"))
    left = {cut.budget.pk: cut.left for cut in effect.cuts}
    assert left == {one.pk: one.available for one in Budget.objects.filter(pk__in=left)}
