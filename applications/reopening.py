"""Taking an application back to change it: from then on it is no entry until it is submitted again."""

import logging
from datetime import datetime

from accounts import audit, outbox
from accounts.models import User
from applications import audience, editing, progress, workflow
from applications.editing import CompetitionClosed, NotEditable
from applications.models import Application
from applications.retraction_notices import APPLICATION_REOPENED
from applications.workflow import MoveRefused

__all__ = ["CompetitionClosed", "MoveRefused", "NotEditable"]

logger = logging.getLogger(__name__)


@audit.action("reopen application")
def reopen(application: Application, *, by: User, at: datetime) -> Application:
    """Make a submitted application a draft again and tell everybody who edits it for the lead.

    What is complete stays so. Nothing marks it as received any more: neither the office nor the
    closing list sees it until it is submitted again.

    Raises NotEditable for whoever may not edit for the lead, CompetitionClosed outside
    ``opens_at <= at < closes_at``, and MoveRefused for what is not submitted, or further on.
    """
    entry = editing.lock_entry(application)
    editors = list(audience.editors_of_lead(entry))
    if by not in editors:
        raise NotEditable
    workflow.check(workflow.REOPEN, status=entry.status, roles=by.roles)
    editing.check_takes_entries(entry.competition, at)

    submitted_at = entry.submitted_at
    draft = progress.move_on(entry, workflow.REOPEN, by=by, at=at, submitted_at=None, submitted_by=None)
    audit.note(
        before={
            "status": workflow.Status.SUBMITTED,
            "submitted_at": submitted_at.isoformat() if submitted_at else None,
        },
        after={"status": draft.status},
    )
    for person in editors:
        outbox.post(
            APPLICATION_REOPENED,
            to=person,
            subject_word="application",
            subject_id=draft.pk,
            cause=f"application {draft.pk} reopened at {at.isoformat()}: person {person.pk}",
            facts={"at": at.isoformat(), "by": by.pk},
            at=at,
        )
    return draft
