import logging
from datetime import timedelta

from celery import shared_task

from accounts import clock, delivery, relay

logger = logging.getLogger(__name__)

LATE = timedelta(minutes=5)


@shared_task
def deliver_notification(notification_id: int) -> None:
    """Send one leased notification; what happened is written in its row."""
    delivery.deliver(notification_id, at=clock.now())


@shared_task
def report_overdue() -> None:
    """Say so where something has been owed for more than five minutes and no relay or worker ended it."""
    at = clock.now()
    for model, _ in relay.owed:
        count = model.objects.overdue(at, LATE).count()
        if count:
            logger.error("work is overdue", extra={"owed": model._meta.label_lower, "rows": count})
