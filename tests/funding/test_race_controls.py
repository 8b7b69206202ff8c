"""The races with protections taken away, one after another: what is left holds, or the check finds out.

Where a lock is taken away a gate stands instead, so that all have read before anybody writes. The last
test of each class has no protection left and must be caught; were one of them green without, the
races would prove nothing.
"""

from collections.abc import Callable

import pytest
from django.db import models, transaction

from accounts import composed
from applications import workflow
from funding import ledger, ledger_check, movement
from funding.models import Allocation, Award, AwardStatus, Budget
from funding.places import Place
from tests import processes
from tests.databases import as_owner
from tests.funding import race_check, race_table, racing
from tests.funding.racing import CEILING, FIT, GRANT, WITHOUT, Run, approve, rows
from tests.funding.test_ledger_check import mend, spoil
from tests.make import budgets
from tests.make.times import DAY, NOON

pytestmark = [pytest.mark.slow, pytest.mark.proves, pytest.mark.xdist_group("races")]

Take = Callable[[], None]


def without(*taken: Take, job: Callable = approve) -> Callable:
    """The job in a process in which each of ``taken`` has taken something away."""

    def weakened(*arguments) -> str:
        for take in taken:
            take()
        return job(*arguments)

    return weakened


def locks_on(*tables: type[models.Model]) -> Take:
    """Rows of these are only read; without a name, those of all tables."""

    def take() -> None:
        locking = models.QuerySet.select_for_update

        def only_read(self, *options, **named):
            return self if not tables or self.model in tables else locking(self, *options, **named)

        models.QuerySet.select_for_update = only_read
        # What was composed before has its locks in its words.
        composed.forget()

    return take


def gate_after(module, name: str) -> Take:
    """All wait when they have done this, and go on together with what they saw."""

    def take() -> None:
        function = getattr(module, name)

        def and_wait(*arguments, **named):
            found = function(*arguments, **named)
            racing.pass_gate()
            return found

        setattr(module, name, and_wait)

    return take


def look_at_what_is_left() -> None:
    """The service takes every budget for one with plenty in it."""
    movement.HAS_ENOUGH = "budget.ceiling * 1000 >= %s"


def look_for_the_cause() -> None:
    movement.IS_NEW = "%s <> ''"


def stop_in_the_service() -> None:
    movement.IS_NOT_STOPPED = "TRUE"
    ledger.refuse_while_stopped = lambda: None


def drop_the_check() -> None:
    as_owner("ALTER TABLE funding_budget DROP CONSTRAINT budget_is_never_overspent")


def drop_the_live_award() -> None:
    as_owner("DROP INDEX application_has_one_live_award")


def drop_the_cause() -> None:
    as_owner("ALTER TABLE funding_transfer DROP CONSTRAINT transfer_has_its_own_cause")


def drop_the_stop() -> None:
    drop_trigger("funding_transfer", "approvals_stop_on_a_difference")


def drop_the_awards_check() -> None:
    drop_trigger("funding_award", "award_has_its_money")
    drop_trigger("funding_transfer", "transfers_leave_an_award_its_money")


def drop_decided_once() -> None:
    drop_trigger("funding_allocation", "allocation_is_decided_once")


def drop_trigger(table: str, wanted: str) -> None:
    as_owner(
        "DO $$ DECLARE name text; BEGIN"
        f" SELECT tgname INTO STRICT name FROM pg_trigger"
        f" WHERE tgrelid = '{table}'::regclass AND tgname LIKE '%{wanted}%';"
        f" EXECUTE format('DROP TRIGGER %I ON {table}', name); END $$"
    )


def counted(run: Run, what: str, answer: str) -> str:
    """What held, for the table: "the database's check held: 3 IntegrityError"."""
    return f"{what} held: {run.answers.count(answer)} {answer}"


@pytest.fixture
def note(record_property):
    """Keep what held or what caught it, and return the faults that were found."""

    def noted(taken_away: str, run: Run, held: str = "", faults: list[str] | None = None) -> list[str]:
        found = race_check.faults() if faults is None else faults
        caught = (
            f"caught: {found[0]}" + (f", and {len(found) - 1} more" if found[1:] else "") if found else ""
        )
        race_table.note_control(record_property, taken_away, run, outcome=caught or held)
        return found

    return noted


