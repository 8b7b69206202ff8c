"""When assessments are due, and who is reminded of it."""

import logging
from collections import defaultdict
from datetime import datetime, timedelta

from accounts import audit, outbox
from accounts.london import day_of
from accounts.models import NOTED, User
from accounts.refusals import Refusal
from accounts.roles import Role
from applications.models import Assessment, Competition, Stage

logger = logging.getLogger(__name__)

ASSESSMENT_DUE_SOON, ASSESSMENT_OVERDUE = "assessment_due_soon", "assessment_overdue"

#: How long before the due moment assessors are reminded, the last one first.
BEFORE = (timedelta(days=1), timedelta(days=7))

#: How long after it they are told by themselves that they are late; later the office reminds by hand.
LOOKS_BACK = timedelta(days=3)

#: Stages in which assessments are still worked on.
STAGES = (Stage.PUBLISHED, Stage.IN_ASSESSMENT, Stage.PANEL)


class DueRefused(Refusal):
    """The due date stays, or nobody is reminded; the message says why."""


class NotAManager(DueRefused):
    """Only a competition manager of its region sets the date and reminds."""


class NotADueDate(DueRefused):
    """Before the close of the competition, or when assessment is over."""


class NotDue(DueRefused):
    """No date is set, or it has not passed."""


@audit.action("set due date of assessments")
def set_due(competition: Competition, due_at: datetime, *, by: User, at: datetime) -> Competition:
    """Say until when the assessments of a competition are to be submitted.

    Raises NotAManager and NotADueDate and writes nothing.
    """
    competition = Competition.objects.select_for_update(of=("self",)).get(pk=competition.pk)
    _check_manager(competition, by)
    if competition.stage not in STAGES:
        stage = competition.get_stage_display().lower()
        raise NotADueDate(f"The competition is at the stage {stage}; assessments are not due in it now.")
    if competition.closes_at and due_at <= competition.closes_at:
        raise NotADueDate("Assessments are due after the competition has closed.")
    if due_at <= at:
        raise NotADueDate("Enter a day and time that is still to come.")
    before = competition.assessments_due_at
    competition.assessments_due_at = due_at
    competition.note_save(by=by, at=at)
    competition.save(update_fields=["assessments_due_at", *NOTED])
    audit.note(before={"due": before.isoformat() if before else None}, after={"due": due_at.isoformat()})
    return competition


@audit.action("remind late assessors")
def remind_late(competition: Competition, *, by: User, at: datetime) -> int:
    """Owe a reminder to everybody who is late in this competition; return how many were reminded.

    Nobody is reminded twice on one day, however often this is done.

    Raises NotAManager and NotDue and writes nothing.
    """
    _check_manager(competition, by)
    if not competition.assessments_due_at or at < competition.assessments_due_at:
        raise NotDue("Nobody is late: the assessments of this competition are not due yet.")
    number = _tell_late(competition, at, at)
    audit.note(subject=competition, after={"reminded": number})
    return number


def remind(*, at: datetime) -> str:
    """Remind assessors a week and a day before their assessments are due, and once when they are late.

    Done twice it tells nobody twice.
    """
    soon = Competition.objects.filter(
        stage__in=STAGES, assessments_due_at__gt=at, assessments_due_at__lte=at + max(BEFORE)
    )
    late = Competition.objects.filter(
        stage__in=STAGES, assessments_due_at__lte=at, assessments_due_at__gt=at - LOOKS_BACK
    )
    posted = sum(_tell_soon(competition, at) for competition in soon.order_by("pk"))
    for competition in late.order_by("pk"):
        posted += _tell_late(competition, competition.assessments_due_at, at)
    return f"{posted} assessors reminded"


def _tell_soon(competition: Competition, at: datetime) -> int:
    """Of the reminders that have fallen due only the last: after a stop nobody gets two at once."""
    due_at = competition.assessments_due_at
    step = min(before for before in BEFORE if due_at - before <= at)
    return _tell(
        ASSESSMENT_DUE_SOON, competition, f"due at {due_at:%Y-%m-%dT%H:%MZ}, {step.days} days before", at
    )


def _tell_late(competition: Competition, of: datetime, at: datetime) -> int:
    """Once for the day of ``of``, by itself or by hand."""
    return _tell(ASSESSMENT_OVERDUE, competition, f"late on {day_of(of)}", at)


def _tell(kind: str, competition: Competition, cause: str, at: datetime) -> int:
    owed = Assessment.objects.owed().filter(application__competition=competition)
    of_each: dict[int, list[int]] = defaultdict(list)
    for person, pk in owed.filter(assessor__is_active=True).order_by("pk").values_list("assessor", "pk"):
        of_each[person].append(pk)
    people = User.objects.in_bulk(of_each)
    posts = [
        outbox.Post(
            people[person],
            competition.pk,
            f"assessments of competition {competition.pk} {cause}: person {person}",
            {"assessments": of_each[person]},
        )
        for person in sorted(of_each)
    ]
    return outbox.post_all(kind, posts, subject_word="competition", at=at)


def _check_manager(competition: Competition, by: User) -> None:
    if Role.MANAGER not in by.roles_in(competition.region_id):
        raise NotAManager(f"Only a {Role.MANAGER} may do this.")
