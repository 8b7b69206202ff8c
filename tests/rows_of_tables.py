"""Everything that stands in the database, in a form that two moments can be compared by."""

from collections.abc import Collection

from django.apps import apps
from django.db import connection


def digest(but: Collection[str] = ()) -> dict[str, str]:
    """All rows of each model's table as one number, but of those that ``but`` names; in one statement.

    By table, so that where two moments differ a test says in which.
    """
    models = apps.get_models(include_auto_created=True)
    tables = sorted({model._meta.db_table for model in models} - set(but))
    # Each with its name: the parts of a union come in whatever order their workers end.
    each = [
        f"SELECT '{table}', md5(coalesce(string_agg(one::text, '' ORDER BY one::text), ''))"
        f' FROM "{table}" AS one'
        for table in tables
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(each))
        return dict(cursor.fetchall())
