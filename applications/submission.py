"""Submitting an application: once, in time, and only when no blocking rule is broken."""

import logging
from datetime import datetime

from accounts import audit, outbox
from accounts.models import User
from accounts.refusals import Refusal
from applications import audience, editing, eligibility, parts, progress, receipts, workflow
from applications.application_notices import APPLICATION_SUBMITTED
from applications.editing import CompetitionClosed, NotEditable
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
    draft = editing.lock_entry(application)
    workflow.check(workflow.SUBMIT, status=draft.status, roles=by.roles)
    lead = parts.of(draft)[0]
    editors = list(audience.editors_of(lead.organisation_id))
    if by not in editors:
        raise NotEditable
    editing.check_takes_entries(draft.competition, at)
    if breaches := eligibility.blocking(eligibility.breaches(draft, at=at)):
        raise NotEligible(breaches)

    submitted = progress.move_on(draft, workflow.SUBMIT, by=by, at=at, submitted_at=at, submitted_by=by)
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
    _tell(editors, submitted, at)
    return submitted


def _tell(editors: list[User], application: Application, at: datetime) -> None:
    """Owe a receipt to whoever may edit for the lead organisation, the submitter among them."""
    moment = at.isoformat()
    cause = f"application {application.pk} submitted at {moment}"
    posts = [
        outbox.Post(person, application.pk, f"{cause}: person {person.pk}", {"submitted_at": moment})
        for person in editors
    ]
    outbox.owe_all(APPLICATION_SUBMITTED, posts, subject_word="application", at=at)
