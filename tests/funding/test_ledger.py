from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Max

from funding import awards, ledger, movement
from funding.models import Budget, BudgetKind, Transfer
from funding.places import Place
from tests.databases import as_owner, disarmed
from tests.make import budgets, competitions
from tests.make.times import NOON

pytestmark = pytest.mark.django_db


def check_constraints():
    """Run what the database keeps for COMMIT, now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def commit(award, amount="100.00", cause="offer accepted", **fields):
    """Move money on, the award checked as it was made: an offer accepted would change its status too."""
    check_constraints()
    facts = {
        "source": Place.RESERVED,
        "target": Place.COMMITTED,
        "by": award.approved_by,
        "at": NOON,
        **fields,
    }
    return ledger.transfer(award, amount, cause=cause, **facts)


def standing(budget):
    budget.refresh_from_db()
    return budget.available, budget.reserved, budget.committed, budget.paid


def test_opening_a_budget_brings_its_money_in_from_outside():
    opened = budgets.budget(ceiling="6000000.00")

    transfer = Transfer.objects.get(budget=opened)
    assert (transfer.source, transfer.target, transfer.amount) == (
        "outside",
        "available",
        Decimal("6000000.00"),
    )
    assert standing(opened) == (Decimal("6000000.00"), 0, 0, 0)


def test_opening_the_same_budget_again_changes_nothing():
    opened = budgets.budget()

    ledger.set_ceiling(opened, opened.ceiling, by=None, at=NOON, cause="again")

    assert Transfer.objects.filter(budget=opened).count() == 1


def test_transfer_moves_the_amount_in_every_budget_drawn_on():
    award = budgets.award(grant="56000.00")

    commit(award, "56000.00")

    drawn = Budget.objects.filter(pk__in=award.budgets.budget_ids)
    assert {budget.kind: (budget.reserved, budget.committed) for budget in drawn} == {
        "programme": (0, Decimal("56000.00")),
        "region": (0, Decimal("56000.00")),
        "pot": (0, Decimal("56000.00")),
    }


def test_transfer_of_more_than_there_is_names_the_budget_and_what_is_left():
    award = budgets.award(grant="56000.00")

    with pytest.raises(ledger.NotEnough) as refusal:
        commit(award, "56000.01")

    assert (refusal.value.left, refusal.value.source) == (Decimal("56000.00"), Place.RESERVED)
    assert not Transfer.objects.filter(cause="offer accepted").exists()


def test_the_same_movement_asked_for_twice_is_made_once():
    award = budgets.award(grant="56000.00")
    first = commit(award, "100.00")

    second = commit(award, "100.00")

    assert second == first
    assert standing(award.budgets.pot)[2] == Decimal("100.00")


def test_a_cause_cannot_stand_for_another_amount():
    award = budgets.award(grant="56000.00")
    commit(award, "100.00")

    with pytest.raises(ledger.CauseTaken):
        commit(award, "100.01")


def test_the_database_refuses_a_cause_twice_in_one_budget():
    transfer = Transfer.objects.filter(award=budgets.award()).first()

    transfer.pk = None
    with pytest.raises(IntegrityError, match="transfer_has_its_own_cause"), transaction.atomic():
        transfer.save(force_insert=True)


@pytest.mark.parametrize("amount", [100.0, "0.001"])
def test_an_amount_that_is_not_exact_is_refused(amount):
    award = budgets.award()

    with pytest.raises((TypeError, ValueError)):
        commit(award, amount)


def test_lowering_a_ceiling_below_what_is_allocated_is_refused():
    award = budgets.award(grant="56000.00")

    with pytest.raises(ledger.NotEnough) as refusal:
        ledger.set_ceiling(award.budgets.pot, Decimal("55999.99"), by=None, at=NOON, cause="cut")

    assert refusal.value.budget == award.budgets.pot


def test_lowering_a_ceiling_gives_available_money_back():
    award = budgets.award(grant="56000.00")

    pot = budgets.with_ceiling(award.budgets.pot, "56000.00")

    assert (pot.ceiling, pot.available, pot.reserved) == (Decimal("56000.00"), 0, Decimal("56000.00"))
    assert ledger.recount() == []


def test_recount_agrees_after_awards_and_ceilings():
    award = budgets.award()
    commit(award)

    assert ledger.recount() == []


SUMS = ("ceiling", "available", "reserved", "committed", "paid")


@pytest.mark.parametrize("source", SUMS[1:])
@pytest.mark.parametrize("target", SUMS)
def test_the_database_refuses_a_sum_of_a_budget_changed_without_a_transfer(source, target):
    award = budgets.award(grant="56000.00")
    pot = award.budgets.pot
    commit(award, "20000.00")
    commit(award, "10000.00", "paid", source=Place.COMMITTED, target=Place.PAID)
    # Money may leave with the ceiling, or move to another place under it.
    penny = Decimal("-0.01") if target == "ceiling" else Decimal("0.01")
    change = {source: F(source) - Decimal("0.01"), target: F(target) + penny}
    if source == target:
        change = {"ceiling": F("ceiling") + penny, source: F(source) + penny}

    with pytest.raises(IntegrityError, match="by transfers of the ledger alone"), transaction.atomic():
        Budget.objects.filter(pk=pot.pk).update(**change)
    with disarmed("funding_budget"):
        # The negative control: nothing else stands in the way.
        assert Budget.objects.filter(pk=pot.pk).update(**change) == 1


def test_a_budget_is_opened_empty():
    new = Budget(code="NEW", name="New", kind=BudgetKind.POT, ceiling=1, available=1)

    with pytest.raises(IntegrityError, match="opened empty"), transaction.atomic():
        new.save()
    with disarmed("funding_budget"):
        new.save()


@pytest.mark.parametrize("field", ["code", "kind", "region"])
def test_an_open_budget_keeps_what_it_is(field):
    pot = budgets.budget()
    change = {field: {"code": "OTHER", "kind": BudgetKind.PART, "region": competitions.region()}[field]}

    with pytest.raises(IntegrityError, match="keeps its code"), transaction.atomic():
        Budget.objects.filter(pk=pot.pk).update(**change)
    with disarmed("funding_budget"):
        assert Budget.objects.filter(pk=pot.pk).update(**change) == 1


def test_lines_of_the_ledger_written_together_move_each_budget_once_by_their_sum():
    one, other = budgets.budget(ceiling="500.00"), budgets.budget(ceiling="500.00")
    line = {"made_at": NOON}
    check_constraints()
    as_owner("ALTER TABLE funding_transfer DROP CONSTRAINT transfer_under_the_ceiling_names_its_award")

    Transfer.objects.bulk_create(
        [
            Transfer(budget=one, source="available", target="reserved", amount=300, cause="a", **line),
            Transfer(budget=one, source="reserved", target="committed", amount=100, cause="b", **line),
            Transfer(budget=other, source="available", target="reserved", amount=50, cause="a", **line),
        ]
    )

    assert standing(one) == (200, 200, 100, 0)
    assert standing(other) == (450, 50, 0, 0)


def test_moving_the_sums_costs_the_same_however_long_the_ledger_is():
    """The update finds its budgets by key and reads nothing of the ledger but the lines just written."""
    function = "SELECT prosrc FROM pg_proc WHERE proname LIKE 'pgtrigger_transfers_move_the_sums%'"
    with connection.cursor() as cursor:
        cursor.execute(function)
        [[source]] = cursor.fetchall()

    assert "FROM written GROUP BY" in source
    assert "funding_transfer" not in source


def test_recount_names_a_total_that_no_transfer_explains():
    pot = budgets.budget(ceiling="500.00")
    with disarmed("funding_budget"):
        Budget.objects.filter(pk=pot.pk).update(available=Decimal("400.00"), reserved=Decimal("100.00"))

    differences = [str(difference) for difference in ledger.recount()]

    assert differences == [
        f"{pot.code}, available: kept 400.00, the ledger says 500.00",
        f"{pot.code}, reserved: kept 100.00, the ledger says 0.00",
    ]


def test_recount_names_an_award_whose_money_is_missing_from_a_budget():
    award = budgets.award(grant="56000.00")
    check_constraints()
    as_owner("ALTER TABLE funding_transfer DISABLE TRIGGER USER")
    as_owner(
        "DELETE FROM funding_transfer WHERE award_id = %s AND budget_id = %s",
        award.pk,
        award.budgets.pot_id,
    )

    found = [difference for difference in ledger.recount() if difference.what.startswith("award")]

    assert found == [
        ledger.Difference(f"award {award.pk} in {award.budgets.pot.code}", award.amount, Decimal(0))
    ]


def test_recount_names_an_award_that_has_ended_and_gave_its_money_back_twice():
    within = budgets.funded_competition()
    ended, _ = budgets.award(within, "100.00"), budgets.award(within, "100.00")
    awards.reverse(ended, by=None, at=NOON)
    assert ledger.recount() == []
    check_constraints()
    without_trigger("transfers_leave_an_award_its_money")

    ledger.transfer(
        ended, ended.amount, source=Place.RESERVED, target=Place.AVAILABLE, cause="again", by=None, at=NOON
    )

    assert {str(difference).split(": ")[1] for difference in ledger.recount()} == {
        "kept 0.00, the ledger says -100.00",
        # The budgets' own: one live award of theirs, and nothing allocated.
        "kept 100.00, the ledger says 0.00",
    }


def without_trigger(name):
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname LIKE %s", [f"pgtrigger_{name}%"])
        [[found]] = cursor.fetchall()
    as_owner(f"ALTER TABLE funding_transfer DISABLE TRIGGER {found}")


def give_back(promised, budget, **fields):
    """What a faulty statement of the role that serves would write."""
    line = {"source": "reserved", "target": "available", "amount": promised.amount, "made_at": NOON}
    with transaction.atomic():
        Transfer.objects.create(budget=budget, cause="forged", **{**line, **fields})


def test_money_of_an_award_moves_under_no_other_name_and_a_recount_would_see_it():
    award = budgets.award(grant="56000.00")
    check_constraints()
    drawn = Budget.objects.filter(pk__in=award.budgets.budget_ids).order_by("code")

    with pytest.raises(IntegrityError, match="transfer_under_the_ceiling_names_its_award"):
        give_back(award, drawn[0])
    check_constraints()
    as_owner("ALTER TABLE funding_transfer DROP CONSTRAINT transfer_under_the_ceiling_names_its_award")
    for budget in drawn:
        give_back(award, budget)

    assert ledger.recount() == [
        ledger.Difference(f"{budget.code}, live awards", award.amount, Decimal(0)) for budget in drawn
    ]


def test_a_live_award_keeps_its_money_at_every_commit():
    award = budgets.award(grant="56000.00")
    check_constraints()

    with pytest.raises(IntegrityError, match="would not hold"), transaction.atomic():
        give_back(award, award.budgets.pot, award=award)
        check_constraints()
    check_constraints()
    without_trigger("transfers_leave_an_award_its_money")
    give_back(award, award.budgets.pot, award=award)
    check_constraints()


def test_an_award_moves_money_in_its_own_budgets_alone():
    award = budgets.award(grant="56000.00")
    other = budgets.budget(ceiling="60000.00")
    check_constraints()
    promise = {"source": "available", "target": "reserved", "award": award}

    with pytest.raises(IntegrityError, match="does not draw on"):
        give_back(award, other, **promise)
    without_trigger("transfer_is_in_a_budget_of_its_award")
    without_trigger("transfers_leave_an_award_its_money")
    give_back(award, other, **promise)


def test_verify_ledger_says_that_all_adds_up(capsys):
    budgets.award()

    call_command("verify_ledger")

    assert capsys.readouterr().out.startswith("The ledger adds up")


def test_verify_ledger_fails_naming_the_first_difference():
    pot = budgets.budget(BudgetKind.POT, "500.00")
    with disarmed("funding_budget"):
        Budget.objects.filter(pk=pot.pk).update(available=Decimal("400.00"), paid=Decimal("100.00"))

    with pytest.raises(CommandError, match=f"{pot.code}, available: kept 400.00"):
        call_command("verify_ledger")


def test_a_budgets_row_has_room_beside_it_for_all_that_is_written_over_it():
    """A heap-only update leaves no index entry and is cleared away by the next; a full page allows none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reloptions FROM pg_class WHERE oid = 'funding_budget'::regclass")
        (options,) = cursor.fetchone()
        assert {"fillfactor=20", "autovacuum_vacuum_scale_factor=0"} <= set(options)
        counted = (
            "SELECT pg_stat_get_xact_tuples_updated(budget), pg_stat_get_xact_tuples_hot_updated(budget)"
        )
        cursor.execute(f"{counted} FROM (SELECT 'funding_budget'::regclass::oid AS budget) AS one")
        before = cursor.fetchone()
        budgets.award(grant="56000.00")
        cursor.execute(f"{counted} FROM (SELECT 'funding_budget'::regclass::oid AS budget) AS one")
        updated, heap_only = (
            after - earlier for after, earlier in zip(cursor.fetchone(), before, strict=True)
        )

    assert updated == heap_only > 0


