"""One email a day instead of many, for whoever asks for it and for what may wait."""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, transaction
from django.db.models import OuterRef, Q, Subquery, TextField
from django.db.models.functions import Cast
from django.urls import reverse

from accounts import audit, composing, outbox, wording
from accounts.letters import Button, Facts, Placeholder, Values
from accounts.london import day_of
from accounts.models import Notification, OwedState, User
from accounts.refusals import RoleMissing
from accounts.rewording import Wordings
from accounts.roles import OFFICE
from accounts.wording import Example, Kind

logger = logging.getLogger(__name__)

DAILY_SUMMARY = "daily_summary"
#: What stands as the channel of a notification that its reader got in a summary.
CHANNEL = "summary"

#: So many stand in it by name; of further ones it gives the number.
LISTED = 50

#: Stands for the subject of what could not be put into words.
UNREADABLE = "read it in your notifications"


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


def send(*, period: datetime, at: datetime) -> str:
    """Owe each person one summary of what has waited for it. Done twice for a day it sends none twice.

    period  the morning that it belongs to: made up for later, it does not stand in the way of the next
    """
    people, sent, last = User.objects.order_by("pk"), 0, 0
    while True:
        waiting = Notification.objects.waiting_for_summary().filter(recipient__gt=last)
        batch = list(people.filter(pk__in=waiting.values("recipient"))[: outbox.BATCH])
        if not batch:
            return f"{sent} daily summaries"
        sent += _sum_up(batch, period, at)
        last = batch[-1].pk


@transaction.atomic
def _sum_up(people: list[User], period: datetime, at: datetime) -> int:
    """Gather what waits for these people, in the same few statements however many they are."""
    waiting: dict[int, list[int]] = {}
    rows = Notification.objects.waiting_for_summary().filter(recipient__in=people)
    for person, pk in rows.select_for_update().order_by("pk").values_list("recipient", "pk"):
        waiting.setdefault(person, []).append(pk)
    posts = [
        outbox.Post(person, person.pk, _cause(person.pk, period), {"notifications": waiting[person.pk]})
        for person in people
        if person.pk in waiting
    ]
    posted = outbox.post_all(DAILY_SUMMARY, posts, subject_word="person", at=at)
    # What came after the day's summary was made has the next one's turn, or goes by itself when it is due.
    made = Notification.objects.filter(cause__in=[post.cause for post in posts])
    taken = {pk for summary in made for pk in summary.facts["notifications"]}
    Notification.objects.waiting_for_summary().filter(pk__in=taken).update(
        state=OwedState.DONE,
        finished_at=at,
        channel=CHANNEL,
        channel_reference=Subquery(
            made.filter(recipient=OuterRef("recipient")).values(number=Cast("pk", TextField()))
        ),
    )
    return posted


def _cause(person: int, period: datetime) -> str:
    return f"summary of {day_of(period)}: person {person}"


def carriers(rows: Iterable[Notification]) -> dict[int, Notification]:
    """The summary that each of these went out in, by its own id; the last one, where it was sent again."""
    named = {row.pk: int(row.channel_reference) for row in rows if is_in_summary(row)}
    found: dict[int, Notification] = {}
    wanted = set(named.values())
    while wanted:
        some = Notification.objects.filter(Q(pk__in=wanted) | Q(again_of__in=wanted), kind=DAILY_SUMMARY)
        new = {summary.pk: summary for summary in some if summary.pk not in found}
        found |= new
        wanted = set(new) - wanted
    followers = {summary.again_of_id: summary for summary in found.values() if summary.again_of_id}

    def last(summary: Notification) -> Notification:
        while summary.pk in followers:
            summary = followers[summary.pk]
        return summary

    return {pk: last(found[summary]) for pk, summary in named.items() if summary in found}


def is_in_summary(row: Notification) -> bool:
    return row.channel == CHANNEL and row.channel_reference.isdecimal()


def news(notification: Notification) -> list[tuple[str, str]]:
    """The title and subject of each that is still true and that its reader may still see.

    What cannot be put into words for a fault of ours is there with its title, so that its reader knows of it.
    """
    rows = list(Notification.objects.filter(pk__in=notification.facts["notifications"]).order_by("pk"))
    by_kind: dict[str, list[Notification]] = {}
    for row in rows:
        row.recipient = notification.recipient
        by_kind.setdefault(row.kind, []).append(row)
    for kind in wording.kinds():
        if of_kind := by_kind.get(kind.name):
            kind.look_up_all(of_kind)
    wordings = Wordings()
    return [found for row in rows if (found := _one_of_the_news(row, wordings))]


def _one_of_the_news(row: Notification, wordings: Wordings) -> tuple[str, str] | None:
    try:
        kind = wording.of(row.kind)
        if kind.still_true(row) and kind.may_read(row):
            worded = wordings.current(kind, kind.scope(row))
            return kind.title, composing.compose(row, worded=worded).subject
        return None
    except ObjectDoesNotExist:
        # What it was about is gone: it is no news any more.
        logger.info("notification is left out of a summary", extra={"notification": row.pk})
        return None
    except DatabaseError:
        raise
    except Exception:
        logger.exception("notification could not be put into a summary", extra={"notification": row.pk})
        return wording.title_of(row.kind), UNREADABLE


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
