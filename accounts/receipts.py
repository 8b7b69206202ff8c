"""Asks the carrier what became of emails that it took: Notify knows some time later."""

import logging
import time
from datetime import datetime

from django.db.models.functions import Coalesce

from accounts import channels
from accounts.channels import NotNow, notify
from accounts.models import Notification
from accounts.models.notification import DELIVERED, NEVER_KNOWN, RETURNED

logger = logging.getLogger(__name__)

#: So many are asked after in one go, and for so many seconds at most.
AT_ONCE, SECONDS = 500, 60.0


def collect(*, at: datetime) -> str:
    """Note what has become of emails without a receipt; those on their way are asked after again."""
    if channels.name() != channels.NOTIFY:
        return "Mail goes to a mail server, which reports nothing later"
    # Whoever has waited longest for a word: neither what was never asked after nor what is asked after
    # for long may keep the other waiting.
    heard_of = Coalesce("receipt_at", "finished_at")
    waiting = Notification.objects.without_receipt().order_by(heard_of, "pk")
    give_up_at, noted = time.monotonic() + SECONDS, 0
    for notification in list(waiting[:AT_ONCE]):
        if time.monotonic() > give_up_at:
            break
        try:
            said = notify.status(notification.channel_reference)
        except NotNow as problem:
            logger.info("notify did not say what became of an email", extra={"reason": str(problem)})
            break
        noted += _note(notification, said, at)
    return f"{noted} receipts noted"


def _note(notification: Notification, said: str, at: datetime) -> bool:
    is_final = not said or said == DELIVERED or said in RETURNED
    receipt = (said or NEVER_KNOWN) if is_final else ""
    Notification.objects.filter(pk=notification.pk, receipt="").update(receipt=receipt, receipt_at=at)
    if receipt in RETURNED:
        facts = {"notification": notification.pk, "kind": notification.kind, "receipt": receipt}
        logger.warning("notification was returned", extra=facts)
    return is_final
