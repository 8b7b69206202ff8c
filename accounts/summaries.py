"""One email a day instead of many, for whoever asks for it and for what may wait."""

import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts import audit, composing, outbox, wording
from accounts.letters import Button, Facts, Placeholder, Values
from accounts.london import day_of
from accounts.models import Notification, OwedState, User
from accounts.refusals import RoleMissing
from accounts.roles import OFFICE
from accounts.wording import Example, Kind

logger = logging.getLogger(__name__)

DAILY_SUMMARY = "daily_summary"
#: What stands as the channel of a notification that its reader got in a summary.
CHANNEL = "summary"

#: So many stand in it by name; of further ones it gives the number.
LISTED = 50


class NotOfTheOffice(RoleMissing):
    """Applicants are told nothing that may wait."""


@audit.action("choose when to be told")
def choose(person: User, *, daily: bool, by: User, at: datetime) -> User:
    """Let what may wait come once a day, or at once. Everybody chooses for themself."""
    if by != person or not person.roles & OFFICE:
        raise NotOfTheOffice("Only staff and assessors choose when they are told, each for themself.")
    person = User.objects.select_for_update().get(pk=person.pk)
    audit.note(before={"daily": person.wants_summary}, after={"daily": daily})
    person.wants_summary = daily
    person.save(update_fields=["wants_summary"])
    return person


def send(*, at: datetime) -> str:
    """Owe each person one summary of what has waited for it. Done twice a day it sends none twice."""
    waiting = Notification.objects.waiting_for_summary()
    people = User.objects.filter(pk__in=waiting.values("recipient")).order_by("pk")
    sent = sum(_sum_up(person, at) for person in people)
    return f"{sent} daily summaries"


@transaction.atomic
def _sum_up(person: User, at: datetime) -> bool:
    rows = Notification.objects.waiting_for_summary().filter(recipient=person)
    ids = list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
    if not ids:
        return False
    posted = outbox.post(
        DAILY_SUMMARY,
        to=person,
        subject_word="person",
        subject_id=person.pk,
        cause=f"summary of {day_of(at)}: person {person.pk}",
        facts={"notifications": ids},
        at=at,
    )
    if posted is None:
        # Today's has been sent: the rest has the next one's turn, or goes by itself when it falls due.
        return False
    told = {"state": OwedState.DONE, "finished_at": at, "channel": CHANNEL}
    Notification.objects.filter(pk__in=ids).update(**told)
    return True


def news(notification: Notification) -> list[tuple[str, str]]:
    """The title and subject of each that is still true and that its reader may still see."""
    rows = Notification.objects.filter(pk__in=notification.facts["notifications"]).select_related("recipient")
    found = []
    for row in rows.order_by("pk"):
        try:
            kind = wording.of(row.kind)
            if kind.still_true(row) and kind.may_read(row):
                found.append((kind.title, composing.compose(row).subject))
        except Exception:
            # What it was about is gone: it is no news any more, and the others still are.
            logger.info("notification is left out of a summary", extra={"notification": row.pk})
    return found


def has_news(notification: Notification) -> bool:
    return bool(notification.looked_up(news))


def values(notification: Notification) -> Values:
    found = notification.looked_up(news)
    listed = found[:LISTED]
    if len(found) > LISTED:
        listed = [*listed, ("And", f"{len(found) - LISTED} more")]
    return {
        "count": f"{len(found)} notification{'' if len(found) == 1 else 's'}",
        "news": Facts(tuple(listed)) if listed else None,
        "notifications_button": Button("Read them", settings.SITE_URL + reverse("notifications")),
    }


def latest_news(viewer: User, scope: str) -> list[Example]:
    """The last of what the viewer was told and might have had in a summary."""
    kinds = [kind.name for kind in wording.kinds() if kind.may_wait]
    rows = Notification.objects.in_pages_of(viewer).filter(kind__in=kinds).order_by("-pk")[:5]
    ids = [row.pk for row in rows]
    return [Example(viewer.pk, str(viewer), {"notifications": ids})] if ids else []


KINDS = (
    Kind(
        name=DAILY_SUMMARY,
        title="Your daily summary",
        to="staff and assessors who asked for it",
        when="daily at 08:00, when there is something to tell",
        subject_word="person",
        placeholders=(
            Placeholder("count", "how many notifications, in words", invented="3 notifications"),
            Placeholder("news", "a table of what they are", is_block=True, is_required=True),
            Placeholder("notifications_button", "the link to them in the pages", is_block=True),
        ),
        values=values,
        examples=latest_news,
        because="You get this email because you chose a daily summary, under Notifications.",
        still_true=has_news,
    ),
)
