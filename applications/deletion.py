"""Deleting a draft that was never submitted: everything of it goes but what the audit trail says."""

import logging
from datetime import datetime

from accounts import audit
from accounts.models import User
from accounts.refusals import Refusal
from applications.editing import NotEditable
from applications.models import Application

__all__ = ["NotEditable", "WasSubmitted"]

logger = logging.getLogger(__name__)


class WasSubmitted(Refusal):
    """It had been submitted and has a history, which stays: it is withdrawn instead."""


@audit.action("delete draft")
def delete(application: Application, *, by: User, at: datetime) -> None:
    """Delete the draft with its answers, costs and organisations' parts, before or after the close.

    Raises NotEditable for what is no draft of this person's, or gone already, and WasSubmitted.
    """
    draft = (
        Application.objects.editable_by(by)
        .select_for_update(of=("self",))
        .select_related("competition")
        .filter(pk=application.pk)
        .first()
    )
    if draft is None:
        raise NotEditable
    if draft.status_changes.exists():
        raise WasSubmitted
    audit.note(
        subject=draft,
        before={"reference": draft.reference, "competition": draft.competition.code, "status": draft.status},
    )
    # By query, so that the row of the audit trail still knows the id.
    Application.objects.filter(pk=draft.pk).delete()
    logger.info("draft deleted", extra={"reference": draft.reference})
