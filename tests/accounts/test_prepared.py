"""What a connection has prepared goes with it."""

import pytest
from django.db import connection

from accounts import composed
from accounts.composed import Composed, Given
from accounts.models import Region

NAMED = Composed(lambda: Region.objects.filter(code=Given("code")).only("name"))


def prepared() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements WHERE name LIKE 'prepared%'")
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.slow
def test_the_database_plans_it_once_a_connection_and_again_on_a_new_one(committed_database):
    name = composed._text(NAMED.rows, NAMED.share).prepared.name
    for _ in range(2):
        connection.close()
        assert prepared() == set()
        assert [NAMED.first(code="nowhere") for _ in range(2)] == [None, None]
        assert prepared() == {name}
