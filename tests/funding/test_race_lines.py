"""Single lines of several allocations decided at once by the page, the admin's action and the API.

All draw on one region's budget. Some rounds kill what carries them out: the web's processes, or the
database with all that is in hand; every client asks again under its key until it knows of each line.
"""

import time
from random import Random

import pytest
from django.db import connection, transaction

from funding.models import Allocation, Award, Budget, LineDecision
from tests import processes, proving
from tests.funding import race_check, race_lines, race_served, race_table, racing
from tests.funding.race_lines import TOGETHER, WAYS, Decider
from tests.funding.race_served import THREADS
from tests.funding.racing import CEILING, FIT, GRANT, Run
from tests.own_cluster import OwnCluster

pytestmark = [pytest.mark.slow, pytest.mark.proves, pytest.mark.xdist_group("races")]

ROUNDS = proving.rounds(1)
#: One long allocation and shorter ones beside it.
SIZES = [proving.size(12, 120), *[4] * proving.size(3, 20)]
#: At most so long may a request take to be killed in.
MOMENT = 0.5


def started(many: list[Decider]) -> list[processes.Running]:
    return [processes.start(one.decide) for one in many]


def settled(many: list[Decider], answers: list[list[str]], region: Budget) -> None:
    """Everybody knows of each line, and it is so: as many are funded as fit, each of them once."""
    region.refresh_from_db()
    said = [word for one in answers for word in one]
    funded = set(Award.objects.live().values_list("application__allocation_lines", flat=True))
    assert len(said) == sum(SIZES)
    assert set(said) == {"funded", "refused"}
    assert race_lines.funded(many, answers) == funded
    assert len(funded) == LineDecision.objects.count() == Award.objects.count() == FIT
    assert region.allocated == FIT * GRANT <= CEILING
    assert {one.way for one in many} == set(WAYS)
    assert race_check.faults() == []


def noted(record_property, kind: str, run: Run) -> None:
    kind = f"lines by page, action and API{kind}"
    race_table.note(record_property, kind, run, approvals=sum(SIZES), over=race_check.pence_over())
    assert run.waiters >= THREADS


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_lines_decided_in_three_ways_never_pass_the_ceiling(
    committed_database, tmp_path, record_property, turn
):
    allocations, region = proposals()
    race_served.be_patient()
    run = Run()

    with race_served.served(committed_database.url, tmp_path) as web:
        many = race_lines.deciders(web.port, allocations)
        with transaction.atomic():
            racing.rows(Budget.objects.filter(pk=region.pk))()
            running = started(many)
            run.waiters = race_served.wait_for_all()
        answers = [one.answer() for one in running]

    noted(record_property, "", run)
    settled(many, answers, region)


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_web_processes_killed_leave_no_line_half_decided(committed_database, tmp_path, record_property, turn):
    """First all of them while requests wait with their transactions open, then all at some moment after."""
    allocations, region = proposals()
    race_served.be_patient()
    run = Run()

    with race_served.served(committed_database.url, tmp_path) as web:
        many = race_lines.deciders(web.port, allocations)
        with transaction.atomic():
            racing.rows(Budget.objects.filter(pk=region.pk))()
            running = started(many)
            run.waiters = race_served.wait_for_all()
            run.in_the_midst = racing.open_transactions()
            run.killed = web.kill_workers()
        between = race_check.faults_at_once()
        time.sleep(Random(turn).uniform(0, MOMENT))
        run.killed += web.kill_workers()
        answers = [one.answer() for one in running]

    noted(record_property, ", the web killed", run)
    assert run.in_the_midst >= run.waiters
    assert between == []
    settled(many, answers, region)


@pytest.fixture(scope="module")
def cluster(django_db_setup, tmp_path_factory):
    own = OwnCluster(tmp_path_factory.mktemp("own"))
    try:
        yield own
    finally:
        own.end()


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_a_database_killed_leaves_no_line_half_decided(
    cluster, django_db_blocker, tmp_path, record_property, turn
):
    """Killed while requests wait with their transactions open, then stopped at once at some moment after."""
    run, dice = Run(), Random(turn)
    with django_db_blocker.unblock(), cluster.database() as url:
        allocations, region = proposals()
        race_served.be_patient()
        with race_served.served(url, tmp_path) as web:
            many = race_lines.deciders(web.port, allocations)
            running = hold_and_kill(cluster, region, many, run)
            between = [race_check.faults_at_once()]
            time.sleep(dice.uniform(0, MOMENT))
            run.in_the_midst += racing.open_transactions()
            cluster.stop_at_once()
            run.killed += 1
            between.append(race_check.faults_at_once())
            answers = [one.answer() for one in running]

        noted(record_property, ", the database killed", run)
        assert run.in_the_midst >= run.waiters
        assert between == [[], []]
        settled(many, answers, region)


def proposals() -> tuple[list[Allocation], Budget]:
    assert sum(SIZES) > FIT + TOGETHER
    return racing.proposals(len(SIZES), sizes=SIZES)


def hold_and_kill(cluster: OwnCluster, region: Budget, many: list[Decider], run: Run) -> list:
    """Kill the server with everybody's transaction open, this process's own among them."""
    transaction.set_autocommit(False)
    racing.rows(Budget.objects.filter(pk=region.pk))()
    running = started(many)
    run.waiters = race_served.wait_for_all()
    run.in_the_midst = racing.open_transactions()
    cluster.kill()
    run.killed += 1
    assert connection.get_autocommit()
    return running
