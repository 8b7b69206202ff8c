import pytest
from django.apps import apps
from django.db import InternalError, connection, transaction
from django.db.models import ProtectedError

from accounts.models import AppendOnly
from applications import progress, workflow
from applications.models import Application, StatusChange
from funding.models import Transfer
from tests.make import applications
from tests.make.times import NOON

pytestmark = pytest.mark.django_db

TABLES = [model._meta.db_table for model in apps.get_models() if issubclass(model, AppendOnly)]
CHANGES = ("UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE")


def run(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_ledger_and_the_history_of_moves_are_append_only():
    assert {Transfer._meta.db_table, StatusChange._meta.db_table} <= set(TABLES)


# Empty or not: the refusal is of the statement, so that no model can forget to inherit its Meta.
@pytest.mark.parametrize("change", CHANGES, ids=["update", "delete", "truncate"])
@pytest.mark.parametrize("table", TABLES)
def test_the_database_refuses_to_change_what_is_append_only(table, change):
    with pytest.raises(InternalError, match=f"{table} is append-only"):
        run(change.format(table))


@pytest.mark.parametrize("change", CHANGES, ids=["update", "delete", "truncate"])
@pytest.mark.parametrize("table", TABLES)
def test_without_the_trigger_it_would_be_changed(table, change):
    run(f"ALTER TABLE {table} DISABLE TRIGGER USER")

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
