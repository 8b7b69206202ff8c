"""What should have been done by now and was not: said in the log, for whoever watches it."""

import logging
from datetime import datetime, timedelta

from django.db.models import Count, Min

from accounts import relay
from accounts.models import AuditEntry, AuditWaiting, Heartbeat

logger = logging.getLogger(__name__)

#: What is due for longer and in nobody's hand is overdue; what was first tried longer ago is still tried.
LATE = timedelta(minutes=5)

#: A relay beats every few seconds.
SILENT = timedelta(minutes=1)

#: The relay seals the audit trail every second.
UNSEALED = timedelta(minutes=1)


def report(*, at: datetime) -> str:
    """Say so where rows have not come to an end for more than five minutes, or no relay has been heard of."""
    late, tried = _say_owed(at)
    unsealed = AuditEntry.objects.filter(
        pk__in=AuditWaiting.objects.values("pk"), at__lt=at - UNSEALED
    ).count()
    if unsealed:
        logger.error("audit entries are not sealed", extra={"rows": unsealed})
    said = f"{late} rows overdue, {tried} still being tried"
    if not Heartbeat.objects.filter(name=Heartbeat.RELAY, last_at__gt=at - SILENT).exists():
        logger.error("relay is silent")
        return f"{said}, and no relay has been heard of"
    return said


def _say_owed(at: datetime) -> tuple[int, int]:
    """How many rows of all kinds are overdue, and how many were tried in vain so far."""
    late = tried = 0
    for model, _ in relay.owed:
        name = model._meta.label_lower
        overdue = model.objects.overdue(at, LATE).aggregate(rows=Count("pk"), since=Min("due_at"))
        if overdue["rows"]:
            facts = {"owed": name, "rows": overdue["rows"], "since": overdue["since"].isoformat()}
            logger.error("work is overdue", extra=facts)
        again = model.objects.still_tried(at, LATE).aggregate(rows=Count("pk"), since=Min("begun_at"))
        if again["rows"]:
            facts = {"owed": name, "rows": again["rows"], "since": again["since"].isoformat()}
            logger.warning("work is still being tried", extra=facts)
        late, tried = late + overdue["rows"], tried + again["rows"]
    return late, tried
