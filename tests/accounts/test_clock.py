"""The one clock: set for tests and demonstrations, obeyed by every process, refused in a deployment."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from accounts import clock, clock_setting
from accounts.models import AuditEntry, ClockSetting
from accounts.roles import Role
from launchpad import environment
from tests import processes
from tests.make import office, people
from tests.make.competitions import competition

CLOSE = datetime(2023, 3, 29, 10, tzinfo=UTC)
SOON = timedelta(seconds=30)


@pytest.fixture
def deployed(settings):
    settings.DEPLOYED = True


def set_to(moment: datetime) -> None:
    clock_setting.set_to(moment, at=clock.real())


@pytest.mark.django_db
def test_a_set_clock_goes_on_from_where_it_was_set():
    set_to(CLOSE)

    first, second = clock.now(), clock.now()

    assert CLOSE <= first < second < CLOSE + SOON
    assert clock.if_set() > second
    assert clock.of_transaction() < first
    assert clock.real() > CLOSE + timedelta(days=365)


@pytest.mark.django_db
def test_the_real_clock_is_the_databases():
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        before = cursor.fetchone()[0]

    assert before <= clock.now() < before + SOON
    assert clock.now().utcoffset() == timedelta()
    assert clock.if_set() is None


@pytest.mark.django_db
def test_setting_it_again_moves_it_and_unsetting_ends_it():
    set_to(CLOSE)
    set_to(CLOSE + timedelta(days=1))

    assert CLOSE + timedelta(days=1) <= clock.now() < CLOSE + timedelta(days=1) + SOON
    assert clock_setting.unset(at=clock.real())
    assert not clock_setting.unset(at=clock.real())
    assert clock.now() > CLOSE + timedelta(days=365)


@pytest.mark.slow
def test_every_process_obeys(committed_database):
    before = processes.run(clock.now)

    committed_database.manage("set_clock", "2023-03-29 10:59")
    during = processes.run(clock.now)
    committed_database.manage("set_clock", "--real")

    assert CLOSE - timedelta(minutes=1) <= during < CLOSE
    assert processes.run(clock.now) > before


@pytest.mark.django_db
def test_a_competition_opens_and_closes_by_it(client):
    made = competition(opens_at=CLOSE - timedelta(days=30), closes_at=CLOSE)
    set_to(CLOSE - timedelta(minutes=1))
    before = client.get(f"/competitions/{made.code}/").content.decode()
    set_to(CLOSE)
    after = client.get(f"/competitions/{made.code}/").content.decode()

    assert "/start" in before
    assert "/start" not in after


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/no/such/page", "/account/login/", "/api/docs/", "/admin/"])
def test_every_page_says_that_the_clock_is_set(address):
    client = office.sign_in(people.user(Role.AUDITOR))
    before = client.get(address, follow=True).content.decode()
    set_to(CLOSE - timedelta(minutes=1))

    page = client.get(address, follow=True).content.decode()

    assert "The clock is set." not in before
    assert "Here it is 10:59am on 29 March 2023 (BST)." in page


@pytest.mark.django_db
def test_a_deployment_refuses_to_set_it(deployed):
    with pytest.raises(CommandError, match="This is a deployment: its clock cannot be set"):
        call_command("set_clock", "2023-03-29 10:59")

    assert not ClockSetting.objects.exists()
    assert AuditEntry.objects.get(action="set the clock").is_refusal


@pytest.mark.django_db
def test_a_deployment_does_not_obey_a_setting_that_is_there(settings, client):
    set_to(CLOSE)
    settings.DEPLOYED = True

    assert clock.now() > CLOSE + timedelta(days=365)
    assert clock.of_transaction() > CLOSE + timedelta(days=365)
    assert clock.if_set() is None
    assert "The clock is set." not in client.get("/").content.decode()


@pytest.mark.django_db
def test_a_deployment_whose_clock_was_set_is_not_prepared(settings):
    set_to(CLOSE)
    settings.DEPLOYED = True

    with pytest.raises(CommandError, match="its clock has been set"):
        call_command("prepare")
    call_command("set_clock", "--real")
    clock_setting.refuse_in_deployment()


@pytest.mark.parametrize(
    ("address", "deployed"),
    [
        ("https://launchpad.example", True),
        ("https://127.0.0.1:8000", True),
        ("http://launchpad.example", True),
        ("http://192.168.1.20:8000", True),
        ("http://127.0.0.1:8000", False),
        ("http://localhost:8103", False),
        ("http://[::1]:8000", False),
        ("http://demo.localhost:8000", False),
    ],
)
def test_an_address_that_others_can_reach_says_deployment(address, deployed):
    assert (address.startswith("https://") or not environment.is_this_machine(address)) == deployed


def test_the_tests_are_no_deployment():
    assert not settings.DEPLOYED


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["29/03/2023 10:59"], 'write it as "2023-03-29 11:00"'),
        (["2027-03-28 01:30"], "does not exist: the clocks go forward over that hour"),
        (["2026-10-25 01:30"], "comes twice: the clocks go back over that hour"),
        ([], "or --real"),
        (["2023-03-29 10:59", "--real"], "or --real"),
    ],
)
def test_a_time_that_is_none_is_refused(given, said):
    with pytest.raises(CommandError, match=said):
        call_command("set_clock", *given)

    assert not ClockSetting.objects.exists()


@pytest.mark.django_db
def test_there_is_one_clock():
    set_to(CLOSE)

    with pytest.raises(IntegrityError), transaction.atomic():
        ClockSetting.objects.create(pk=2, ahead=timedelta(), set_at=CLOSE)


@pytest.mark.django_db
def test_setting_it_is_in_the_audit_trail():
    set_to(CLOSE)
    clock_setting.unset(at=clock.real())

    rows = AuditEntry.objects.order_by("pk").values_list("action", "at")
    assert [action for action, _ in rows] == ["set the clock", "return to the real clock"]
    assert all(at > CLOSE + timedelta(days=365) for _, at in rows)
