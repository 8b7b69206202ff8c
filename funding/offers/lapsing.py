"""What the clock does to offers: reminders while they wait, and their end when nobody has answered."""

import logging
from datetime import datetime, timedelta

from django.db import OperationalError

from accounts import london, outbox
from applications import audience
from applications.closing import REQUEST_LIMIT
from funding.models import Offer
from funding.offers import answering

logger = logging.getLogger(__name__)

OFFER_EXPIRING = "offer_expiring"

#: Days before the end at which the lead is reminded, on the clock of London.
REMINDERS = (7, 2)

#: So many are ended in one run of the job; the next sees to the rest.
AT_ONCE = 500


class NotAllEnded(Exception):
    """Some offers could not be ended, which the log explains; all others were."""


def lapse_due(*, at: datetime) -> str:
    """End every offer whose time is over; one that is answered meanwhile is left.

    Not before an answer that came in before the end has been carried out or given up. One that cannot be
    ended keeps no other from its end: raises NotAllEnded once all were tried.
    """
    ended, failed = 0, 0
    for offer in Offer.objects.over_at(at - REQUEST_LIMIT).order_by("expires_at", "pk")[:AT_ONCE]:
        try:
            answering.lapse(offer, at=at)
        except answering.NotOver:
            continue
        except OperationalError:
            # Somebody holds the award or its budgets for longer than we may wait: the next run sees to it.
            logger.warning("offer has to wait for its end", exc_info=True, extra={"offer": offer.pk})
            continue
        except Exception:
            logger.exception("offer could not be ended", extra={"offer": offer.pk})
            failed += 1
            continue
        ended += 1
    if failed:
        raise NotAllEnded(f"{failed} offers could not be ended; {ended} were")
    return f"{ended} offers have lapsed" if ended else "Every offer has time left"


def moment(offer: Offer, days: int) -> datetime:
    """When the reminder is due: so many days on the wall before the end, at the same hour."""
    local = offer.expires_at.astimezone(london.LONDON)
    return datetime.combine(local.date() - timedelta(days=days), local.time(), london.LONDON)


def step_at(offer: Offer, at: datetime) -> int | None:
    """The reminder whose turn it is: the last that has fallen due since the offer was made, in days."""
    due = [days for days in REMINDERS if offer.issued_at < moment(offer, days) <= at]
    return min(due, default=None)


def remind(*, at: datetime) -> str:
    """Remind those who may answer, 7 and 2 days before an offer expires. Each is told once of each."""
    soon = at + timedelta(days=max(REMINDERS) + 1)
    waiting = Offer.objects.waiting().filter(expires_at__gt=at, expires_at__lte=soon)
    posts = []
    for offer in waiting.select_related("award__application").order_by("expires_at", "pk"):
        days = step_at(offer, at)
        if days is None:
            continue
        for person in audience.editors_of_lead(offer.award.application).order_by("pk"):
            cause = f"offer {offer.pk} expires in {days} days: person {person.pk}"
            posts.append(outbox.Post(person, offer.pk, cause, {"days": days}))
    posted = outbox.post_all(OFFER_EXPIRING, posts, subject_word="offer", at=at)
    return f"{posted} people reminded of offers"
