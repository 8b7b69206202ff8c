"""Statements that the database plans once a connection, for the few actions that many wait for.

Planning takes the database longer than most of these statements do. What was prepared lives as long as
its connection, so nothing may hand one connection to several sessions in turn and forget it in between
(a pooler by transactions).
"""

import hashlib
from collections.abc import Sequence
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

import psycopg2
from django.db import transaction
from psycopg2.extensions import AsIs

#: What each connection has prepared, by name.
_NAMES: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()

#: The place of a value that is given each time.
GIVEN = object()


class Prepared:
    """A statement with its values: each is said now, or ``GIVEN`` each time it is asked."""

    def __init__(self, sql: str, values: Sequence[Any]):
        places = count(1)
        self.sql = sql
        self.values = [AsIs(f"${next(places)}") if value is GIVEN else value for value in values]
        several = values.count(GIVEN)
        marks = f" ({', '.join(['%s'] * several)})" if several else ""
        said = repr((sql, [() if value is GIVEN else (value,) for value in values]))
        self.name = f"prepared_{hashlib.sha256(said.encode()).hexdigest()[:20]}"
        self.words = f"EXECUTE {self.name}{marks}"

    def call(self) -> str:
        """The words that ask it on this connection, with a ``%s`` for each value that is given."""
        connection = transaction.get_connection()
        connection.ensure_connection()
        names = _NAMES.setdefault(connection.connection, set())
        if self.name not in names:
            with connection.wrap_database_errors:
                self._prepare(connection.connection)
            names.add(self.name)
        return self.words

    def _prepare(self, connection: Any) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"PREPARE {self.name} AS {self.sql}", self.values)
        except psycopg2.Error:
            raise
        except BaseException:
            # Cut off from outside: whether it is prepared is not known, and asking twice would fail.
            connection.close()
            raise
