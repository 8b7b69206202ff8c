"""Withdrawing an application for good, until its decision is released."""

import logging
from collections.abc import Callable
from datetime import datetime

from accounts import audit, outbox
from accounts.models import User
from accounts.refusals import Refusal
from applications import audience, competition_lock, progress, workflow
from applications.assessment import taken_back
from applications.editing import NotEditable
from applications.models import Application
from applications.retraction_notices import APPLICATION_WITHDRAWN, ASSESSMENT_WITHDRAWN
from applications.workflow import MoveRefused

__all__ = ["DecisionReleased", "MoveRefused", "NeverSubmitted", "NotEditable", "ReasonTooLong"]

logger = logging.getLogger(__name__)

#: Letters and signs that a reason may have.
LONGEST_REASON = 500

#: Why an assessment was taken back, for whoever looks at it in the office.
WITH_ITS_APPLICATION = "The application was withdrawn."

#: What the apps above have to undo for an application that was decided and not released: filled at
#: the start, called last and in the same transaction as ``undo(application, by=, at=)``.
undoing: list[Callable[..., object]] = []


class NeverSubmitted(Refusal):
    """A draft that was never submitted is deleted, not withdrawn."""


class DecisionReleased(Refusal):
    """Its decision has been released; what follows is the office's to do."""


class ReasonTooLong(Refusal):
    def __init__(self, length: int):
        super().__init__(f"The reason must be {LONGEST_REASON} characters or fewer; it has {length:,}")
        self.length = length


@audit.action("withdraw application")
def withdraw(application: Application, reason: str = "", *, by: User, at: datetime) -> Application:
    """Take the application out of the running, tell its editors, and take back what is still to be assessed.

    One that is decided and not released is withdrawn like any other, in the same words: its applicant
    must learn nothing from the difference. Submitted assessments stay as they are.

    Raises NotEditable for whoever may not edit for the lead, ReasonTooLong, NeverSubmitted,
    DecisionReleased, and MoveRefused for what is withdrawn already or ineligible.
    """
    competition_lock.share(application.competition_id)
    entry = Application.objects.select_for_update().get(pk=application.pk)
    if not Application.objects.led_by(by).filter(pk=entry.pk).exists():
        raise NotEditable
    if entry.released_at is not None:
        raise DecisionReleased
    workflow.check(workflow.WITHDRAW, status=entry.status_as_told, roles=by.roles)
    if entry.is_draft and not entry.status_changes.exists():
        raise NeverSubmitted
    reason = reason.strip()
    if len(reason) > LONGEST_REASON:
        raise ReasonTooLong(len(reason))

    withdrawn = progress.advance(entry.pk, workflow.WITHDRAW, by=by, at=at, reason=reason)
    # The applicant's words stand in the history of the application, which ends with it; not in the trail.
    audit.note(before={"status": entry.status}, after={"status": withdrawn.status})
    taken_back.with_application(withdrawn, ASSESSMENT_WITHDRAWN, WITH_ITS_APPLICATION, at=at)
    for person in audience.editors_of_lead(withdrawn):
        outbox.post(
            APPLICATION_WITHDRAWN,
            to=person,
            subject_word="application",
            subject_id=withdrawn.pk,
            cause=f"application {withdrawn.pk} withdrawn: person {person.pk}",
            at=at,
            facts={"withdrawn_at": at.isoformat()},
        )
    for undo in undoing:
        undo(withdrawn, by=by, at=at)
    return withdrawn


def is_withdrawable(application: Application) -> bool:
    """Whether one that was submitted could still be withdrawn by somebody who may."""
    return (
        application.submitted_at is not None
        and application.released_at is None
        and application.status_as_told in workflow.WITHDRAW.sources
    )
