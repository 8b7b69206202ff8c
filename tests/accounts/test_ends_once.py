"""What has ended stays as it ended, whoever writes: the database holds it, as the role that serves."""

import pytest
from django.db import InternalError, connection, transaction

from accounts import relay
from accounts.models import ENDS, JobRun, Notification, Owed, OwedState
from accounts.roles import Role
from applications import submission
from applications.models import ReceiptCopy
from funding.models import FundingFile, ProgrammeReport, ScenarioRequest
from funding.reports import programme
from tests.databases import disarmed
from tests.make import applications, funding_files, people, scenarios
from tests.make.notifications import leased
from tests.make.times import NOON

pytestmark = pytest.mark.django_db


def copy_of_a_receipt() -> ReceiptCopy:
    draft = applications.complete_draft()
    submission.submit(draft, by=draft.started_by, at=NOON)
    return ReceiptCopy.objects.get()


def file_of_the_report() -> FundingFile:
    """With all that a finished one has, so that nothing else holds it back."""
    file = funding_files.asked(people.user(Role.FUNDS))
    known = {"as_of": NOON, "expires_at": NOON, "fingerprint": "0" * 64, "rows_expected": 0}
    FundingFile.objects.filter(pk=file.pk).update(**known)
    return file


MADE = {
    Notification: leased,
    JobRun: lambda: JobRun.objects.create(job="count", period=NOON, taken_at=NOON, due_at=NOON),
    ReceiptCopy: copy_of_a_receipt,
    FundingFile: file_of_the_report,
    ProgrammeReport: lambda: programme.request(None, by=people.user(Role.FUNDS), at=NOON),
    ScenarioRequest: lambda: scenarios.owed(scenarios.list_of()),
}
EVERY = pytest.mark.parametrize("model", MADE, ids=lambda model: model.__name__)


def put(row: Owed, state: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {row._meta.db_table} SET state = %s WHERE id = %s", [state, row.pk])


def test_all_that_is_owed_is_looked_at_here():
    assert {model for model, _task in relay.owed} == set(MADE)


@EVERY
@pytest.mark.parametrize("end", sorted(ENDS))
def test_nothing_moves_a_row_out_of_its_end(model, end):
    row = MADE[model]()
    put(row, end)

    for state in set(OwedState.values) - {end}:
        with pytest.raises(InternalError, match="Cannot update"):
            put(row, state)

    put(row, end)
    row.refresh_from_db()
    assert row.state == end


@EVERY
def test_without_the_trigger_it_could_be_moved(model):
    """The negative control."""
    row = MADE[model]()
    put(row, OwedState.DONE)

    with disarmed(model._meta.db_table):
        put(row, OwedState.WAITING)

    row.refresh_from_db()
    assert row.state == OwedState.WAITING


@EVERY
def test_what_has_not_ended_may_move(model):
    row = MADE[model]()

    for state in (OwedState.LEASED, OwedState.WAITING, OwedState.FAILED):
        put(row, state)
