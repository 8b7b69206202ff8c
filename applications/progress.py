"""The one way in which an application changes its status."""

import logging
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts import written
from accounts.models import User
from applications import workflow
from applications.models import Application, StatusChange

logger = logging.getLogger(__name__)


@transaction.atomic
def advance(
    application_id: int, move: workflow.Move, *, by: User, at: datetime, reason: str = "", **fields: Any
) -> Application:
    """Make one move and record it. This file alone writes ``Application.status``.

    Locks the application's row. Raises MoveRefused where it is not in a state that the move
    starts from, or ``by`` holds none of its roles for its region, and writes nothing.
    """
    application = (
        Application.objects.select_for_update(of=("self",))
        .select_related("competition")
        .get(pk=application_id)
    )
    return move_on(application, move, by=by, at=at, reason=reason, **fields)


def move_on(
    application: Application, move: workflow.Move, *, by: User, at: datetime, reason: str = "", **fields: Any
) -> Application:
    """As ``advance``, of a row that was locked already and read, with its competition, under the lock."""
    roles = by.roles_in(application.competition.region_id)
    workflow.check(move, status=application.status, roles=roles)

    before, application.status = application.status, move.target
    for name, value in fields.items():
        setattr(application, name, value)
    written.update_later(application, "status", *fields)
    change = {"before": before, "after": move.target, "made_by_id": by.pk, "made_at": at, "reason": reason}
    written.insert_later(StatusChange, {"application_id": application.pk, **change})
    logger.info(
        "application moved on",
        extra={"reference": application.reference, "before": before, "after": move.target},
    )
    return application
