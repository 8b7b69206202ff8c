from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.roles import Role
from applications.models import Competition, StatusChange
from applications.workflow import MoveRefused, Status
from funding import awards, duties, ledger
from funding.awards import Share
from funding.ledger import NotEnough
from funding.models import Award, AwardShare, Budget, CompetitionBudgets, Transfer
from funding.places import Place
from tests.databases import disarmed
from tests.make import applications, budgets, competitions, people
from tests.make.times import NOON

pytestmark = pytest.mark.django_db


def make(application, grant=None, by=None, recommended_by=None):
    participant = applications.lead(application)
    shares = [Share(participant.pk, Decimal(grant or application.grant_sought), Decimal(70), "mfa")]
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
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


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
    application, by = in_assessment(), budgets.approver()
    promised = {"recommended_by_id": budgets.fund_manager().pk, "by": by, "at": NOON}

    with pytest.raises(IntegrityError, match="do not add up"), transaction.atomic():
        made = awards.promise(application, awards.shares_asked_for(application), **promised)
        AwardShare.objects.create(
            award=made,
            participant=applications.partner(application),
            grant=Decimal("0.01"),
            percentage=Decimal(70),
            subsidy_basis="mfa",
        )
        awards.reserve(made, by=by, at=NOON)
        check_constraints()


def unlike(award, **fields):
    """The same award with other people, another application or other budgets, from a round of its own."""
    other = make(in_assessment(), "40000.00")
    found = {
        "application": other.application,
        "budgets": other.budgets,
        "recommended_by": other.recommended_by,
        "approved_by": other.approved_by,
    }
    return {name: found.get(name, value) for name, value in fields.items()}


EVERY_CHANGE = [
    {"amount": Decimal("39999.99")},
    {"amount": Decimal("40000.01")},
    {"application": None, "budgets": None},
    {"recommended_by": None},
    {"approved_by": None},
    {"made_at": NOON.replace(year=2025)},
]
every_change = pytest.mark.parametrize("fields", EVERY_CHANGE, ids=[" ".join(one) for one in EVERY_CHANGE])


@every_change
def test_the_database_refuses_to_change_what_an_award_was_made_as(fields):
    award = make(in_assessment(), "40000.00")
    check_constraints()

    with pytest.raises(IntegrityError, match=r"as it was made|its own competition"), transaction.atomic():
        Award.objects.filter(pk=award.pk).update(**unlike(award, **fields))


@pytest.mark.parametrize("fields", EVERY_CHANGE[3:], ids=[" ".join(one) for one in EVERY_CHANGE[3:]])
def test_with_the_freeze_taken_away_an_award_would_change(fields):
    """The negative control: were this refused, the test above would prove nothing."""
    award = make(in_assessment(), "40000.00")

    with disarmed("funding_award"):
        changed = Award.objects.filter(pk=award.pk).update(**unlike(award, **fields))

    assert changed == 1


def test_amount_and_shares_may_not_change_together_either():
    award = make(in_assessment(), "40000.00")
    check_constraints()

    for change in (
        lambda: AwardShare.objects.filter(award=award).update(grant=Decimal("39000.00")),
        lambda: AwardShare.objects.filter(award=award).delete(),
        lambda: AwardShare.objects.filter(award=award).update(subsidy_basis="other"),
    ):
        with pytest.raises(IntegrityError, match="share of an award stays"), transaction.atomic():
            change()


def test_with_both_freezes_taken_away_amount_and_shares_would_change_together():
    award = make(in_assessment(), "40000.00")

    with disarmed("funding_award", "funding_awardshare"):
        Award.objects.filter(pk=award.pk).update(amount=Decimal("39000.00"))
        AwardShare.objects.filter(award=award).update(grant=Decimal("39000.00"))

    award.refresh_from_db()
    assert award.amount == Decimal("39000.00")


def test_no_share_is_added_once_the_money_is_reserved():
    award = make(in_assessment(), "40000.00")
    share = AwardShare.objects.get(award=award)
    share.pk, share.grant = None, Decimal("0.00")
    share.participant = applications.partner(award.application)

    with pytest.raises(IntegrityError, match="no further share"), transaction.atomic():
        share.save(force_insert=True)
    with disarmed("funding_awardshare"):
        share.save(force_insert=True)


@pytest.mark.parametrize("status", ["committed", "reversed", "lapsed"])
def test_the_database_refuses_a_status_without_its_movement_of_money(status):
    award = make(in_assessment(), "40000.00")
    check_constraints()

    with pytest.raises(IntegrityError, match="not where its status says"), transaction.atomic():
        Award.objects.filter(pk=award.pk).update(status=status)
        check_constraints()
    with disarmed("funding_award"):
        assert Award.objects.filter(pk=award.pk).update(status=status) == 1


@pytest.mark.parametrize(
    ("status", "target"), [("committed", "committed"), ("reversed", "available"), ("lapsed", "available")]
)
def test_a_status_changes_once_together_with_where_the_money_stands(status, target):
    award = make(in_assessment(), "40000.00")
    move = {"source": Place.RESERVED, "target": Place(target), "by": award.approved_by, "at": NOON}
    Award.objects.filter(pk=award.pk).update(status=status)
    ledger.transfer(award, award.amount, cause=f"award {status}", **move)
    check_constraints()

    with pytest.raises(IntegrityError, match="keeps its status"), transaction.atomic():
        Award.objects.filter(pk=award.pk).update(status="reserved")


def test_the_database_refuses_half_of_the_money_moved():
    award = make(in_assessment(), "40000.00")

    with pytest.raises(IntegrityError, match="not where its status says"), transaction.atomic():
        Award.objects.filter(pk=award.pk).update(status="committed")
        move = {"source": Place.RESERVED, "target": Place.COMMITTED, "by": award.approved_by, "at": NOON}
        ledger.transfer(award, award.amount / 2, cause="half", **move)
        check_constraints()


def test_the_database_refuses_an_award_without_its_money():
    application = in_assessment()
    promised = {"recommended_by_id": budgets.fund_manager().pk, "by": budgets.approver(), "at": NOON}

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
    award.pk, award.status, award.approved_by = None, "lapsed", award.recommended_by

    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        award.save(force_insert=True)


def test_the_database_refuses_an_award_whose_competition_moved_to_another_region():
    application = in_assessment()
    other = competitions.region("TV", "Tees Valley")
    Competition.objects.filter(pk=application.competition_id).update(region=other)

    with pytest.raises(IntegrityError, match="region and pot"), transaction.atomic():
        make(application)
    with disarmed("funding_award"):
        make(application)


@pytest.mark.parametrize(
    "fields", [{"pot": "OTHER"}, {"pot_sharing": "parts", "pot_part": 1}], ids=["pot", "part"]
)
def test_the_database_refuses_an_award_whose_competition_took_another_pot(fields):
    application = in_assessment()
    Competition.objects.filter(pk=application.competition_id).update(**fields)

    with pytest.raises(IntegrityError, match="region and pot"), transaction.atomic():
        make(application)


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
