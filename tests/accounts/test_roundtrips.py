"""Statements that are sent together, rows that are written so, and queries that are composed once."""

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts import composed, roundtrips, written
from accounts.composed import Composed, Given
from accounts.models import AuditEntry, AuditWaiting, Holding, JobRun, Region
from accounts.prepared import GIVEN, Prepared
from accounts.roles import Role
from tests.make import people
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

NAMED = Composed(lambda: Region.objects.filter(code=Given("code")).only("name"))


def rename(code: str, name: str) -> None:
    roundtrips.later("UPDATE accounts_region SET name = %s WHERE code = %s", [name, code])


@pytest.fixture
def region():
    return Region.objects.create(code="north", name="The North")


def test_what_waits_is_sent_with_the_next_statement_and_before_it(region):
    with CaptureQueriesContext(connection) as sent, roundtrips.fewer():
        rename("north", "100% North")
        rename("north", "100% of it")
        assert len(sent) == 0
        assert Region.objects.get(pk=region.pk).name == "100% of it"

    assert len(sent) == 1


def test_a_statement_without_values_keeps_its_percent_signs(region):
    with roundtrips.fewer():
        rename("north", "North")
        with connection.cursor() as cursor:
            cursor.execute("SELECT 'a%b', name FROM accounts_region WHERE name LIKE 'Nor%'")
            assert cursor.fetchone() == ("a%b", "North")


def test_what_waits_at_the_end_is_sent_then_and_an_inner_block_waits_for_the_outer(region):
    with CaptureQueriesContext(connection) as sent, roundtrips.fewer():
        with roundtrips.fewer():
            rename("north", "Inside")
        assert len(sent) == 0

    region.refresh_from_db()
    assert region.name == "Inside"


def test_outside_of_a_block_nothing_waits(region):
    with CaptureQueriesContext(connection) as sent:
        rename("north", "At once")

    assert len(sent) == 1


def test_a_failure_gives_up_what_waits(region):
    with pytest.raises(ZeroDivisionError), transaction.atomic(), roundtrips.fewer():
        rename("north", "Never")
        raise ZeroDivisionError

    region.refresh_from_db()
    assert region.name == "The North"


def test_what_the_database_refuses_is_raised_where_the_next_is_sent(region):
    Region.objects.create(code="south", name="The South")

    with pytest.raises(IntegrityError), transaction.atomic(), roundtrips.fewer():
        roundtrips.later("UPDATE accounts_region SET code = %s WHERE code = %s", ["south", "north"])
        Region.objects.count()


def test_a_row_is_written_as_save_writes_it():
    person = people.user()
    values = {"at": NOON, "by_id": person.pk, "roles": ["auditor"], "action": "look", "mac": "0" * 64}
    saved, row = AuditEntry(**values), AuditEntry(**values, before={"a": "50%"})
    saved.save()

    written.insert(row)

    read = AuditEntry.objects.get(pk=row.pk)
    columns = [field.attname for field in AuditEntry._meta.concrete_fields]
    assert [getattr(read, name) for name in columns] == [getattr(row, name) for name in columns]
    assert not row._state.adding
    # Its triggers are the table's, whoever writes.
    assert AuditWaiting.objects.filter(entry_id=row.pk).exists()


def test_a_row_is_changed_by_its_fields_as_save_takes_them():
    person = people.user()
    row = Holding.objects.create(person=person, group=Group.objects.get(name=Role.AUDITOR), given_at=NOON)
    row.region, row.given_at = Region.objects.create(code="north", name="The North"), None

    written.update_later(row, "region", "given_at")

    read = Holding.objects.get(pk=row.pk)
    assert (read.region, read.given_at, read.person) == (row.region, None, person)


def test_a_field_of_another_kind_is_refused_rather_than_written_wrong():
    with pytest.raises(TypeError, match="no kind that is written so"):
        written.insert_later(JobRun, {"lease_length": DAY})


def test_a_query_is_composed_once_and_answers_what_is_given_each_time(region):
    Region.objects.create(code="south", name="The South")

    found = [NAMED.first(code=code) for code in ("north", "south", "west")]

    assert [one and one.name for one in found] == ["The North", "The South", None]
    with pytest.raises(Region.DoesNotExist):
        NAMED.get(code="west")
    kept = composed._text(NAMED.rows, NAMED.share)
    assert kept is composed._text(NAMED.rows, NAMED.share)


def test_rows_are_held_in_a_transaction_alone(monkeypatch):
    held = Composed(lambda: Region.objects.filter(code=Given("code")).select_for_update())
    assert held.all(code="nowhere") == []

    monkeypatch.setattr(transaction.get_connection(), "in_atomic_block", False)

    for ask in (held.all, held.later):
        with pytest.raises(transaction.TransactionManagementError):
            ask(code="nowhere")


def test_a_connection_that_was_cut_off_in_preparing_is_not_used_again():
    """Whether the database has it is not known then, and it cannot be asked for twice."""

    class Cut(Exception):
        pass

    class Connection:
        is_closed = False

        def cursor(self):
            raise Cut

        def close(self):
            self.is_closed = True

    one = Connection()
    with pytest.raises(Cut):
        Prepared("SELECT 1", [])._prepare(one)

    assert one.is_closed


def test_values_that_are_said_once_stand_in_the_statement_and_are_part_of_its_name(region):
    sql = "SELECT name FROM accounts_region WHERE code = %s AND name LIKE %s"
    one, other = (Prepared(sql, [GIVEN, pattern]) for pattern in ("The%", "A%"))
    empty = Prepared(sql, ["", GIVEN])

    assert roundtrips.fetch(one.call(), ["north"]) == [("The North",)]
    assert roundtrips.fetch(other.call(), ["north"]) == []
    assert len({one.name, other.name, empty.name, Prepared(sql, [GIVEN, ""]).name}) == 4


def test_rows_are_written_later_under_ids_that_were_taken_before():
    person = people.user()
    values = {"at": NOON, "by_id": person.pk, "roles": ["auditor"], "action": "look", "mac": "0" * 64}
    taken = written.ids(AuditEntry, 2)
    rows = [AuditEntry(pk=pk, **values) for pk in taken]

    with CaptureQueriesContext(connection) as sent, roundtrips.fewer():
        written.insert_numbered_later(*rows)
        assert len(sent) == 0

    assert len(set(taken)) == 2
    assert set(AuditEntry.objects.values_list("pk", flat=True)) == set(taken)
    assert not any(row._state.adding for row in rows)
    assert written.ids(AuditEntry, 0) == []
    assert AuditEntry.objects.create(**values, serial="7d9f6f0e-5a0c-4b0e-9a57-5d1d2c0f8a11").pk not in taken
