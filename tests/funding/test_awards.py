from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.roles import Role
from applications.models import StatusChange
from applications.workflow import MoveRefused, Status
from funding import awards, duties
from funding.awards import Share
from funding.ledger import NotEnough
from funding.models import Award, AwardShare, Budget, CompetitionBudgets, Transfer
from tests.make import applications, budgets, competitions, people
from tests.make.times import NOON

pytestmark = pytest.mark.django_db


def make(application, grant=None, by=None, recommended_by=None):
    participant = applications.lead(application)
    shares = [Share(participant, Decimal(grant or application.grant_sought), Decimal(70), "mfa")]
    return awards.make(
        application,
        shares,
        recommended_by=recommended_by or budgets.fund_manager(),
        by=by or budgets.approver(),
        at=NOON,
    )


def in_assessment(**fields):
    return applications.application(Status.IN_ASSESSMENT, budgets.funded_competition(**fields))


def check_constraints():
    """Run what the database keeps for COMMIT, now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_award_reserves_its_amount_in_programme_region_and_pot():
    award = make(in_assessment(), "40000.00")

    check_constraints()
    drawn = Budget.objects.filter(pk__in=award.budgets.budget_ids)
    assert [budget.reserved for budget in drawn] == [Decimal("40000.00")] * 3
    assert award.application.status == Status.SUCCESSFUL


def test_award_in_a_part_of_a_pot_reserves_there_too():
    within = competitions.closed_competition(pot_sharing="parts", pot_part=Decimal("100000"))
    part = budgets.budget("part", "100000.00")
    budgets.drawn(within, part=part)

    make(applications.application(Status.IN_ASSESSMENT, within), "40000.00")

    part.refresh_from_db()
    assert part.reserved == Decimal("40000.00")


def test_award_of_the_whole_pot_fits():
    award = make(in_assessment(ceiling="40000.00"), "40000.00")

    assert Budget.objects.get(pk=award.budgets.pot_id).available == Decimal("0.00")


def test_award_above_the_ceiling_leaves_no_trace():
    refused = in_assessment(ceiling="39999.99")
    before = Transfer.objects.count()

    with pytest.raises(NotEnough) as refusal:
        make(refused, "40000.00")

    refused.refresh_from_db()
    assert refusal.value.left == Decimal("39999.99")
    assert refused.status == Status.IN_ASSESSMENT
    assert not Award.objects.exists()
    assert not StatusChange.objects.exists()
    assert Transfer.objects.count() == before


def test_the_one_who_recommended_may_not_approve():
    both = people.user(Role.FUNDS, Role.APPROVER)

    with pytest.raises(duties.SamePerson):
        make(in_assessment(), by=both, recommended_by=both)


def test_only_an_approver_may_make_an_award():
    with pytest.raises(MoveRefused):
        make(in_assessment(), by=people.user(Role.FUNDS))


def test_an_application_is_awarded_once():
    application = in_assessment()
    make(application)

    with pytest.raises(MoveRefused):
        make(application)


def test_nothing_is_awarded_where_no_budget_is_drawn_on():
    application = applications.application(Status.IN_ASSESSMENT)

    with pytest.raises(awards.NoBudget):
        make(application)


def test_an_award_of_nothing_is_refused():
    with pytest.raises(awards.NothingToAward):
        make(in_assessment(), "0.00")


def test_the_database_refuses_shares_that_do_not_add_up():
    award = make(in_assessment(), "40000.00")
    check_constraints()

    with pytest.raises(IntegrityError, match="do not add up"), transaction.atomic():
        AwardShare.objects.filter(award=award).update(grant=Decimal("39999.99"))


def test_the_database_refuses_to_take_a_share_away():
    award = make(in_assessment(), "40000.00")
    check_constraints()

    with pytest.raises(IntegrityError, match="do not add up"), transaction.atomic():
        AwardShare.objects.filter(award=award).delete()


def test_the_database_refuses_an_amount_above_the_shares():
    award = make(in_assessment(), "40000.00")
    check_constraints()

    with pytest.raises(IntegrityError, match="do not add up"), transaction.atomic():
        Award.objects.filter(pk=award.pk).update(amount=Decimal("40000.01"))


def test_amount_and_shares_may_change_together():
    award = make(in_assessment(), "40000.00")

    with transaction.atomic():
        Award.objects.filter(pk=award.pk).update(amount=Decimal("39000.00"))
        AwardShare.objects.filter(award=award).update(grant=Decimal("39000.00"))
        check_constraints()

    award.refresh_from_db()
    assert award.amount == Decimal("39000.00")


def test_the_database_refuses_an_award_without_its_money():
    application = in_assessment()
    promised = {"recommended_by": budgets.fund_manager(), "by": budgets.approver(), "at": NOON}

    with pytest.raises(IntegrityError, match="has no money"), transaction.atomic():
        awards.promise(application, awards.shares_asked_for(application), **promised)
        check_constraints()


def test_the_database_refuses_an_award_on_the_budgets_of_another_competition():
    award = make(in_assessment(), "40000.00")
    other = CompetitionBudgets.objects.get(competition=budgets.funded_competition())

    with pytest.raises(IntegrityError, match="its own competition"), transaction.atomic():
        Award.objects.filter(pk=award.pk).update(budgets=other)


def test_the_database_refuses_an_award_approved_by_who_recommended_it():
    award = make(in_assessment(), "40000.00")

    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        Award.objects.filter(pk=award.pk).update(approved_by=award.recommended_by)


@pytest.mark.parametrize("column", ["programme", "region", "pot", "part"])
def test_budgets_are_frozen_by_the_first_award(column):
    award = make(in_assessment(), "40000.00")

    with pytest.raises(IntegrityError, match="stay as they are"), transaction.atomic():
        CompetitionBudgets.objects.filter(pk=award.budgets_id).update(**{column: budgets.budget(column)})


def test_budgets_may_change_before_the_first_award():
    drawn = budgets.drawn(competitions.closed_competition())
    other = budgets.budget()

    CompetitionBudgets.objects.filter(pk=drawn.pk).update(pot=other)

    drawn.refresh_from_db()
    assert drawn.pot == other
