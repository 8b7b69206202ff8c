"""Publishing a competition: from then on its page stands and it opens and closes by the clock."""

import logging
from datetime import datetime

from accounts import audit
from accounts.models import User
from accounts.refusals import Refusal
from accounts.roles import Role
from applications import readiness
from applications.models import Competition, Stage

logger = logging.getLogger(__name__)


class PublicationRefused(Refusal):
    """The competition is published already, has closed, or the person is no competition manager."""


class NotReady(PublicationRefused):
    """Rules are missing; ``missing`` has a sentence for each."""

    def __init__(self, missing: list[str]):
        super().__init__(" ".join(missing))
        self.missing = missing


@audit.action("publish competition")
def publish(competition: Competition, *, by: User, at: datetime) -> Competition:
    """Put the competition before the public: opening soon, open and closed follow from its dates.

    Locks its row. Raises NotReady with what is missing, or PublicationRefused.
    """
    competition = Competition.objects.select_for_update().get(pk=competition.pk)
    if Role.MANAGER not in by.roles_in(competition.region_id):
        raise PublicationRefused(f"Only a {Role.MANAGER} may publish a competition.")
    if competition.stage != Stage.SET_UP:
        raise PublicationRefused("This competition has been published already.")
    if missing := readiness.missing(competition):
        raise NotReady(missing)
    if at >= competition.closes_at:
        raise PublicationRefused("The closing date has passed.")

    audit.note(before={"stage": competition.stage}, after={"stage": Stage.PUBLISHED})
    competition.stage = Stage.PUBLISHED
    competition.save(update_fields=["stage"])
    logger.info("competition published", extra={"competition": competition.code})
    return competition
