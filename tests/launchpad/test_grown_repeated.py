"""The grown demonstration made again: by real processes, into databases of its own."""

import pytest
from django.apps import apps as django_apps
from django.db import connection

from funding import ledger
from launchpad.demo.grown import programme
from tests import databases
from tests.make.times import NOON

SIZE = 100


def digest() -> dict[str, str]:
    """A digest of every table of ours, over all its columns but the row's own id, in any order.

    Left out is what comes from the moment, from a sequence or from chance where the product's own actions
    made the rows: the office's people, how an entry of the audit trail is told from another, and which
    number a line of an allocation has.
    """
    found = {}
    apps, by_chance = {"accounts", "applications", "funding"}, {"accounts_auditseal"}
    with connection.cursor() as cursor:
        for table in sorted(
            model._meta.db_table
            for model in django_apps.get_models(include_auto_created=True)
            if model._meta.app_label in apps and model._meta.db_table not in by_chance
        ):
            cursor.execute(
                "SELECT count(*), md5(string_agg(line, chr(10) ORDER BY line)) FROM ("
                " SELECT (to_jsonb(row) - 'id' - 'line_id' - 'password' - 'joined_at' - 'serial' - 'mac')"
                "::text AS line"
                f" FROM {table} AS row) AS lines"
            )
            found[table] = cursor.fetchone()
    return found


@pytest.mark.slow
def test_the_same_seed_makes_the_same_rows_in_every_table_whoever_writes_them(
    django_db_setup, django_db_blocker
):
    digests = []
    for processes, seed in ((2, 7), (3, 7), (2, 8)):
        with django_db_blocker.unblock(), databases.copy_of_template():
            programme.make(SIZE, seed=seed, at=NOON, processes=processes)
            digests.append(digest())
            assert ledger.recount() == []

    first, second, other = digests
    assert sum(count for count, _ in first.values()) > 70 * SIZE
    assert second == first
    assert {table for table in first if first[table] != other[table]} >= {
        "accounts_organisation",
        "applications_answer",
        "applications_score",
        "funding_transfer",
    }
