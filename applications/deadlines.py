"""Reminds people of drafts that will not be entered unless they submit them."""

from collections import defaultdict
from datetime import datetime, timedelta

from accounts import outbox
from accounts.london import LONDON
from accounts.models import Membership, Notification, User
from applications.models import Application, Competition
from applications.workflow import Status

APPLICATION_DEADLINE = "application_deadline"

#: A person gets no two reminders within this time; what falls due meanwhile is in the next one. The
#: last one before a close cannot wait for so long.
QUIET, BEFORE_THE_LAST = timedelta(hours=6), timedelta(hours=1)

#: Reminders older than this say nothing about a close that is still to come.
REMEMBERED = timedelta(days=90)


def moment(closes_at: datetime, hours: int) -> datetime:
    """When the reminder of so many hours before the close is due.

    Whole days are days on the wall: fourteen days before 11:00 it is 11:00, whatever the clocks did.
    """
    if hours % 24:
        return closes_at - timedelta(hours=hours)
    local = closes_at.astimezone(LONDON)
    return datetime.combine(local.date() - timedelta(days=hours // 24), local.time(), LONDON)


def step_at(competition: Competition, at: datetime) -> int | None:
    """The reminder whose turn it is: the last one that has fallen due, in hours before the close."""
    due = [hours for hours in competition.remind_before if moment(competition.closes_at, hours) <= at]
    return min(due, default=None)


def remind(*, at: datetime) -> str:
    """Owe a reminder to whoever may submit a draft whose competition closes soon.

    One for each person, whatever the number of their drafts. A draft that was begun after a reminder
    fell due is not in it, and after a stop only the last one that fell due is made up for.
    """
    due = _due(at)
    told = _told(due, at)
    posts = []
    for person, drafts in sorted(due.items()):
        marks = {application.pk: _mark(application, step) for application, step in drafts}
        said, last_at = told[person]
        new = [(application, step) for application, step in drafts if marks[application.pk] not in said]
        is_last = any(step == min(application.competition.remind_before) for application, step in new)
        quiet = BEFORE_THE_LAST if is_last else QUIET
        if new and (last_at is None or at - last_at >= quiet):
            posts.append(_reminder(person, new, marks))
    posted = outbox.post_all(APPLICATION_DEADLINE, posts, subject_word="competition", at=at)
    return f"{posted} people reminded of drafts"


def _due(at: datetime) -> dict[int, list[tuple[Application, int]]]:
    """For each person's id, the drafts they may submit whose reminder has fallen due."""
    due = defaultdict(list)
    for competition in Competition.objects.open_at(at):
        step = step_at(competition, at)
        if step is None:
            continue
        drafts = Application.objects.filter(
            competition=competition,
            status=Status.DRAFT,
            started_at__lte=moment(competition.closes_at, step),
        )
        by_id = {draft.pk: draft for draft in drafts.select_related("competition").order_by("pk")}
        editors = Membership.objects.filter(
            may_edit=True,
            person__is_active=True,
            organisation__participations__is_lead=True,
            organisation__participations__application__in=by_id,
        )
        pairs = editors.values_list("person", "organisation__participations__application")
        for person, application in pairs.order_by("organisation__participations__application"):
            if application in by_id:
                due[person].append((by_id[application], step))
    return due


def _told(due: dict, at: datetime) -> dict[int, tuple[set[str], datetime | None]]:
    """For each person's id, what their earlier reminders were about and when the last one was."""
    told: dict = {person: (set(), None) for person in due}
    earlier = Notification.objects.filter(
        kind=APPLICATION_DEADLINE, recipient__in=due, created_at__gt=at - REMEMBERED
    )
    for person, facts, made_at in earlier.order_by("created_at").values_list(
        "recipient", "facts", "created_at"
    ):
        told[person][0].update(facts["told"])
        told[person] = (told[person][0], made_at)
    return told


def _mark(application: Application, step: int) -> str:
    """What stands for this reminder of this draft; a close that is moved is reminded of anew."""
    return f"{application.pk} {step}h {application.competition.closes_at:%Y-%m-%dT%H:%MZ}"


def _reminder(person: int, drafts: list[tuple[Application, int]], marks: dict[int, str]) -> outbox.Post:
    applications = [application for application, _step in drafts]
    told = sorted(marks[application.pk] for application in applications)
    competitions = {application.competition_id: application.competition.code for application in applications}
    first = min(applications, key=lambda application: application.competition.closes_at)
    return outbox.Post(
        to=User(pk=person),
        subject_id=first.competition_id,
        cause=f"deadline of {told[0]} and {len(told) - 1} more: person {person}",
        facts={
            "drafts": [application.pk for application in applications],
            "told": told,
            "scope": first.competition.code if len(competitions) == 1 else "",
        },
    )
