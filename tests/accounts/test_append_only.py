import pytest
from django.apps import apps
from django.db import InternalError, ProgrammingError, connection, transaction
from django.db.models import ProtectedError

from accounts.models import AppendOnly
from applications import progress, workflow
from applications.models import Application, StatusChange
from funding.models import Transfer
from launchpad.postgres import RUNTIME
from tests.databases import as_owner
from tests.make import applications
from tests.make.times import NOON

pytestmark = pytest.mark.django_db

TABLES = [model._meta.db_table for model in apps.get_models() if issubclass(model, AppendOnly)]
CHANGES = {
    "update": "UPDATE {} SET id = id",
    "delete": "DELETE FROM {}",
    "truncate": "TRUNCATE {} CASCADE",
}
every_change = pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
every_table = pytest.mark.parametrize("table", TABLES)


def run(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def allow():
    as_owner(f"GRANT UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA public TO {RUNTIME}")


def disarm(table):
    as_owner(f"ALTER TABLE {table} DISABLE TRIGGER USER")


def test_the_ledger_and_the_history_of_moves_are_append_only():
    assert {Transfer._meta.db_table, StatusChange._meta.db_table} <= set(TABLES)


# Empty or not: the refusal is of the statement, so that no model can forget to inherit its Meta.
@every_change
@every_table
def test_the_role_that_serves_may_not_change_what_is_append_only(table, change):
    disarm(table)

    with pytest.raises(ProgrammingError, match=f"permission denied for table {table}"):
        run(change.format(table))


@every_change
@every_table
def test_whoever_may_is_refused_by_the_trigger(table, change):
    allow()

    with pytest.raises(InternalError, match=f"{table} is append-only"):
        run(change.format(table))


@every_change
@every_table
def test_no_session_can_have_the_trigger_passed_over(table, change):
    allow()
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(tgname)::text FROM pg_trigger WHERE tgrelid = %s::regclass", [table])
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", cursor.fetchone())

    with pytest.raises(InternalError, match=f"{table} is append-only"):
        run(change.format(table))


@every_change
@every_table
def test_with_both_protections_gone_it_would_be_changed(table, change):
    """The negative control: were this refused, the tests above would prove nothing."""
    allow()
    for one in TABLES:
        # A truncation takes those with it that point here.
        disarm(one)

    run(change.format(table))


def test_a_draft_has_no_history_and_can_be_deleted():
    draft = applications.complete_draft()

    draft.delete()

    assert not Application.objects.exists()


def test_an_application_that_has_moved_stays():
    moved = applications.draft()
    by = applications.editor(moved)
    progress.advance(moved.pk, workflow.SUBMIT, by=by, at=NOON, submitted_at=NOON, submitted_by=by)

    with pytest.raises(ProtectedError):
        moved.delete()
