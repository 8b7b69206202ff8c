"""By when eligibility is to be checked."""

from datetime import date

from accounts import working_days
from accounts.london import day_of
from applications.models import Competition


def due_on(competition: Competition) -> date | None:
    """The last day for it: the competition's number of working days after its close."""
    if competition.closes_at is None:
        return None
    return working_days.after(day_of(competition.closes_at), competition.eligibility_days)
