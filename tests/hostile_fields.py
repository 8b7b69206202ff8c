"""What somebody adds to a form by hand: every column of every table, each with a value that would tell."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from django.apps import apps
from django.conf import settings
from django.db import connection, models

from tests.databases import as_owner

OURS = ("accounts", "applications", "funding")
#: Beside the fields' own names.
ALWAYS = {
    "is_superuser": "1",
    "is_staff": "1",
    "groups": "1",
    "user_permissions": "1",
    "roles": "administrator",
}

#: Rows that say when somebody came by, and nothing of what was done.
COMING_AND_GOING = {"Session", "Heartbeat"}
#: Columns that are made anew each time, or are a digest of all that was sent.
MADE = {
    "AuditEntry": {"serial", "mac", "request_id"},
    "Intent": {"key", "body"},
    "Notification": {"message_id", "request_id"},
    "ProgrammeReport": {"request_id"},
    "FundingFile": {"request_id"},
    "Receipt": {"receipt"},
    "ScenarioRequest": {"request_id"},
    "ReceiptCopy": {"request_id"},
    "EmailConfirmation": {"key"},
    # Some days after they were sent.
    "Invitation": {"expires_at"},
    "AssessorInvitation": {"expires_at"},
    "EmailChange": {"expires_at"},
    "User": {"password"},
}

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")

#: So many names one body of JSON has, each with all names inside.
IN_A_BODY = 100

Rows = dict[str, list[dict]]


def plausible(field: models.Field) -> str | None:
    """What would be taken for this column, and is not what an action writes; None where there is no such."""
    if isinstance(field, models.ForeignKey):
        there = field.related_model._base_manager.order_by("pk").values_list("pk", flat=True).last()
        return None if there is None else str(there)
    if field.choices:
        return str(list(field.flatchoices)[-1][0])
    for kind, value in (
        (models.BooleanField, "1"),
        (models.DateTimeField, "1999-01-01T00:00"),
        (models.DateField, "1999-01-01"),
        (models.DecimalField, "77.70"),
        (models.JSONField, '{"hostile": true}'),
        (models.UUIDField, "77777777-7777-4777-8777-777777777777"),
        (models.EmailField, "hostile@example.com"),
        (models.IntegerField, "77"),
        (models.TextField, "hostile"),
        (models.CharField, "hostile"),
    ):
        if isinstance(field, kind):
            return value
    return None


def fields(*, upwards: bool) -> dict[str, str]:
    """Every name with one value; where tables share a name, the lowest app's, or the highest's."""
    order = sorted(apps.get_models(), key=lambda model: model._meta.label, reverse=not upwards)
    found: dict[str, str] = {}
    for model in order:
        if model._meta.app_label not in OURS:
            continue
        for field in model._meta.concrete_fields:
            value = plausible(field)
            for name in {field.name, field.attname}:
                if value is not None:
                    found.setdefault(name, value)
    return {**ALWAYS, **found, "id": "1", "pk": "1"}


def rows(began: datetime, ended: datetime) -> Rows:
    """Every row of every table, but for what is made anew; a moment within the request is "then"."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        name = model.__name__
        if name not in COMING_AND_GOING:
            left_out = MADE.get(name, set())
            found[name] = [
                {
                    column: _told(value, began, ended)
                    for column, value in row.items()
                    if column not in left_out
                }
                for row in model._base_manager.order_by("pk").values()
            ]
    return found


def _told(value, began: datetime, ended: datetime):
    def then(moment: datetime) -> bool:
        # What is begun now goes when the wait of a release is over.
        return any(began + wait <= moment <= ended + wait for wait in (timedelta(), settings.RELEASE_WAIT))

    if isinstance(value, datetime):
        return "then" if then(value) else value
    if isinstance(value, str | dict | list):
        written = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
        return MOMENT.sub(
            lambda found: "then" if then(datetime.fromisoformat(found[0])) else found[0], written
        )
    return value


def differences(one: Rows, other: Rows) -> Iterator[str]:
    for name, rows_ in one.items():
        if len(rows_) != len(other[name]):
            yield f"{name}: {len(rows_)} rows, and {len(other[name])} with the added fields"
            continue
        for row, changed in zip(rows_, other[name], strict=True):
            yield from (
                f"{name}.{column}: {row[column]!r}, and {changed[column]!r} with the added fields"
                for column in row
                if row[column] != changed[column]
            )


def counters() -> list[tuple[str, int | None]]:
    """Where each sequence stands: a rollback leaves them, and keys would differ."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'")
        return cursor.fetchall()


def turn_back(to: list[tuple[str, int | None]]) -> None:
    set_ = [f"setval('{name}', {last or 1}, {'true' if last else 'false'})" for name, last in to]
    as_owner(f"SELECT {', '.join(set_)}")


def by_hand(sent: Mapping, offered: set[str], *, upwards: bool) -> dict:
    """What is sent, with every name beside that the form does not offer."""
    known = {re.sub(r"_(day|month|year)$", "", name) for name in (*offered, *sent)} | offered | set(sent)
    more = {name: value for name, value in fields(upwards=upwards).items() if name not in known}
    return {**more, **sent}


def nested(sent: Mapping, *, upwards: bool) -> Iterator[dict]:
    """The same for a body of JSON: under each name an object with all of them, or a list of it.

    In several bodies, since one with all names would be longer than a request may be.
    """
    more = fields(upwards=upwards)
    inside = more if upwards else [more]
    names = list(more)
    for first in range(0, len(names), IN_A_BODY):
        some = names[first : first + IN_A_BODY]
        yield {**dict.fromkeys(some, inside), "data": {"data": inside}, **sent}
