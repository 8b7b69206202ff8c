"""The races for single lines with protections taken away, as ``test_race_controls`` has them for a whole."""

import pytest

from accounts.models import User
from applications import workflow
from funding import line_decisions
from funding.models import AllocationLine, Award, Budget, LineDecision, Verdict
from tests.funding import race_check, racing, test_race_controls
from tests.funding.racing import CEILING, FIT, GRANT, WITHOUT, Run, rows
from tests.funding.test_race_controls import (
    counted,
    drop_the_check,
    drop_the_live_award,
    gate_after,
    locks_on,
    look_at_what_is_left,
    without,
)
from tests.make import budgets
from tests.make.times import DAY, NOON

pytestmark = [pytest.mark.slow, pytest.mark.proves, pytest.mark.xdist_group("races")]

note = test_race_controls.note


def fund(line_id: int, approver_id: int) -> str:
    racing.get_ready()
    line, approver = AllocationLine.objects.get(pk=line_id), User.objects.get(pk=approver_id)
    line_decisions.decide(line, Verdict.FUND, "The panel funds it.", by=approver, at=NOON + DAY)
    return "funded"


class TestTheCeiling:
    """Every line of one allocation, each funded by itself, all on one budget."""

    def raced(self, *taken) -> Run:
        """Without the lock each has looked when it comes to the row, whose sums it is about to move."""
        [made], region = racing.proposals(1, sizes=[WITHOUT])
        approver = budgets.approver()
        pairs = [(line.pk, approver.pk) for line in made.lines.all()]
        run = racing.race(without(*taken, job=fund), pairs, hold=rows(Budget.objects.filter(pk=region.pk)))
        assert run.waiters == WITHOUT
        return run

    def test_with_all_of_them_as_many_are_funded_as_fit(self, committed_database, note):
        run = self.raced()

        assert note("nothing: lines of one allocation", run, counted(run, "the lock", "NotEnough")) == []
        assert sorted(run.answers) == ["NotEnough"] * (WITHOUT - FIT) + ["funded"] * FIT

    def test_without_the_databases_check_the_lock_holds(self, committed_database, note):
        drop_the_check()

        run = self.raced()

        assert note("lines: the database's check", run, counted(run, "the lock", "NotEnough")) == []
        assert run.answers.count("funded") == FIT

    def test_without_the_services_look_the_databases_check_holds(self, committed_database, note):
        run = self.raced(look_at_what_is_left)

        held = counted(run, "the database's check", "IntegrityError")
        assert note("lines: the service's look", run, held) == []
        assert sorted(run.answers) == ["IntegrityError"] * (WITHOUT - FIT) + ["funded"] * FIT

    def test_without_the_lock_the_databases_check_holds(self, committed_database, note):
        run = self.raced(locks_on(Budget))

        held = counted(run, "the database's check", "IntegrityError")
        assert note("lines: the budgets' lock", run, held) == []
        assert sorted(run.answers) == ["IntegrityError"] * (WITHOUT - FIT) + ["funded"] * FIT

    def test_without_the_look_and_the_check_it_is_caught(self, committed_database, note):
        drop_the_check()

        run = self.raced(look_at_what_is_left)

        assert note("lines: the service's look, the database's check", run)[0].endswith("pence over")
        assert race_check.pence_over() == (WITHOUT * GRANT - CEILING) * 100

    def test_without_the_lock_and_the_check_it_is_caught(self, committed_database, note):
        drop_the_check()

        run = self.raced(locks_on(Budget))

        assert note("lines: the budgets' lock, the database's check", run)[0].endswith("pence over")
        assert race_check.pence_over() == (WITHOUT * GRANT - CEILING) * 100


class TestOneLine:
    """One line, funded by many at once."""

    def raced(self, *taken) -> Run:
        [made], _ = racing.proposals(1, ceiling=WITHOUT * GRANT)
        line, gated = made.lines.get(), bool(taken)
        pairs = [(line.pk, budgets.approver().pk) for _ in range(WITHOUT)]
        hold = (
            racing.shut_gate if gated else rows(type(line.application).objects.filter(pk=line.application_id))
        )
        run = racing.race(without(*taken, job=fund), pairs, hold=hold)
        assert run.waiters == WITHOUT
        return run

    ALL_READ = (locks_on(), gate_after(workflow, "check"))

    def test_with_its_lock_one_funds_it_and_the_others_learn_who(self, committed_database, note):
        run = self.raced()

        assert note("nothing: one line", run, counted(run, "the lock", "AlreadyDecided")) == []
        assert sorted(run.answers) == ["AlreadyDecided"] * (WITHOUT - 1) + ["funded"]

    def test_without_any_lock_one_live_award_holds(self, committed_database, note):
        run = self.raced(*self.ALL_READ)

        assert note("one line: every lock", run, counted(run, "one live award", "IntegrityError")) == []
        assert sorted(run.answers) == ["IntegrityError"] * (WITHOUT - 1) + ["funded"]
        assert LineDecision.objects.count() == 1

    def test_without_any_lock_and_one_live_award_it_is_caught(self, committed_database, note):
        drop_the_live_award()

        run = self.raced(*self.ALL_READ)

        found = note("one line: every lock, one live award", run)
        assert found[0].startswith("double award")
        assert Award.objects.live().count() == WITHOUT
