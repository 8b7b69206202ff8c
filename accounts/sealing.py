"""The one sealer: chains committed audit entries, in the order in which it finds them."""

import logging
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from accounts import seals
from accounts.models import AuditEntry, AuditSeal, AuditWaiting

logger = logging.getLogger(__name__)

#: The advisory lock that lets only one process seal at a time.
SEALER_LOCK = 2010_1204

BATCH = 2_000


@transaction.atomic
def seal(*, at: datetime, limit: int = BATCH) -> int:
    """Chain up to ``limit`` entries that wait, and return how many. None where another process seals.

    Entries wait in a table of their own, since one that commits late may have a lower id than
    one that is sealed already.
    """
    if not _is_ours():
        return 0
    waiting = list(AuditWaiting.objects.order_by("pk").values_list("pk", flat=True)[:limit])
    if not waiting:
        return 0
    macs = dict(AuditEntry.objects.filter(pk__in=waiting).values_list("pk", "mac"))
    if missing := [pk for pk in waiting if pk not in macs]:
        logger.error("audit entries vanished before they were sealed", extra={"entries": missing})

    last = AuditSeal.objects.order_by("-position").first()
    position, previous = (last.position, last.hash) if last else (0, seals.BEGINNING)
    links = []
    for pk in (pk for pk in waiting if pk in macs):
        position += 1
        hash_ = seals.link(settings.AUDIT_KEY, position, previous, macs[pk])
        links.append(AuditSeal(position=position, entry_id=pk, previous=previous, hash=hash_, sealed_at=at))
        previous = hash_
    AuditSeal.objects.bulk_create(links, batch_size=1000)
    AuditWaiting.objects.filter(pk__in=waiting).delete()
    return len(links)


def _is_ours() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEALER_LOCK])
        return cursor.fetchone()[0]
