"""Moving the close of a competition that is published: later, for everybody, and said."""

import logging
from datetime import datetime

from accounts import audit, outbox
from accounts.formats import local_time
from accounts.models import User
from accounts.models.edited import NOTED
from accounts.refusals import Refusal
from accounts.roles import Role
from applications import audience, competition_lock
from applications.models import Application, Competition, DeadlineChange, Stage
from applications.workflow import Status

logger = logging.getLogger(__name__)

COMPETITION_CHANGED = "competition_changed"


class DeadlineStands(Refusal):
    """The close cannot be moved, or not to that moment; the message says why."""


def is_movable(competition: Competition, at: datetime) -> bool:
    return competition.stage == Stage.PUBLISHED and at < competition.closes_at


@audit.action("move the close of a competition")
def move(
    competition: Competition, closes_at: datetime, reason: str, *, by: User, at: datetime
) -> Competition:
    """Let the competition close at ``closes_at``, later than it would have, and tell whoever applies.

    Holds the competition's lock alone, so that a submission is in time by one close or by the
    other. Raises DeadlineStands after the close, or for a moment that is not later.
    """
    competition_lock.hold_alone(competition.pk)
    competition = Competition.objects.select_for_update(of=["self"]).get(pk=competition.pk)
    if Role.MANAGER not in by.roles_in(competition.region_id):
        raise DeadlineStands(f"Only a {Role.MANAGER} may move the close of a competition.")
    if competition.stage != Stage.PUBLISHED:
        raise DeadlineStands("Only a published competition has a close that can be moved.")
    if at >= competition.closes_at:
        raise DeadlineStands("The competition has closed. A close that has passed is not moved.")
    if closes_at <= competition.closes_at:
        raise DeadlineStands("Choose a later time: nobody may lose time that they were promised.")
    if competition.assessments_due_at and closes_at >= competition.assessments_due_at:
        due = local_time(competition.assessments_due_at)
        raise DeadlineStands(f"Assessments are due at {due}. Set a later time for them on the board first.")
    if not reason.strip():
        raise DeadlineStands("Say why the close is moved.")

    before, competition.closes_at = competition.closes_at, closes_at
    competition.note_save(by=by, at=at)
    competition.save(update_fields=["closes_at", *NOTED])
    change = DeadlineChange.objects.create(
        competition=competition, before=before, after=closes_at, reason=reason.strip(), made_by=by, made_at=at
    )
    audit.note(
        before={"closes_at": before.isoformat()}, after={"closes_at": closes_at.isoformat()}, reason=reason
    )
    _tell(change, at)
    logger.info("close was moved", extra={"competition": competition.code})
    return competition


def _tell(change: DeadlineChange, at: datetime) -> None:
    """Owe the news to the editors of each draft and of each application that was submitted."""
    entries = Application.objects.filter(
        competition=change.competition, status__in=[Status.DRAFT, Status.SUBMITTED]
    )
    posts = [
        outbox.Post(
            person,
            change.competition_id,
            f"close moved {change.pk}: person {person.pk}",
            {"change": change.pk},
        )
        for person in audience.editors(entries).order_by("pk")
    ]
    outbox.post_all(COMPETITION_CHANGED, posts, subject_word="competition", at=at)
