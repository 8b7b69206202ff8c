"""Reminds people of drafts that will not be entered unless they submit them."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from accounts import outbox
from accounts.london import LONDON
from accounts.models import Membership, Notification, OwedState, User
from applications.models import Application, Competition
from applications.workflow import Status

APPLICATION_DEADLINE = "application_deadline"

#: A person gets no two reminders within this time; what falls due meanwhile is in the next one. The
#: last one before a close waits for nothing: it goes at its time, or with another so long before.
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


@dataclass(frozen=True, slots=True)
class Due:
    """A draft and its reminder, in hours before the close.

    is_last    no other comes after it
    is_coming  it falls due soon, and goes along with what is due now
    """

    application: Application
    step: int
    is_last: bool
    is_coming: bool

    @property
    def mark(self) -> str:
        """What stands for this reminder of this draft; a close that is moved is reminded of anew."""
        closes_at = self.application.competition.closes_at
        return f"{self.application.pk} {self.step}h {closes_at:%Y-%m-%dT%H:%MZ}"


@dataclass(slots=True)
class Told:
    """What a person's earlier reminders were about, and when the last one was.

    void  how many were no longer true when their turn came: those told nobody
    """

    marks: set[str] = field(default_factory=set)
    last_at: datetime | None = None
    void: int = 0


def remind(*, at: datetime) -> str:
    """Owe a reminder to whoever may submit a draft whose competition closes soon.

    One for each person, whatever the number of their drafts. A draft that was begun after a reminder
    fell due is not in it, and after a stop only the last one that fell due is made up for.
    """
    due = _due(at)
    told = _told(due, at)
    posts = []
    for person, drafts in sorted(due.items()):
        before = told[person]
        new = [one for one in drafts if one.mark not in before.marks]
        now = [one for one in new if not one.is_coming]
        is_quiet = before.last_at is not None and at - before.last_at < QUIET
        if now and (not is_quiet or any(one.is_last for one in now)):
            named = {one.application.pk for one in now}
            along = [one for one in new if one.is_coming and one.application.pk not in named]
            posts.append(_reminder(person, [*now, *along], before.void))
    posted = outbox.post_all(APPLICATION_DEADLINE, posts, subject_word="competition", at=at)
    return f"{posted} people reminded of drafts"


def _steps(competition: Competition, at: datetime) -> list[tuple[int, bool, bool]]:
    """The step whose turn it is and a last one that is close, each with whether it is last and coming."""
    if not competition.remind_before:
        return []
    last, now = min(competition.remind_before), step_at(competition, at)
    steps = [] if now is None else [(now, now == last, False)]
    if at < moment(competition.closes_at, last) <= at + BEFORE_THE_LAST:
        steps.append((last, True, True))
    return steps


def _due(at: datetime) -> dict[int, list[Due]]:
    """For each person's id, the drafts they may submit whose reminder has fallen due, or soon does."""
    due = defaultdict(list)
    for competition in Competition.objects.open_at(at):
        steps = _steps(competition, at)
        if not steps:
            continue
        drafts = Application.objects.filter(competition=competition, status=Status.DRAFT, started_at__lte=at)
        by_id = {draft.pk: draft for draft in drafts.select_related("competition").order_by("pk")}
        editors = Membership.objects.filter(
            may_edit=True,
            person__is_active=True,
            organisation__participations__is_lead=True,
            organisation__participations__application__in=by_id,
        )
        pairs = editors.values_list("person", "organisation__participations__application")
        for person, application in pairs.order_by("organisation__participations__application"):
            for step, is_last, is_coming in steps if application in by_id else ():
                if by_id[application].started_at <= moment(competition.closes_at, step):
                    due[person].append(Due(by_id[application], step, is_last, is_coming))
    return due


def _told(due: dict, at: datetime) -> dict[int, Told]:
    """What they were told before, by each person's id."""
    told = {person: Told() for person in due}
    earlier = Notification.objects.filter(
        kind=APPLICATION_DEADLINE, recipient__in=due, created_at__gt=at - REMEMBERED
    )
    for person, facts, made_at, state in earlier.order_by("created_at").values_list(
        "recipient", "facts", "created_at", "state"
    ):
        before = told[person]
        if state == OwedState.VOID:
            before.void += 1
        else:
            before.marks.update(facts["told"])
            before.last_at = made_at
    return told


def _reminder(person: int, drafts: list[Due], void: int) -> outbox.Post:
    """``void`` tells it from one about the same that nobody got."""
    applications = [one.application for one in drafts]
    told = sorted(one.mark for one in drafts)
    competitions = {application.competition_id: application.competition.code for application in applications}
    first = min(applications, key=lambda application: application.competition.closes_at)
    return outbox.Post(
        to=User(pk=person),
        subject_id=first.competition_id,
        cause=f"deadline of {told[0]} and {len(told) - 1} more: person {person}"
        + (f", after {void} void" if void else ""),
        facts={
            "drafts": [application.pk for application in applications],
            "told": told,
            "scope": first.competition.code if len(competitions) == 1 else "",
        },
    )