class TestTheCeiling:
    """Every allocation of its own, all on one budget."""

    def raced(self, *taken: Take) -> Run:
        """Without the lock each has looked when it comes to the row, whose sums it is about to move."""
        many, region = racing.proposals(WITHOUT)
        approver = budgets.approver()
        pairs = [(one.pk, approver.pk) for one in many]
        run = racing.race(without(*taken), pairs, hold=rows(Budget.objects.filter(pk=region.pk)))
        assert run.waiters == WITHOUT
        return run

    def test_without_the_databases_check_the_lock_holds(self, committed_database, note):
        drop_the_check()

        run = self.raced()

        assert note("the database's check", run, counted(run, "the lock", "NotEnough")) == []
        assert run.answers.count("approved") == FIT

    def test_without_the_services_look_the_databases_check_holds(self, committed_database, note):
        run = self.raced(look_at_what_is_left)

        assert note("the service's look", run, counted(run, "the database's check", "IntegrityError")) == []
        assert sorted(run.answers) == ["IntegrityError"] * (WITHOUT - FIT) + ["approved"] * FIT

    def test_without_the_lock_the_databases_check_holds(self, committed_database, note):
        run = self.raced(locks_on(Budget))

        assert note("the budgets' lock", run, counted(run, "the database's check", "IntegrityError")) == []
        assert sorted(run.answers) == ["IntegrityError"] * (WITHOUT - FIT) + ["approved"] * FIT

    def test_without_the_look_and_the_check_it_is_caught(self, committed_database, note):
        drop_the_check()

        run = self.raced(look_at_what_is_left)

        assert note("the service's look, the database's check", run)[0].endswith("pence over")
        assert race_check.pence_over() == (WITHOUT * GRANT - CEILING) * 100

    def test_without_the_lock_and_the_check_it_is_caught(self, committed_database, note):
        drop_the_check()

        run = self.raced(locks_on(Budget))

        assert note("the budgets' lock, the database's check", run)[0].endswith("pence over")
        assert race_check.pence_over() == (WITHOUT * GRANT - CEILING) * 100


class TestOneAllocation:
    """One allocation of one application, approved by many."""

    def raced(self, *taken: Take) -> Run:
        [proposed], _ = racing.proposals(1, ceiling=WITHOUT * GRANT)
        pairs = [(proposed.pk, budgets.approver().pk) for _ in range(WITHOUT)]
        run = racing.race(without(*taken), pairs, hold=racing.shut_gate)
        assert run.waiters == WITHOUT
        return run

    ALL_READ = (locks_on(), gate_after(workflow, "check"))

    def test_without_its_lock_it_is_decided_once_all_the_same(self, committed_database, note):
        run = self.raced(locks_on(Allocation), gate_after(ledger, "refuse_while_stopped"))

        held = counted(run, "decided once", "IntegrityError")
        assert note("the allocation's lock", run, held) == []
        assert sorted(run.answers) == ["IntegrityError"] * (WITHOUT - 1) + ["approved"]

    def test_without_any_lock_one_live_award_holds(self, committed_database, note):
        run = self.raced(*self.ALL_READ)

        assert note("every lock", run, counted(run, "one live award", "IntegrityError")) == []
        assert sorted(run.answers) == ["IntegrityError"] * (WITHOUT - 1) + ["approved"]

    def test_without_any_lock_and_one_live_award_it_is_caught(self, committed_database, note):
        drop_decided_once()
        drop_the_live_award()

        run = self.raced(*self.ALL_READ)

        found = note("every lock, one live award", run)
        assert found[0].startswith("double award")
        assert Award.objects.live().count() == WITHOUT


