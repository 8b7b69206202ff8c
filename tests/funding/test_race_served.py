"""Approvals at once through the page and the API of the served product, one award or several at a time.

Some rounds kill what carries them out: the web's processes, or the database with all that is in hand.
Every client asks again under its key until it knows, and nothing may have been done twice or by half.
"""

import time
from random import Random

import pytest
from django.db import connection, transaction

from accounts.models import Intent
from funding.models import Allocation, Award, Budget
from tests import processes, proving
from tests.funding import race_check, race_served, race_table, racing
from tests.funding.race_served import THREADS, Client
from tests.funding.racing import CEILING, GRANT, Run
from tests.own_cluster import OwnCluster

pytestmark = [pytest.mark.slow, pytest.mark.proves, pytest.mark.xdist_group("races")]

ROUNDS = proving.rounds(1)
SERVED = proving.size(16, 200)
#: Every third allocation makes three awards at once, or none of them.
SIZES = [3 if place % 3 == 2 else 1 for place in range(SERVED)]
#: At most so long may a request take to be killed in.
MOMENT = 0.5


def decided(clients: list[Client], many: list[Allocation], region: Budget, answers: list[str]) -> None:
    """Everybody knows, and what they know is so: as much was approved as fits, each of it once."""
    region.refresh_from_db()
    left = region.ceiling - region.allocated
    refused = [SIZES[place] * GRANT for place, answer in enumerate(answers) if answer == "refused"]
    approved = {one.pk for one, answer in zip(many, answers, strict=True) if answer == "approved"}
    assert set(answers) == {"approved", "refused"}
    assert set(Allocation.objects.filter(state="approved").values_list("pk", flat=True)) == approved
    assert Intent.objects.count() == len(approved)
    assert region.allocated == Award.objects.count() * GRANT <= CEILING
    assert left < min(refused)
    assert race_check.faults() == []


def start(clients: list[Client]) -> list[processes.Running]:
    return [processes.start(client.approve) for client in clients]


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_approvals_by_page_and_api_never_pass_the_ceiling(
    committed_database, tmp_path, record_property, turn
):
    many, region = racing.proposals(SERVED, sizes=SIZES)
    race_served.be_patient()
    run = Run()

    with race_served.served(committed_database.url, tmp_path) as web:
        clients = race_served.clients(web.port, many)
        with transaction.atomic():
            racing.rows(Budget.objects.filter(pk=region.pk))()
            running = start(clients)
            run.waiters = race_served.wait_for_all()
        run.answers = [one.answer() for one in running]

    kind = "by page and API, one award or three"
    race_table.note(record_property, kind, run, approvals=len(many), over=race_check.pence_over())
    assert run.waiters >= THREADS
    decided(clients, many, region, run.answers)


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_web_processes_killed_leave_nothing_half_done(committed_database, tmp_path, record_property, turn):
    """First all of them while requests wait with their transactions open, then all at some moment after."""
    many, region = racing.proposals(SERVED, sizes=SIZES)
    race_served.be_patient()
    run = Run()

    with race_served.served(committed_database.url, tmp_path) as web:
        clients = race_served.clients(web.port, many)
        with transaction.atomic():
            racing.rows(Budget.objects.filter(pk=region.pk))()
            running = start(clients)
            run.waiters = race_served.wait_for_all()
            run.in_the_midst = racing.open_transactions()
            run.killed = web.kill_workers()
        between = race_check.faults_at_once()
        time.sleep(Random(turn).uniform(0, MOMENT))
        run.killed += web.kill_workers()
        run.answers = [one.answer() for one in running]

    kind = "by page and API, the web's processes killed"
    race_table.note(record_property, kind, run, approvals=len(many), over=race_check.pence_over())
    assert run.waiters >= THREADS
    assert run.in_the_midst >= run.waiters
    assert between == []
    decided(clients, many, region, run.answers)


@pytest.fixture(scope="module")
def cluster(django_db_setup, tmp_path_factory):
    own = OwnCluster(tmp_path_factory.mktemp("own"))
    try:
        yield own
    finally:
        own.end()


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_a_database_killed_leaves_nothing_half_done(
    cluster, django_db_blocker, tmp_path, record_property, turn
):
    """Killed while requests wait with their transactions open, then stopped at once at some moment after."""
    run, dice = Run(), Random(turn)
    with django_db_blocker.unblock(), cluster.database() as url:
        many, region = racing.proposals(SERVED, sizes=SIZES)
        race_served.be_patient()
        with race_served.served(url, tmp_path) as web:
            clients = race_served.clients(web.port, many)
            running = hold_and_kill(cluster, region, clients, run)
            between = [race_check.faults_at_once()]
            time.sleep(dice.uniform(0, MOMENT))
            run.in_the_midst += racing.open_transactions()
            cluster.stop_at_once()
            run.killed += 1
            between.append(race_check.faults_at_once())
            run.answers = [one.answer() for one in running]

        kind = "by page and API, the database killed"
        race_table.note(record_property, kind, run, approvals=len(many), over=race_check.pence_over())
        assert run.waiters >= THREADS
        assert run.in_the_midst >= run.waiters
        assert between == [[], []]
        decided(clients, many, region, run.answers)


def hold_and_kill(cluster: OwnCluster, region: Budget, clients: list[Client], run: Run) -> list:
    """Kill the server with everybody's transaction open, this process's own among them."""
    transaction.set_autocommit(False)
    racing.rows(Budget.objects.filter(pk=region.pk))()
    running = start(clients)
    run.waiters = race_served.wait_for_all()
    run.in_the_midst = racing.open_transactions()
    cluster.kill()
    run.killed += 1
    assert connection.get_autocommit()
    return running