def test_where_one_budget_has_too_little_nothing_is_written_in_the_others():
    """Whoever catches the refusal in their own transaction goes on with none of it."""
    award = budgets.award(grant="56000.00")
    drawn = award.budgets.budget_ids
    facts = {"source": Place.AVAILABLE, "target": Place.RESERVED, "by": None, "at": NOON}
    most = Budget.objects.filter(pk__in=drawn).aggregate(most=Max("available"))["most"]
    assert Budget.objects.filter(pk__in=drawn, available__lt=most).exists()

    with pytest.raises(ledger.NotEnough):
        ledger.transfer(award, most, cause="more than the pot has", **facts)

    assert not Transfer.objects.filter(cause="more than the pot has").exists()


def test_without_looking_at_all_of_them_some_would_be_written(monkeypatch):
    """The negative control: each budget then answers for itself."""
    award = budgets.award(grant="56000.00")
    most = Budget.objects.filter(pk__in=award.budgets.budget_ids).aggregate(most=Max("available"))["most"]
    each = movement.WRITE.replace("(SELECT bool_and(is_allowed) FROM standing)", "is_allowed")
    assert each != movement.WRITE
    monkeypatch.setattr(movement, "WRITE", each)

    places = {"source": Place.AVAILABLE, "target": Place.RESERVED}
    with transaction.atomic():
        written = ledger.transfer(award, most, cause="more than the pot has", **places, by=None, at=NOON)
        transaction.set_rollback(True)

    assert 0 < len(written) < len(award.budgets.budget_ids)
