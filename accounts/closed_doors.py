"""Pages that stayed shut to somebody who is signed in: noted, so that whoever tries many of them is seen."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts import audit
from accounts.models import AuditEntry, User

ACTION = "open a page"

#: So many rows one person leaves in a minute at the most: nobody can fill the trail with refusals.
A_MINUTE = 10


def note(route: str, method: str, *, reason: str, to: User, at: datetime) -> bool:
    """Write a row of the audit trail, and return whether there was room for one in this minute.

    route   the route's name: an address may hold what nobody should read in the trail
    reason  what kept the door shut, in one word

    No lock: as many requests as come at the very same moment may pass the limit.
    """
    since = at - timedelta(minutes=1)
    if AuditEntry.objects.filter(by=to, action=ACTION, at__gt=since)[:A_MINUTE].count() >= A_MINUTE:
        return False
    deed = audit.Deed(ACTION, after={"route": route, "method": method[:10]}, reason=reason)
    with transaction.atomic():
        audit.write(deed, by=to, at=at, is_refusal=True)
    return True