class TestOneCause:
    """One award among others, whose money many give back at once: it comes back once."""

    def raced(self, *taken: Take) -> Run:
        within = budgets.funded_competition()
        first, *_ = [budgets.award(within, GRANT) for _ in range(WITHOUT)]
        hold = rows(Budget.objects.filter(pk=first.budgets.programme_id))
        run = racing.race(without(*taken, job=give_back), [(first.pk,)] * WITHOUT, hold=hold)
        assert run.waiters == WITHOUT
        return run

    def test_with_all_of_them_it_comes_back_once(self, committed_database, note):
        run = self.raced()

        assert (
            note("nothing: one award given back by many", run, counted(run, "the cause", "given back")) == []
        )
        assert set(run.answers) == {"given back"}

    def test_without_the_unique_cause_the_look_under_the_lock_holds(self, committed_database, note):
        drop_the_cause()

        run = self.raced()

        held = counted(run, "the look under the lock", "given back")
        assert note("the unique cause", run, held) == []

    def test_without_the_look_the_unique_cause_holds(self, committed_database, note):
        run = self.raced(look_for_the_cause)

        assert note("the look for the cause", run, counted(run, "the unique cause", "IntegrityError")) == []
        assert sorted(run.answers) == ["IntegrityError"] * (WITHOUT - 1) + ["given back"]

    def test_without_the_lock_the_unique_cause_holds(self, committed_database, note):
        run = self.raced(locks_on(Budget))

        held = counted(run, "the unique cause", "IntegrityError")
        assert note("the budgets' lock under one cause", run, held) == []
        assert sorted(run.answers) == ["IntegrityError"] * (WITHOUT - 1) + ["given back"]

    def test_without_the_look_and_the_unique_cause_the_awards_check_holds(self, committed_database, note):
        drop_the_cause()

        run = self.raced(look_for_the_cause)

        held = counted(run, "the award's check", "IntegrityError")
        assert note("the look for the cause, the unique cause", run, held) == []
        assert sorted(run.answers) == ["IntegrityError"] * (WITHOUT - 1) + ["given back"]

    def test_without_all_three_it_is_caught(self, committed_database, note):
        drop_the_cause()
        drop_the_awards_check()

        run = self.raced(look_for_the_cause)

        found = note("the look for the cause, the unique cause, the award's check", run)
        assert any(one.startswith("difference: award") for one in found)

    def test_without_the_lock_the_cause_and_the_awards_check_it_is_caught(self, committed_database, note):
        drop_the_cause()
        drop_the_awards_check()

        run = self.raced(locks_on(Budget))

        found = note("the budgets' lock, the unique cause, the award's check", run)
        assert any(one.startswith("difference: award") for one in found)


@transaction.atomic
def give_back(award_id: int) -> str:
    """As a reversal does, but with the award's own row, itself a lock, last: here the cause is on trial."""
    racing.get_ready()
    award = Award.objects.select_related("budgets").get(pk=award_id)
    way = {"source": Place.RESERVED, "target": Place.AVAILABLE, "cause": f"award {award_id} reversed"}
    ledger.transfer(award, award.amount, **way, by=None, at=NOON + DAY)
    Award.objects.filter(pk=award_id).update(status=AwardStatus.REVERSED)
    return "given back"


class TestTheStop:
    """A recount that finds a difference, asked for while approvals wait: none is made after it."""

    def raced(self, *taken: Take) -> tuple[Run, list[str]]:
        """The recount comes first to the budgets' lock; what is approved later is a fault."""
        many, region = racing.proposals(WITHOUT)
        approver, run = budgets.approver(), Run()
        programme = Budget.objects.get(kind="programme")
        spoil(programme)
        with transaction.atomic():
            rows(Budget.objects.filter(pk=region.pk))()
            recounting = processes.start(recount)
            assert racing.wait_for(1) == 1
            running = [processes.start(without(*taken), one.pk, approver.pk) for one in many]
            run.waiters = racing.wait_for(WITHOUT + 1) - 1
        assert recounting.answer() == "stopped"
        run.answers = [one.answer() for one in running]
        mend(programme)
        promised = Award.objects.count()
        after_it = [f"{promised} awards were promised while approvals were stopped"] if promised else []
        assert run.waiters == WITHOUT
        return run, after_it + race_check.faults()

    def test_with_both_nothing_is_approved_after_it(self, committed_database, note):
        run, faults = self.raced()

        held = counted(run, "the service", "ApprovalsStopped")
        assert note("nothing (a difference found meanwhile)", run, held, faults) == []
        assert set(run.answers) == {"ApprovalsStopped"}

    def test_without_the_service_the_trigger_holds(self, committed_database, note):
        run, faults = self.raced(stop_in_the_service)

        held = counted(run, "the trigger", "IntegrityError")
        assert note("the service's stop", run, held, faults) == []
        assert run.answers.count("IntegrityError") == WITHOUT

    def test_without_the_trigger_the_service_holds(self, committed_database, note):
        drop_the_stop()

        run, faults = self.raced()

        held = counted(run, "the service", "ApprovalsStopped")
        assert note("the trigger's stop", run, held, faults) == []
        assert set(run.answers) == {"ApprovalsStopped"}

    def test_without_either_it_is_caught(self, committed_database, note):
        drop_the_stop()

        run, faults = self.raced(stop_in_the_service)

        assert note("the service's and the trigger's stop", run, faults=faults)
        assert run.answers.count("approved") == FIT


def recount() -> str:
    racing.get_ready()
    return "clean" if ledger_check.verify(at=NOON).is_clean else "stopped"
