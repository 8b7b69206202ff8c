"""Submitting an application: once, in time, and only when no blocking rule is broken."""

import logging
from datetime import datetime

from accounts import audit, outbox
from accounts.models import User
from accounts.refusals import Refusal
from applications import audience, competition_lock, eligibility, progress, receipts, workflow
from applications.application_notices import APPLICATION_SUBMITTED
from applications.editing import CompetitionClosed, NotEditable, competition_taking_entries
from applications.models import Application
from applications.rules import Breach
from applications.workflow import MoveRefused

__all__ = ["CompetitionClosed", "MoveRefused", "NotEditable", "NotEligible"]

logger = logging.getLogger(__name__)


class NotEligible(Refusal):
    """The application breaks rules that block it; ``breaches`` names them."""

    def __init__(self, breaches: list[Breach]):
        super().__init__(" ".join(breach.message for breach in breaches))
        self.breaches = breaches

    @property
    def facts(self) -> dict:
        return {"rules": [breach.rule for breach in self.breaches]}


@audit.action("submit application")
def submit(application: Application, *, by: User, at: datetime) -> Application:
    """Enter the application, received at ``at``: the moment at which the request came in.

    Holds the competition's advisory lock shared, so that whoever draws the list of entries
    waits for those under way, and the application's row, so that a second press finds it submitted.

    Raises MoveRefused for one that is no draft, NotEditable, CompetitionClosed outside
    ``opens_at <= at < closes_at`` or where it took so long that the closing list was drawn
    meanwhile, or NotEligible; nothing is written then.
    """
    competition_lock.share(application.competition_id)
    draft = Application.objects.select_for_update().get(pk=application.pk)
    workflow.check(workflow.SUBMIT, status=draft.status, roles=by.roles)
    if not Application.objects.editable_by(by).filter(pk=draft.pk).exists():
        raise NotEditable
    competition = competition_taking_entries(draft.competition_id, at)
    draft.competition = competition
    if breaches := eligibility.blocking(eligibility.breaches(draft, at=at)):
        raise NotEligible(breaches)

    submitted = progress.advance(draft.pk, workflow.SUBMIT, by=by, at=at, submitted_at=at, submitted_by=by)
    receipt = receipts.write(submitted, received_at=at)
    audit.note(
        before={"status": workflow.Status.DRAFT},
        after={
            "fingerprint": receipt.fingerprint,
            "status": submitted.status,
            "grant_sought": str(submitted.grant_sought),
            "total_costs": str(submitted.total_costs),
        },
    )
    _tell(submitted, at)
    return submitted


def _tell(application: Application, at: datetime) -> None:
    """Owe a receipt to whoever may edit for the lead organisation, the submitter among them."""
    for person in audience.editors_of_lead(application):
        outbox.post(
            APPLICATION_SUBMITTED,
            to=person,
            subject_word="application",
            subject_id=application.pk,
            cause=f"application {application.pk} submitted at {at.isoformat()}: person {person.pk}",
            at=at,
            facts={"submitted_at": at.isoformat()},
        )
