"""That somebody takes rows away in a file: noted before the first byte leaves."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import QuerySet

from accounts import audit
from accounts.models import User
from accounts.patience import unhurried


@audit.action("export")
def note(what: str, rows: QuerySet, *, as_: str, filters: Mapping[str, str], by: User, at: datetime) -> int:
    """Write who exports what, how it was filtered and how many rows it has; return their number.

    what     the name of the list: "funding report"
    filters  what was chosen on the page, by its name. Words that were searched for are left out by
             the caller where they may name a person.
    """
    with unhurried():
        number = rows.count()
    audit.note(after={"list": what, "as": as_, "filters": dict(filters), "rows": number})
    return number
