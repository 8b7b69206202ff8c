"""Everything that people are told about applications, in the order in which the story is told."""

from accounts import rewording, wording
from accounts.models import User
from applications import (
    application_notices,
    assessed_leaving_notices,
    assessment_notices,
    assessor_invitation_notices,
    competition_notices,
    desk_notices,
    due_notices,
    leaving_notices,
    offer_notices,
    offer_time_notices,
    plan_notices,
    retraction_notices,
    waiver_notices,
)
from applications.models import Competition


def register() -> None:
    told = (
        application_notices,
        waiver_notices,
        retraction_notices,
        competition_notices,
        desk_notices,
        leaving_notices,
        assessed_leaving_notices,
        assessor_invitation_notices,
        assessment_notices,
        due_notices,
        offer_notices,
        offer_time_notices,
        plan_notices,
    )
    for notices in told:
        wording.register(*notices.KINDS)
    for notices in (application_notices, competition_notices):
        wording.expect(*notices.COMING)


def competitions_for(person: User) -> list[tuple[str, str]]:
    """The competitions whose notifications a person may word: code and title."""
    theirs = Competition.objects.run_by(person, rewording.EDITORS).order_by("code")
    return [(competition.code, str(competition)) for competition in theirs]
