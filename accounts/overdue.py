"""What should have been done by now and was not: said in the log, for whoever watches it."""

import logging
from datetime import datetime, timedelta

from accounts import relay
from accounts.models import AuditEntry, AuditWaiting, Heartbeat

logger = logging.getLogger(__name__)

LATE = timedelta(minutes=5)

#: A relay beats every few seconds.
SILENT = timedelta(minutes=1)

#: The relay seals the audit trail every second.
UNSEALED = timedelta(minutes=1)


def report(*, at: datetime) -> str:
    """Say so where rows have been owed for more than five minutes, or where no relay has been heard of."""
    late = 0
    for model, _ in relay.owed:
        count = model.objects.overdue(at, LATE).count()
        late += count
        if count:
            logger.error("work is overdue", extra={"owed": model._meta.label_lower, "rows": count})
    unsealed = AuditEntry.objects.filter(
        pk__in=AuditWaiting.objects.values("pk"), at__lt=at - UNSEALED
    ).count()
    if unsealed:
        logger.error("audit entries are not sealed", extra={"rows": unsealed})
    if not Heartbeat.objects.filter(name=Heartbeat.RELAY, last_at__gt=at - SILENT).exists():
        logger.error("relay is silent")
        return f"{late} rows overdue, and no relay has been heard of"
    return f"{late} rows overdue"
