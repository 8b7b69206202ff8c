"""What a page costs the database: how many queries it makes, and how many rows are read for it."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.databases import as_owner

#: Ways to answer a query that read a table from end to end.
WHOLE_TABLES = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin")

ROWS_READ = (
    "SELECT relname, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables"
)


def queries(client: Client, address: str) -> tuple[int, list[str]]:
    """The status of a page and the statements that it took, all savepoints left out.

    So is the note that a session is used, which is written once a minute, whatever is shown.
    """
    # The connection keeps its last 9,000 statements alone, by whose number the context finds ours.
    connection.queries_log.clear()
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
        if answer.streaming:
            b"".join(answer.streaming_content)
    left_out = ("SAVEPOINT", 'UPDATE "django_session"')
    statements = [query["sql"] for query in captured if not any(one in query["sql"] for one in left_out)]
    return answer.status_code, statements


def rows_read(client: Client, address: str) -> tuple[int, Counter]:
    """The status of a page, and how many rows of each table were looked at for it."""
    statuses = []

    def visit() -> None:
        answer = client.get(address)
        if answer.streaming:
            b"".join(answer.streaming_content)
        statuses.append(answer.status_code)

    rows = read_by(visit)
    return statuses[0], rows


def read_by(deed: Callable[[], object]) -> Counter:
    """How many rows of each table were looked at for what is done."""
    before = _read_so_far()
    deed()
    return _read_so_far() - before


@contextmanager
def with_statistics() -> Iterator[None]:
    """Tell the planner what stands in the tables, and to find each row by an index where there is one.

    Small tables are read from end to end with good reason; what matters is whether they need be.
    """
    as_owner("ANALYZE")
    with connection.cursor() as cursor:
        for way in WHOLE_TABLES:
            cursor.execute(f"SET LOCAL {way} = off")
        yield
        for way in WHOLE_TABLES:
            cursor.execute(f"SET LOCAL {way} = on")


def _read_so_far() -> Counter:
    with connection.cursor() as cursor:
        cursor.execute(ROWS_READ)
        return Counter(dict(cursor.fetchall()))
